#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/grounding/phrases.h"

namespace paperwire::classify {

// Words [first, first + count) as a phrase to show people; empty where it is none: only words
// that say nothing by themselves, a sentence's end between its words, or longer than a line bears.
std::string PhraseText(std::string_view text, const std::vector<grounding::Word>& words,
                       uint32_t first, uint32_t count);

// Whether one of `phrases` holds `phrase`, or is held by it, whatever the case.
bool Tells(const std::vector<std::string>& phrases, std::string_view phrase);

}  // namespace paperwire::classify
