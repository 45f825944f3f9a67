#pragma once

#include "libs/llm/daily_budget.h"

namespace paperwire::llm {

inline constexpr int64_t kDayMilliseconds = 86'400'000;

// What a budget answers who may need `most` where `taken` is spent or reserved. Pure.
Grant::Verdict Judge(const DailyLimits& limits, const Spend& taken, const Spend& most,
                     Purpose purpose);

// The answer where `taken` is spent or reserved after it; `now` is milliseconds of UTC. Pure.
Grant MakeGrant(Grant::Verdict verdict, const DailyLimits& limits, const Spend& taken, int64_t now);

}  // namespace paperwire::llm
