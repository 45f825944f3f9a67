#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace paperwire::llm {

struct Spend {
  int64_t tokens = 0;
  // Millionths of a US dollar.
  int64_t microdollars = 0;

  friend bool operator==(const Spend&, const Spend&) = default;
};

// What a call is for.
enum class Purpose {
  // The first thing asked about a paper.
  kNewPaper,
  // The end of what was begun.
  kContinue,
};

// How much may be asked for in a day (UTC); zero: as much as one likes. Past a soft limit nothing
// new is begun, past a hard one nothing is asked.
struct DailyLimits {
  int64_t soft_tokens = 0;
  int64_t hard_tokens = 0;
  int64_t soft_microdollars = 0;
  int64_t hard_microdollars = 0;
};

struct Grant {
  enum class Verdict { kGranted, kSoft, kHard };
  Verdict verdict = Verdict::kGranted;
  // To the hard limits (the soft ones where there are no others), what is reserved counted as
  // spent; none where there is no limit.
  std::optional<int64_t> tokens_left = {};
  std::optional<int64_t> microdollars_left = {};
  // Until the next day.
  std::chrono::milliseconds until_reset{0};
};

// What all workers together may spend in a day. Thread-safe.
//
// What a call may cost at most is reserved before it is made, so that no number of workers goes
// over a hard limit. A reservation that nobody settles is taken to be spent once its life is over:
// its worker died, and the call may have been paid for. One held at midnight counts for the day in
// which it is settled.
//
// Errors: Unavailable: the store is away. Then what is left is unknown, and no call may be made.
class DailyBudget {
 public:
  // Unless whoever makes it says otherwise. It must be longer than any call takes: what is settled
  // after its life counts twice.
  static constexpr std::chrono::milliseconds kReservationLife{600'000};

  virtual ~DailyBudget() = default;

  // `reservation` is unique among all workers.
  virtual absl::StatusOr<Grant> Reserve(const std::string& reservation, const Spend& most,
                                        Purpose purpose) = 0;
  // What it did cost; of one that the store does not know any more it is counted all the same.
  virtual absl::Status Settle(const std::string& reservation, const Spend& actual) = 0;
};

}  // namespace paperwire::llm
