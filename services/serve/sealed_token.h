#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace paperwire::serve {

// The form that all tokens share: parts under a kind (which names the version too) and a checksum,
// url-safe. Opaque to readers, but not secret: whoever takes one apart can make one.

// No part may hold a line break.
std::string SealToken(std::string_view kind, std::initializer_list<std::string_view> parts);

// The `count` parts of a token of that kind. InvalidArgument: it is none, or was changed on the
// way.
absl::StatusOr<std::vector<std::string>> OpenToken(std::string_view kind, size_t count,
                                                   std::string_view token);

// A number in hexadecimal, as parts have it. False: it is none.
bool ReadHex(std::string_view text, uint64_t& value);

// FNV-1a.
uint64_t HashOf(std::string_view bytes);

}  // namespace paperwire::serve
