#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace paperwire::paper {

// One author as displayed.
struct AuthorName {
  std::string name;
  std::vector<std::string> affiliations;

  friend bool operator==(const AuthorName&, const AuthorName&) = default;
};

// One author's name, decoded already, as displayed: clean, without braces, "Jr." without a comma.
std::string TidyName(std::string_view text);

// Splits arXiv's free-text author line: commas and "and" between names, affiliations in
// parentheses (nested ones too), "(1) … ((1) A, (2) B)" notes, "Jr." and "III", a collaboration
// before a colon. TeX accents are decoded. A parenthesis that is never closed is ignored. Pure,
// linear in the text's length.
std::vector<AuthorName> SplitAuthors(std::string_view text);

}  // namespace paperwire::paper
