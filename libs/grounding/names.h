#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace paperwire::grounding {

// A name as it stands in a folded text (fold.h): a method, a data set, a model, an acronym.
struct Name {
  // [begin, end) in bytes of the folded text; no possessive.
  size_t begin = 0;
  size_t end = 0;
  // Only a capital at its start speaks for it ("Wikipedia"); false for "GPT-4", "BERT", "PyTorch".
  bool weak = false;
  // The weak name before it, at a space, belongs to the same run ("Graph Neural Networks").
  bool follows = false;
};

// The names of `folded`: words with capitals inside, acronyms, words of letters and digits, and
// words with a capital within a sentence. Linear in the text. Pure, thread-safe.
std::vector<Name> FindNames(std::string_view folded);

}  // namespace paperwire::grounding
