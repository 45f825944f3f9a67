#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libs/grounding/phrases.h"

namespace paperwire::classify {

// What is read of a paper: the words of its title and of its text. Views into what was read.
struct Reading {
  std::string_view title;
  std::string_view text;
  std::vector<grounding::Word> title_words;
  std::vector<grounding::Word> text_words;
};

// What is longer is no title and no abstract; its end is not read.
inline constexpr size_t kMostWords = 4096;

// Reads at most kMostWords of each. Into `reading`, whose room is used again.
void Read(std::string_view title, std::string_view text, Reading& reading);

// A word of the title counts as if the text said it twice.
inline constexpr uint32_t kTitleTimes = 2;

// One thing that the model may have weights for: a word, its beginning, two words in a row,
// wherever they stand; a word and two words of the title.
struct Feature {
  uint32_t key = 0;
  uint32_t times = 1;
  // Where: words [first, first + count) of the title or of the text.
  uint32_t first = 0;
  uint32_t count = 1;
  bool in_title = false;
};

// What a feature's key is made of. A change means training again.
enum class FeatureKind : uint64_t { kAnywhere = 1, kTitle = 2, kCategory = 3, kBeginning = 4 };

// Longer words are also known by as many first letters: "optim" for "optimal" and "optimize".
inline constexpr uint32_t kBeginningBytes = 5;

inline uint32_t FeatureKey(FeatureKind kind, uint64_t word, uint64_t next = 0) {
  uint64_t hash = (word ^ static_cast<uint64_t>(kind) * 0x9E3779B97F4A7C15U) * 0xBF58476D1CE4E5B9U;
  hash = (hash ^ hash >> 29U) + next * 0x94D049BB133111EBU;
  hash = (hash ^ hash >> 32U) * 0xD6E8FEB86659FD93U;
  return static_cast<uint32_t>(hash >> 32U);
}

// The key of the first letters of a word; `word` has more than those.
inline uint32_t BeginningKey(std::string_view word) {
  uint64_t hash = grounding::kWordSeed;
  for (uint32_t i = 0; i < kBeginningBytes; ++i) hash = grounding::MixLetter(hash, word[i]);
  return FeatureKey(FeatureKind::kBeginning, hash);
}

// The key of an arXiv category.
uint32_t CategoryKey(std::string_view category);

// Calls `visit(Feature)` for every feature at every place.
template <typename Visit>
void VisitFeatures(const Reading& reading, Visit visit) {
  const auto walk = [&](const std::vector<grounding::Word>& words, FeatureKind kind, uint32_t times,
                        bool in_title) {
    const std::string_view text = in_title ? reading.title : reading.text;
    for (uint32_t i = 0; i < words.size(); ++i) {
      visit(Feature{FeatureKey(kind, words[i].hash), times, i, 1, in_title});
      const uint32_t length = words[i].end - words[i].begin;
      if (kind == FeatureKind::kAnywhere && length > kBeginningBytes) {
        const uint32_t key = BeginningKey(text.substr(words[i].begin, length));
        visit(Feature{key, times, i, 1, in_title});
      }
      if (i + 1 == words.size()) break;
      visit(Feature{FeatureKey(kind, words[i].hash, words[i + 1].hash), times, i, 2, in_title});
    }
  };
  walk(reading.title_words, FeatureKind::kAnywhere, kTitleTimes, true);
  walk(reading.title_words, FeatureKind::kTitle, 1, true);
  walk(reading.text_words, FeatureKind::kAnywhere, 1, false);
}

}  // namespace paperwire::classify
