#include "libs/window/epoch.h"

#include <charconv>

namespace paperwire::window {

std::optional<int64_t> EpochBegan(std::string_view epoch) {
  constexpr size_t kDigits = 12;
  constexpr size_t kUnique = 32;
  // Those of an older version had the latter only.
  if (epoch.size() != kDigits + kUnique) return std::nullopt;
  int64_t milliseconds = 0;
  const char* end_of_time = epoch.data() + kDigits;
  const auto [end, error] = std::from_chars(epoch.data(), end_of_time, milliseconds, 16);
  if (error != std::errc() || end != end_of_time || milliseconds < 0) return std::nullopt;
  return milliseconds;
}

}  // namespace paperwire::window
