#pragma once

#include <map>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"
#include "libs/clock/clock.h"
#include "libs/llm/daily_budget.h"

namespace paperwire::llm {

// Of this process alone: for tests and tools. Thread-safe.
class MemoryDailyBudget final : public DailyBudget {
 public:
  // `clock` must outlive it.
  MemoryDailyBudget(const clock::Clock& clock, DailyLimits limits,
                    std::chrono::milliseconds reservation_life = kReservationLife);

  absl::StatusOr<Grant> Reserve(const std::string& reservation, const Spend& most,
                                Purpose purpose) override;
  absl::Status Settle(const std::string& reservation, const Spend& actual) override;

  // Of the day of the latest call; what is only reserved is not in it.
  Spend Spent() const;
  // Until told otherwise every call answers this.
  void SetFailure(absl::Status status);

 private:
  struct Held {
    Spend spend;
    int64_t until = 0;
  };

  // Begins the day and takes the lost reservations for spent.
  void CatchUpLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const clock::Clock& clock_;
  const DailyLimits limits_;
  const std::chrono::milliseconds reservation_life_;
  mutable std::mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  int64_t day_ ABSL_GUARDED_BY(mutex_) = 0;
  Spend spent_ ABSL_GUARDED_BY(mutex_);
  Spend reserved_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Held> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::llm
