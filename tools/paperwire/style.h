#pragma once

#include <string>
#include <string_view>

#include "tools/paperwire/console.h"

namespace paperwire::cli {

// What a stretch of output is, for terminals that show colours.
enum class Style { kPlain, kHeading, kName, kFaint, kMatch, kGood, kDoubtful, kBad };

// `text` in the style's colour where the console shows colours, else as it is. Pure.
std::string Painted(std::string_view text, Style style, const Console& console);

}  // namespace paperwire::cli
