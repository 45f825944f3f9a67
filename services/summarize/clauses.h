#pragma once

#include <string>
#include <string_view>

namespace paperwire::summarize {

// Whether `text` says something: it has a verb that goes with a subject. A guess from word lists.
bool HasFiniteVerb(std::string_view text);

// Whether the dollars, brackets and quotation marks of `text` come in pairs.
bool IsBalanced(std::string_view text);

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
