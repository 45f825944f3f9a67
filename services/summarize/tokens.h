#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace paperwire::summarize {

enum class TokenKind : uint8_t { kWord, kNumber, kMath };

// A word, a number or a piece of $math$ of a sentence, as the models read it.
struct Token {
  // Bytes [begin, end) of the sentence.
  uint32_t begin = 0;
  uint32_t end = 0;
  // Of the letters in lower case; all numbers have one hash, all math has another.
  uint32_t hash = 0;
  // Of its first five letters: the same for "learn", "learned", "learning". A number's is its hash.
  uint32_t stem = 0;
  TokenKind kind = TokenKind::kWord;
  // A capital after the first letter: an acronym or a name such as "MoE".
  bool inner_capital = false;
};

// The tokens of `sentence` into `tokens`, which is cleared first. Hyphens separate words, signs are
// left out. Linear. Thread-safe.
void ReadTokens(std::string_view sentence, std::vector<Token>& tokens);

// The hash that ReadTokens gives the word `lower`.
uint32_t HashWord(std::string_view lower);

}  // namespace paperwire::summarize
