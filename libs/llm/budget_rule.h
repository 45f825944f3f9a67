#pragma once

#include "libs/llm/daily_budget.h"

namespace paperwire::llm {

inline constexpr int64_t kDayMilliseconds = 86'400'000;

// What a budget answers who may need `most` where `taken` is spent or reserved; `now` is
// milliseconds of UTC. Pure.
Grant Judge(const DailyLimits& limits, const Spend& taken, const Spend& most, Purpose purpose,
            int64_t now);

}  // namespace paperwire::llm
