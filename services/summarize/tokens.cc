#include "services/summarize/tokens.h"

#include <array>
#include <cstddef>

namespace paperwire::summarize {
namespace {

constexpr uint32_t kSeed = 2166136261U;
constexpr uint32_t kPrime = 16777619U;
constexpr uint32_t kNumberHash = 0x9E3779B1U;
constexpr uint32_t kMathHash = 0x85EBCA77U;
constexpr size_t kStemBytes = 5;

enum class Sign : uint8_t { kOther, kLetter, kCapital, kDigit };

// One look per byte; all bytes above ASCII are letters.
constexpr std::array<Sign, 256> kSigns = [] {
  std::array<Sign, 256> signs{};
  for (size_t c = 0; c < signs.size(); ++c) {
    if ((c >= 'a' && c <= 'z') || c >= 0x80) signs[c] = Sign::kLetter;
    if (c >= 'A' && c <= 'Z') signs[c] = Sign::kCapital;
    if (c >= '0' && c <= '9') signs[c] = Sign::kDigit;
  }
  return signs;
}();

Sign SignOf(char c) { return kSigns[static_cast<unsigned char>(c)]; }

uint32_t Mix(uint32_t hash, char c) { return (hash ^ static_cast<unsigned char>(c)) * kPrime; }

// The end of math that a dollar at `begin` opens; `begin` itself when nothing closes it.
size_t MathEnd(std::string_view text, size_t begin) {
  const size_t signs = text.substr(begin, 2) == "$$" ? 2 : 1;
  const size_t close = text.find('$', begin + signs);
  if (close == std::string_view::npos || close - begin > 400) return begin;
  return close + (signs == 2 && text.substr(close, 2) == "$$" ? 2 : 1);
}

}  // namespace

uint32_t HashWord(std::string_view lower) {
  uint32_t hash = kSeed;
  for (const char c : lower) hash = Mix(hash, c);
  return hash;
}

void ReadTokens(std::string_view sentence, std::vector<Token>& tokens) {
  tokens.clear();
  for (size_t i = 0; i < sentence.size();) {
    if (sentence[i] == '$') {
      const size_t end = MathEnd(sentence, i);
      if (end > i) {
        tokens.push_back({.begin = static_cast<uint32_t>(i),
                          .end = static_cast<uint32_t>(end),
                          .hash = kMathHash,
                          .stem = kMathHash,
                          .kind = TokenKind::kMath});
        i = end;
        continue;
      }
    }
    const Sign sign = SignOf(sentence[i]);
    if (sign == Sign::kOther) {
      ++i;
      continue;
    }
    Token token{.begin = static_cast<uint32_t>(i)};
    if (sign == Sign::kDigit) {
      while (i < sentence.size() &&
             (SignOf(sentence[i]) == Sign::kDigit ||
              ((sentence[i] == '.' || sentence[i] == ',') && i + 1 < sentence.size() &&
               SignOf(sentence[i + 1]) == Sign::kDigit))) {
        ++i;
      }
      token.hash = kNumberHash;
      token.stem = kNumberHash;
      token.kind = TokenKind::kNumber;
    } else {
      uint32_t hash = kSeed;
      for (; i < sentence.size(); ++i) {
        const Sign next = SignOf(sentence[i]);
        if (next == Sign::kOther || next == Sign::kDigit) break;
        if (next == Sign::kCapital) {
          token.inner_capital = token.inner_capital || i > token.begin;
          hash = Mix(hash, static_cast<char>(sentence[i] - 'A' + 'a'));
        } else {
          hash = Mix(hash, sentence[i]);
        }
        if (i - token.begin < kStemBytes) token.stem = hash;
      }
      token.hash = hash;
    }
    token.end = static_cast<uint32_t>(i);
    tokens.push_back(token);
  }
}

}  // namespace paperwire::summarize
