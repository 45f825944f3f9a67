#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "libs/llm/daily_budget.h"
#include "libs/llm/redis_store.h"

namespace paperwire::llm {

// Shared by all workers through Redis, by the days of its clock; one script for each question.
// Keys: "budget:day" (a hash: the day, what is spent and what is reserved), "budget:held" (a hash:
// what each reservation is of), "budget:ends" (a sorted set: when each is taken to be spent).
// Thread-safe.
//
// A day never goes back, whatever the clock does. Each worker remembers what it was last told of
// the day, so an emptied Redis, or one that went back to an earlier state, is told so by the next
// call.
class RedisDailyBudget final : public DailyBudget {
 public:
  // `store` must outlive it. All workers should have the same limits.
  RedisDailyBudget(RedisStore& store, DailyLimits limits,
                   std::chrono::milliseconds reservation_life = kReservationLife);

  absl::StatusOr<Grant> Reserve(const std::string& reservation, const Spend& most,
                                Purpose purpose) override;
  absl::Status Settle(const std::string& reservation, const Spend& actual) override;

 private:
  struct Known {
    int64_t day = 0;
    Spend spent = {};
  };
  struct Answer {
    int64_t verdict = 0;
    int64_t now = 0;
    // Spent or reserved.
    Spend taken = {};
  };
  absl::StatusOr<Answer> Run(const redis::Script& script, std::vector<std::string> arguments);

  RedisStore& store_;
  const DailyLimits limits_;
  const std::chrono::milliseconds reservation_life_;
  const redis::Script reserve_;
  const redis::Script settle_;
  std::mutex mutex_;
  Known known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::llm
