#pragma once

#include <string_view>
#include <vector>

#include "services/serve/search/query.h"

namespace paperwire::serve::search {

// How the words of a value are read.
struct Reading {
  // The last word stands for all that begin with it.
  bool prefix = false;
  // They are a name's: in any order, and every word counts.
  bool name = false;
  // Where the value begins in the query.
  size_t at = 0;
};

// The sequences that `value` stands for: its words in a row, and where all are joined, the one word
// that they make. None: no word, or only stop words.
std::vector<Sequence> SequencesOf(std::string_view value, const Reading& reading);

}  // namespace paperwire::serve::search
