#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "services/serve/plural.h"
#include "services/serve/search/words.h"

namespace paperwire::serve::search {

// Words that are in nearly every text and say nothing of it; as terms.
std::span<const std::string_view> StopWords();
bool IsStopWord(std::string_view term);

// Two or three words that stand joined make a term more, so that "fine-tuning" finds "finetuning".
inline constexpr int kMostJoined = 3;

// Calls `take(term, position)` for each term of `text`: the words, folded and without the ending of
// the plural, and joined ones as one word at the position of the first. Returns the number of
// positions.
template <typename Take>
uint32_t EachTerm(std::string_view text, const Take& take) {
  WordScanner scanner(text);
  Word word;
  std::string term;
  std::string joined;
  uint32_t joined_at = 0;
  int parts = 0;
  const auto end_joined = [&] {
    if (parts > 1 && parts <= kMostJoined) {
      TakePlural(joined, 0);
      take(std::string_view(joined), joined_at);
    }
  };
  uint32_t positions = 0;
  while (scanner.Next(word)) {
    positions = word.position + 1;
    term.clear();
    FoldWord(text.substr(word.begin, word.end - word.begin), term);
    if (term.empty()) continue;
    if (word.joined) {
      ++parts;
      if (parts <= kMostJoined) joined += term;
    } else {
      end_joined();
      joined = term;
      joined_at = word.position;
      parts = 1;
    }
    TakePlural(term, 0);
    take(std::string_view(term), word.position);
  }
  end_joined();
  return positions;
}

// What an entry carries beside its text is in the index too, as terms that no word can be.
std::string TagTerm(std::string_view slug);
// Small letters.
std::string CategoryTerm(std::string_view category);
std::string IdTerm(std::string_view arxiv_id);
// All terms of words sort behind this one, all others before.
inline constexpr std::string_view kFirstWord = "\x02";

}  // namespace paperwire::serve::search
