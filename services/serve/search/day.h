#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace paperwire::serve::search {

inline constexpr int32_t kFirstDay = std::numeric_limits<int32_t>::min();
inline constexpr int32_t kLastDay = std::numeric_limits<int32_t>::max();

// A date ("2026-06-23") as a number that grows with it; kFirstDay where it is none.
int32_t DayOf(std::string_view date);

}  // namespace paperwire::serve::search
