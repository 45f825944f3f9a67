#include "libs/grounding/name_parts.h"

namespace paperwire::grounding {

Shape ShapeOf(std::string_view part) {
  Shape shape;
  for (const char c : part) {
    if (IsUpper(c)) shape.inner = shape.inner || shape.letters > 0 || shape.digit;
    shape.lower = shape.lower || IsLower(c);
    shape.upper = shape.upper || IsUpper(c);
    shape.digit = shape.digit || IsDigit(c);
    shape.letters += !IsDigit(c) && c != '.';
  }
  return shape;
}

bool IsRoman(std::string_view part) {
  return part.size() <= 4 && part.find_first_not_of("IVX") == std::string_view::npos;
}

bool IsPoint(std::string_view text, size_t at) {
  return at > 0 && at + 1 < text.size() && text[at] == '.' && IsDigit(text[at - 1]) &&
         IsDigit(text[at + 1]);
}

}  // namespace paperwire::grounding
