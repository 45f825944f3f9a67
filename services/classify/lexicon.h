#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "services/classify/features.h"

namespace paperwire::classify {

inline constexpr size_t kTags = 14;

// A phrase that speaks for a tag. Whole words, any case; '*' at the end of a word stands for any
// ending.
struct Pattern {
  const char* phrase;
  // Index in tags::Catalogue().
  uint8_t tag;
  // How strongly one mention speaks for the tag: 3 by itself enough, 1 a hint; below 0 against it.
  float weight;
};

std::span<const Pattern> Patterns();

// A pattern that was found.
struct PatternHit {
  // Index in Patterns().
  uint32_t pattern = 0;
  // How often; in the title counts twice.
  uint32_t times = 0;
  // Where first: words [first, first + count) of the title or of the text.
  uint32_t first = 0;
  uint32_t count = 0;
  bool in_title = false;
  // Its share of the tag's strength.
  float worth = 0;
};

// What the lexicon says of a paper.
struct LexiconFindings {
  std::vector<PatternHit> hits;
  // By tag: log(1 + the sum of what its patterns are worth), never below 0.
  std::array<float, kTags> strength{};
};

// Into `findings`, whose room is used again. Thread-safe.
void MatchLexicon(const Reading& reading, LexiconFindings& findings);

}  // namespace paperwire::classify
