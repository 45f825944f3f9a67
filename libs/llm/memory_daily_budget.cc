#include "libs/llm/memory_daily_budget.h"

#include <utility>

#include "libs/llm/budget_rule.h"

namespace paperwire::llm {
namespace {

int64_t MillisecondsOf(const clock::Clock& clock) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock.Now().time_since_epoch())
      .count();
}

void Add(Spend& sum, const Spend& spend) {
  sum.tokens += spend.tokens;
  sum.microdollars += spend.microdollars;
}

void Subtract(Spend& sum, const Spend& spend) {
  sum.tokens -= spend.tokens;
  sum.microdollars -= spend.microdollars;
}

}  // namespace

MemoryDailyBudget::MemoryDailyBudget(const clock::Clock& clock, DailyLimits limits,
                                     std::chrono::milliseconds reservation_life)
    : clock_(clock), limits_(limits), reservation_life_(reservation_life) {}

void MemoryDailyBudget::CatchUpLocked() {
  const int64_t now = MillisecondsOf(clock_);
  if (now / kDayMilliseconds > day_) {
    day_ = now / kDayMilliseconds;
    spent_ = {};
  }
  std::erase_if(held_, [&](const auto& entry) {
    const Held& held = entry.second;
    if (held.until > now) return false;
    Subtract(reserved_, held.spend);
    Add(spent_, held.spend);
    return true;
  });
}

absl::StatusOr<Grant> MemoryDailyBudget::Reserve(const std::string& reservation, const Spend& most,
                                                 Purpose purpose) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  CatchUpLocked();
  Spend taken = spent_;
  Add(taken, reserved_);
  const int64_t now = MillisecondsOf(clock_);
  const Grant::Verdict verdict = Judge(limits_, taken, most, purpose);
  if (verdict == Grant::Verdict::kGranted) {
    held_[reservation] = {.spend = most, .until = now + reservation_life_.count()};
    Add(reserved_, most);
    Add(taken, most);
  }
  return MakeGrant(verdict, limits_, taken, now);
}

absl::Status MemoryDailyBudget::Settle(const std::string& reservation, const Spend& actual) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  CatchUpLocked();
  if (const auto held = held_.find(reservation); held != held_.end()) {
    Subtract(reserved_, held->second.spend);
    held_.erase(held);
  }
  Add(spent_, actual);
  return absl::OkStatus();
}

Spend MemoryDailyBudget::Spent() const {
  const std::lock_guard lock(mutex_);
  return spent_;
}

void MemoryDailyBudget::SetFailure(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

}  // namespace paperwire::llm
