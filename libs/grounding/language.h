#pragma once

#include <string_view>

namespace paperwire::grounding {

enum class Language {
  // Too short, or too much of it numbers, names and math, to tell.
  kUnclear,
  kEnglish,
  kOther,
};

// Whether `text` is English, by its script and its small words. Told for sure from about ten words
// on: another script, and the languages that have small words of their own (German, French,
// Spanish, Italian, Portuguese, Dutch). Other languages in Latin script are told from thirty words
// on, by the want of English small words. English text with foreign names stays English. Linear in
// the text. Pure, thread-safe.
Language LanguageOf(std::string_view text);

}  // namespace paperwire::grounding
