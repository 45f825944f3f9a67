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

Grant::Verdict Judge(const DailyLimits& limits, const Spend& taken, const Spend& most,
                     Purpose purpose) {
  const int64_t tokens = taken.tokens + most.tokens;
  const int64_t money = taken.microdollars + most.microdollars;
  if (IsOver(limits.hard_tokens, tokens) || IsOver(limits.hard_microdollars, money)) {
    return Grant::Verdict::kHard;
  }
  const bool is_over =
      IsOver(limits.soft_tokens, tokens) || IsOver(limits.soft_microdollars, money);
  return purpose == Purpose::kNewPaper && is_over ? Grant::Verdict::kSoft
                                                  : Grant::Verdict::kGranted;
}

Grant MakeGrant(Grant::Verdict verdict, const DailyLimits& limits, const Spend& taken,
                int64_t now) {
  return {.verdict = verdict,
          .tokens_left = Left(limits.hard_tokens, limits.soft_tokens, taken.tokens),
          .microdollars_left =
              Left(limits.hard_microdollars, limits.soft_microdollars, taken.microdollars),
          .until_reset = std::chrono::milliseconds(kDayMilliseconds - now % kDayMilliseconds)};
}

}  // namespace paperwire::llm
