#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace paperwire::serve {

// `keyword` as keywords are compared: small letters, one space between words, each as TakePlural
// leaves it.
std::string FoldKeyword(std::string_view keyword);

// `name` as names are compared: small letters without accents, one space between words ("Jean-Loup
// Ångström": "jean loup angstrom").
std::string FoldName(std::string_view name);

// A bit for each letter that a word of the folded `name` begins with; letters may share one. A name
// without a bit of another's does not have it.
uint32_t InitialsOf(std::string_view name);

// Whether each word of `asked` is one of `name`, or, where it is one letter, begins one. Both
// folded.
bool NameHas(std::string_view name, std::string_view asked);

// Whether `text` holds `words` as they stand and whole: "art" is not in "start".
bool ContainsWords(std::string_view text, std::string_view words);

}  // namespace paperwire::serve
