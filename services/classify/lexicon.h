#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace paperwire::classify {

// A phrase that speaks for a tag. Whole words, any case; '*' at the end of a word stands for any
// ending.
struct Pattern {
  const char* phrase;
  // Index in tags::Catalogue().
  uint8_t tag;
  // How strongly one mention speaks for the tag: 3 by itself enough, 1 a hint; below 0 against it.
  float weight;
};

// An arXiv category that speaks for a tag, weakly: it was chosen by authors, for other ends.
struct CategoryHint {
  std::string_view category;
  uint8_t tag;
  float weight;
};

std::span<const Pattern> Patterns();
std::span<const CategoryHint> CategoryHints();

}  // namespace paperwire::classify
