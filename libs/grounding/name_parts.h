#pragma once

#include <cstddef>
#include <string_view>

#include "libs/grounding/letters.h"

namespace paperwire::grounding {

// A name has an end: without the bound, a-b-c-… would be read again from every letter.
inline constexpr size_t kLongestName = 80;

// What a part of a name looks like.
struct Shape {
  bool lower = false;
  bool upper = false;
  bool digit = false;
  // A capital that is not the first letter.
  bool inner = false;
  size_t letters = 0;

  bool strong() const { return inner || (digit && letters > 0); }
  bool capital() const { return upper && !inner && !digit && letters > 1; }
};

Shape ShapeOf(std::string_view part);

// "II", "VIII".
bool IsRoman(std::string_view part);

// Whether the byte at `at` is the point of a decimal.
bool IsPoint(std::string_view text, size_t at);

// Calls `visit(part, begin)` for what hyphens and other signs part a name into; a decimal is one
// part.
template <typename Visit>
void ForParts(std::string_view token, Visit visit) {
  for (size_t i = 0; i < token.size();) {
    if (!IsWordByte(token[i])) {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < token.size() && (IsWordByte(token[i]) || IsPoint(token, i))) ++i;
    visit(token.substr(begin, i - begin), begin);
  }
}

}  // namespace paperwire::grounding
