#pragma once

#include <string>
#include <string_view>

#include "services/summarize/candidates.h"

namespace paperwire::summarize {

// `sentence` without its parentheses ("(LLMs)", "[12]"); math stays.
std::string WithoutAsides(std::string_view sentence);

// The longest form of `sentence` of at most `max_words` words that is a whole clause: the sentence
// itself, or what stands before a clause border. Empty when there is none of `min_words` or more.
// Conditions ("if", "when", "but", "only") are never cut off. Pure, thread-safe.
std::string CutToWords(std::string_view sentence, int min_words, int max_words);

// As CutToWords, for a line that stands alone: "The authors show that X" may become "X", and an
// opening that tells a purpose ("To address …, ") may go.
std::string HeadlineOf(std::string_view sentence, int min_words, int max_words);

}  // namespace paperwire::summarize
