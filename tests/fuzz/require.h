#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "libs/paper/text.h"

namespace paperwire::fuzz {

// Ends the program, which the fuzzer reports as a finding.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// What every string of a paper must be: cleaned once, none of its paragraphs changes.
inline void RequireClean(std::string_view text) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view paragraph = text.substr(begin, end - begin);
    Require(!paragraph.empty() && paper::CleanLine(paragraph) == paragraph, "text is clean");
    begin = end + 1;
  }
  Require(paper::CountBadBytes(text) == 0, "text is UTF-8");
}

}  // namespace paperwire::fuzz
