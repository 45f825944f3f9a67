#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace paperwire::window {

// The position of a change in the change stream. Ordered within an epoch, also where the store's
// clock goes back; the positions that a new epoch took over from the one before come before all of
// its own. The default is before everything.
struct Cursor {
  // When the change was made, by the store's clock.
  uint64_t milliseconds = 0;
  uint64_t sequence = 0;

  auto operator<=>(const Cursor&) const = default;

  // "1764000000000-0".
  std::string ToString() const;
  // Nothing: not a cursor's text.
  static std::optional<Cursor> Parse(std::string_view text);
};

}  // namespace paperwire::window
