#include "libs/bus/fate.h"

namespace paperwire::bus {

Fate FateOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return Fate::kComplete;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kDataLoss:
      return Fate::kDeadLetter;
    case absl::StatusCode::kUnavailable:
      return Fate::kPause;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
      return Fate::kRetry;
    default:
      return Fate::kStop;
  }
}

}  // namespace paperwire::bus
