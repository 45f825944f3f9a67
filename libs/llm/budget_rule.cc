#include "libs/llm/budget_rule.h"

#include <algorithm>

namespace paperwire::llm {
namespace {

bool IsOver(int64_t limit, int64_t sum) { return limit > 0 && sum > limit; }

std::optional<int64_t> Left(int64_t hard, int64_t soft, int64_t taken) {
  const int64_t limit = hard > 0 ? hard : soft;
  if (limit <= 0) return std::nullopt;
  return std::max<int64_t>(limit - taken, 0);
}

}  // namespace

Grant Judge(const DailyLimits& limits, const Spend& taken, const Spend& most, Purpose purpose,
            int64_t now) {
  const int64_t tokens = taken.tokens + most.tokens;
  const int64_t money = taken.microdollars + most.microdollars;
  Grant grant;
  if (IsOver(limits.hard_tokens, tokens) || IsOver(limits.hard_microdollars, money)) {
    grant.verdict = Grant::Verdict::kHard;
  } else if (purpose == Purpose::kNewPaper &&
             (IsOver(limits.soft_tokens, tokens) || IsOver(limits.soft_microdollars, money))) {
    grant.verdict = Grant::Verdict::kSoft;
  }
  const bool granted = grant.verdict == Grant::Verdict::kGranted;
  grant.tokens_left = Left(limits.hard_tokens, limits.soft_tokens, granted ? tokens : taken.tokens);
  grant.microdollars_left = Left(limits.hard_microdollars, limits.soft_microdollars,
                                 granted ? money : taken.microdollars);
  grant.until_reset = std::chrono::milliseconds(kDayMilliseconds - now % kDayMilliseconds);
  return grant;
}

}  // namespace paperwire::llm
