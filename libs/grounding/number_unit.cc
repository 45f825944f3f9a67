#include "libs/grounding/number_unit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "libs/grounding/fold.h"
#include "libs/grounding/units.h"

namespace paperwire::grounding {
namespace {

void Measure(Number& number, const Unit& unit, size_t end) {
  number.kind = unit.kind;
  number.unit = unit.worth;
  Scale(number, unit.worth);
  number.end = end;
}

// "1990s" are no seconds.
bool IsDecade(const Number& number, std::string_view unit) {
  return unit == "s" && number.value >= 1000 && number.value < 2100;
}

// "×2.5" and "x2.5", but not "224×224".
bool AfterTimes(std::string_view text, size_t begin) {
  size_t i = begin;
  if (i == 0) return false;
  if (text[i - 1] == 'x' && i == begin) return i == 1 || !IsWordByte(text[i - 2]);
  if (text[i - 1] != Folded::kTimes) return false;
  --i;
  if (i > 0 && IsWordByte(text[i - 1])) return false;
  while (i > 0 && text[i - 1] == ' ') --i;
  return i == 0 || !IsDigit(text[i - 1]);
}

bool AfterFactorOf(std::string_view text, size_t begin) {
  constexpr std::string_view kLead = "factor of ";
  return begin >= kLead.size() &&
         EqualsLower(text.substr(begin - kLead.size(), kLead.size()), kLead);
}

// Glued to the digits, then at a space or a hyphen.
void ReadUnitAfter(const NumberText& text, Number& number) {
  size_t i = number.end;
  const std::string_view glued = text.Letters(i);
  if (!glued.empty()) {
    const size_t end = i + glued.size();
    const bool whole = !IsWordByte(text.At(end));
    // "1920x1200"
    if (glued == "x" && IsDigit(text.At(end))) return;
    if (glued.size() == 1 && whole && ScaleOfLetter(glued[0]) > 1) {
      number.scale = ScaleOfLetter(glued[0]);
      Scale(number, number.scale);
      number.end = i = end;
    } else if (glued.size() == 1 && (glued[0] == 'x' || glued[0] == 'X') && whole) {
      number.kind = NumberKind::kFactor;
      number.end = end;
      return;
    } else if (const Unit* unit = whole ? FindUnit(glued) : nullptr;
               unit != nullptr && !IsDecade(number, glued)) {
      return Measure(number, *unit, end);
    } else {
      while (IsWordByte(text.At(i))) ++i;
      number.end = i;
      return;
    }
  }
  if (text.At(i) == '+') ++i;  // "13+ minutes"
  size_t k = text.SkipSpace(i);
  if (text.At(k) == Folded::kTimes && !IsDigit(text.At(text.SkipSpace(k + 1)))) {
    number.kind = NumberKind::kFactor;
    number.end = k + 1;
    return;
  }
  if (text.At(k) == '%') {
    number.kind = NumberKind::kPercent;
    number.end = k + 1;
    return;
  }
  if (text.At(k) == '-' && IsAlpha(text.At(k + 1))) ++k;
  ReadScaleAndUnit(text, k, number);
}

}  // namespace

double ScaleOfLetter(char c) {
  switch (c) {
    case 'K':
    case 'k':
      return 1e3;
    case 'M':
      return 1e6;
    case 'B':
    case 'b':
      return 1e9;
    case 'T':
      return 1e12;
    default:
      return 1;
  }
}

void Scale(Number& number, double by) {
  number.value *= by;
  number.step *= by;
}

void ReadUnit(const NumberText& text, Number& number) {
  ReadUnitAfter(text, number);
  if (number.kind == NumberKind::kPlain &&
      (AfterTimes(text.text(), number.begin) || AfterFactorOf(text.text(), number.begin))) {
    number.kind = NumberKind::kFactor;
  }
}

void ReadScaleAndUnit(const NumberText& text, size_t at, Number& number) {
  size_t k = at;
  if (k > number.end + 3) return;
  std::string_view word = text.Letters(k);
  if (word.empty() || IsWordByte(text.At(k + word.size()))) return;
  std::array<char, 16> buffer{};
  std::transform(word.begin(), word.end(), buffer.begin(), Lower);
  const NumberWord* scale = FindNumberWord({buffer.data(), word.size()});
  const bool letter = word.size() == 1 && IsUpper(word[0]) && ScaleOfLetter(word[0]) > 1;
  if (letter || (scale != nullptr && scale->kind == NumberWordKind::kScale)) {
    number.scale = letter ? ScaleOfLetter(word[0]) : scale->value;
    Scale(number, number.scale);
    number.end = k + word.size();
    k = text.SkipSpace(number.end);
    if (text.At(k) == '-') ++k;
    word = text.Letters(k);
    if (word.empty() || IsWordByte(text.At(k + word.size()))) return;
  }
  if ((word == "x" || word == "X") && !IsDigit(text.At(text.SkipSpace(k + 1)))) {
    number.kind = NumberKind::kFactor;
    number.end = k + 1;
  } else if (const Unit* unit = FindUnit(word); unit != nullptr && word.size() + k <= text.size()) {
    // The age of people is no duration: "18-24-year-olds".
    if (EqualsLower(text.text().substr(k + word.size(), 4), "-old")) return;
    Measure(number, *unit, k + word.size());
  } else if (EqualsLower(text.text().substr(k, 17), "frames per second")) {
    Measure(number, {.kind = NumberKind::kFrequency, .worth = 1}, k + 17);
  } else if (EqualsLower(word, "degree") || EqualsLower(word, "degrees")) {
    std::string_view rest = text.text().substr(k + word.size(), 11);
    if (EqualsLower(rest, "-of-freedom") || EqualsLower(rest, " of freedom")) {
      number.kind = NumberKind::kDimension;
      number.end = k + word.size() + rest.size();
    }
  } else if (EqualsLower(word, "order") || EqualsLower(word, "orders")) {
    ReadMagnitude(text, k + word.size(), number);
  } else if (EqualsLower(word, "per") && EqualsLower(text.text().substr(k, 8), "per cent")) {
    Measure(number, {.kind = NumberKind::kPercent, .worth = 1}, k + 8);
  }
}

void ReadMagnitude(const NumberText& text, size_t at, Number& number) {
  constexpr std::string_view kRest = " of magnitude";
  constexpr std::string_view kJoined = "-of-magnitude";
  const std::string_view rest = text.text().substr(std::min(at, text.size()), kRest.size());
  if (!EqualsLower(rest, kRest) && !EqualsLower(rest, kJoined)) return;
  number.kind = NumberKind::kFactor;
  number.value = std::pow(10.0, number.value);
  number.step = number.value;
  number.end = at + kRest.size();
}

}  // namespace paperwire::grounding
