#pragma once

#include <cstdio>
#include <cstdlib>

#include "libs/paper/text.h"

namespace paperwire::fuzz {

// Ends the program, which the fuzzer reports as a finding.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// What every string of a paper must be: cleaned once, it does not change.
inline void RequireClean(std::string_view text) {
  Require(paper::CleanParagraphs(text) == text, "text is clean");
  Require(paper::CountBadBytes(text) == 0, "text is UTF-8");
}

}  // namespace paperwire::fuzz
