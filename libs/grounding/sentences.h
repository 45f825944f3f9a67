#pragma once

#include <string_view>
#include <vector>

namespace paperwire::grounding {

// The sentences of `text`, trimmed, in order; views into it. A line break ends a sentence too.
// Knows abbreviations (e.g., et al., Fig.), initials, decimals, versions, $math$, parentheses and
// quotes; text without a stop is one sentence. Linear in the text. Pure, thread-safe.
std::vector<std::string_view> SplitSentences(std::string_view text);

// Words, counted as runs of non-space that hold a letter or a digit.
int CountWords(std::string_view text);

}  // namespace paperwire::grounding
