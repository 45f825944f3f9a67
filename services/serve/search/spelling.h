#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "services/serve/search/index.h"

namespace paperwire::serve::search {

// A term of the index that is near to one that was asked for.
struct NearTerm {
  std::string term;
  // Letters to put in, take out, change or swap with their neighbour.
  int distance = 0;
  // How many papers hold it.
  size_t papers = 0;
};

// The terms of words that are 1 or 2 (of a term below six letters: 1) away from `term`, the
// likeliest first: near ones and frequent ones; at most `most`. Those with another first letter
// only if no others are there. None for a term below three letters.
std::vector<NearTerm> TermsNear(const Index& index, std::string_view term, size_t most);

// How many papers hold the term.
size_t PapersWith(const Index& index, std::string_view term);

}  // namespace paperwire::serve::search
