#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "libs/grounding/letters.h"

namespace paperwire::grounding {

// A folded text, as numbers are read from it. Every reader takes the place to read from, moves it
// behind what it has read, and leaves it where there is nothing of the kind. A view; thread-safe.
class NumberText {
 public:
  explicit NumberText(std::string_view text) : text_(text) {}

  std::string_view text() const { return text_; }
  size_t size() const { return text_.size(); }
  // The byte at `i`; '\0' behind the end.
  char At(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  size_t SkipSpace(size_t i) const {
    while (At(i) == ' ') ++i;
    return i;
  }
  // The letters from `i` on, a short run of them.
  std::string_view Letters(size_t i) const {
    size_t end = i;
    while (end < i + 16 && IsAlpha(At(end))) ++end;
    return text_.substr(std::min(i, text_.size()), end - i);
  }

  // Digits with separators and decimals; `step` is the worth of the last of them.
  double ReadPlain(size_t& i, double& step) const;
  // "^4", "^-4" after a base.
  bool ReadExponent(size_t& i, double& exponent) const;
  // "e5", "E-3" right after digits.
  bool ReadScientific(size_t& i, double& exponent) const;
  // "* 10^5" after a mantissa, also with an x.
  bool ReadTimesPower(size_t& i, double& exponent) const;

  // The word at `i` in lower case, in `buffer`, and where it ends; empty: none, or one too long.
  std::string_view WordAt(size_t i, std::array<char, 16>& buffer, size_t& end) const;
  // The same if it is joined to what ends at `i` by one space or hyphen.
  std::string_view NextWord(size_t i, std::array<char, 16>& buffer, size_t& end) const;

 private:
  // A whole number with or without a sign, bounded at 10,000.
  bool ReadSigned(size_t& i, double& value) const;
  const std::string_view text_;
};

}  // namespace paperwire::grounding
