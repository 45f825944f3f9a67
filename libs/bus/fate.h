#pragma once

#include "absl/status/status.h"

namespace paperwire::bus {

// What becomes of a record. The handler's status decides, by this table and nowhere else:
//
//   OK                                             kComplete    once all it emitted is delivered
//   InvalidArgument, DataLoss                      kDeadLetter  at once
//   Unavailable                                    kPause       back off, the same record again,
//                                                               for as long as it takes
//   ResourceExhausted, DeadlineExceeded, Aborted   kRetry       retry tiers, then dead letter
//   anything else                                  kStop        the process ends with that status
enum class Fate { kComplete, kDeadLetter, kPause, kRetry, kStop };

Fate FateOf(const absl::Status& status);

}  // namespace paperwire::bus
