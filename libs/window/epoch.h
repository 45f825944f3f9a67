#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace paperwire::window {

// When a store began an epoch, by its clock, in milliseconds since the epoch of Unix. Nothing: it
// is no epoch's text.
std::optional<int64_t> EpochBegan(std::string_view epoch);

}  // namespace paperwire::window
