#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/window/cursor.h"

namespace paperwire::serve::watch {

// Where a reader stands: all that the server knows of it, and all that its token holds. A value.
struct Position {
  std::string epoch;
  // It was told every change up to here, as far as it concerned it.
  window::Cursor after{};
  // When it began it held nothing, and no snapshot that it was served from ended before this: a
  // change up to here cannot be of a card that it holds. Before everything: it is past that.
  window::Cursor begun{};

  // Tells it of everything up to `cursor`.
  void MoveTo(const window::Cursor& cursor);

  friend bool operator==(const Position&, const Position&) = default;
};

// The token of a reader that stands there and watches what `terms_hash` says. Url-safe; every
// replica reads it.
std::string EncodePosition(const Position& position, uint64_t terms_hash);

// InvalidArgument: not a resume token of ours, changed on the way, or of other terms.
absl::StatusOr<Position> DecodePosition(std::string_view token, uint64_t terms_hash);

}  // namespace paperwire::serve::watch
