#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace paperwire::grounding {

// The sentences of `text`, trimmed, in order; views into it. A line break ends a sentence too.
// Knows abbreviations (e.g., et al., Fig.), initials, decimals, versions, $math$, parentheses,
// quotes, names that begin small (k-means, eBPF) and a missing space after the stop ("works.We");
// a list's number or a label goes with what follows. Text without a stop is one sentence. Linear
// in the text. Pure, thread-safe.
std::vector<std::string_view> SplitSentences(std::string_view text);

// Length of the label at the front of a sentence of a structured abstract, with the space after it
// ("Methods: ", "Findings. "); 0 where there is none or nothing follows.
size_t LabelLength(std::string_view sentence);

// Words, counted as runs of non-space that hold a letter or a digit.
int CountWords(std::string_view text);

}  // namespace paperwire::grounding
