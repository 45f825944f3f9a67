#pragma once

#include <string>

namespace paperwire::paper {

// Appends one character. `c` must be one: at most U+10FFFF.
void AppendUtf8(std::string& out, char32_t c);

}  // namespace paperwire::paper
