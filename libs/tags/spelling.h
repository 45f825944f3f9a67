#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace paperwire::tags {

// `words` as they are compared: ASCII letters small, what stands between words one hyphen.
std::string Fold(std::string_view words);

// Letters to put in, take out, change or swap with their neighbour to make `a` of `b`; `most` + 1
// where it takes more. Pure.
size_t EditDistance(std::string_view a, std::string_view b, size_t most);

}  // namespace paperwire::tags
