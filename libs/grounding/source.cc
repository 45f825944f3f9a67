#include "libs/grounding/source.h"

#include <algorithm>
#include <cmath>

#include "libs/grounding/letters.h"

namespace paperwire::grounding {
namespace {

double Shown(const Number& number) { return number.value / number.unit; }

bool IsShared(const Number& number) {
  return number.shared_kind != NumberKind::kPlain || number.shared_scale != 1;
}

// The number in the other sense: with the unit and the scale of the number after it.
Number AsShared(const Number& number) {
  Number shared = number;
  const double by = number.shared_unit * number.shared_scale;
  shared.value *= by;
  shared.step *= by;
  shared.kind = number.shared_kind;
  shared.unit = number.shared_unit;
  return shared;
}

// Whether a number of kind `found` may be what a card tells as `asked`.
bool KindsFit(const Number& number, const Number& found) {
  const NumberKind asked = number.kind;
  if (asked == found.kind) return true;
  // "three-dimensional" of "three dimensions", "a threefold method" of "three parts".
  if (number.in_words && found.in_words && found.kind == NumberKind::kPlain &&
      (asked == NumberKind::kDimension || (asked == NumberKind::kFactor && !number.verb))) {
    return true;
  }
  // "PCA to 64" of "64-dimensional", but 3D makes no three of anything.
  if (asked == NumberKind::kPlain) return found.kind != NumberKind::kDimension || found.value > 4;
  if (asked == NumberKind::kDimension) return found.kind == NumberKind::kPlain && found.value > 4;
  // Sources leave a unit out where their context gives it; whole numbers mean too many things.
  return found.kind == NumberKind::kPlain && found.step < 1 && found.value > 1;
}

// Whether `value` is `exact` rounded to `step`; a half goes up, or to the even digit.
bool Rounds(double exact, double value, double step) {
  const double off = (exact - value) / step;
  if (off < 0.4999999) return true;
  return std::fmod(std::round(value / step), 2) == 0;
}

bool Equal(double a, double b) {
  return std::abs(a - b) <= std::max(std::abs(a), std::abs(b)) * 1e-9;
}

}  // namespace

Source::Source(std::string_view text)
    : text_(text),
      folded_(text_),
      names_(folded_.text()),
      numbers_(FindNumbers(folded_.text())),
      arithmetic_(folded_.text(), numbers_) {
  by_value_.reserve(numbers_.size() * 2);
  for (const Number& number : numbers_) {
    by_value_.push_back(number);
    if (IsShared(number)) by_value_.push_back(AsShared(number));
  }
  by_shown_ = by_value_;
  std::sort(by_value_.begin(), by_value_.end(),
            [](const Number& a, const Number& b) { return a.value < b.value; });
  std::sort(by_shown_.begin(), by_shown_.end(),
            [](const Number& a, const Number& b) { return Shown(a) < Shown(b); });
}

// Rounding to the digits shown is allowed, showing more digits than the source has is not.
bool Source::HoldsValue(double value, double step, const Number& asked, bool as_shown) const {
  const std::vector<Number>& numbers = as_shown ? by_shown_ : by_value_;
  const auto of = [as_shown](const Number& n) { return as_shown ? Shown(n) : n.value; };
  const double slack = std::max(std::abs(value) * 1e-9, step * 0.5000001);
  auto it = std::lower_bound(numbers.begin(), numbers.end(), value - slack,
                             [&](const Number& n, double v) { return of(n) < v; });
  for (; it != numbers.end() && of(*it) <= value + slack; ++it) {
    if (!KindsFit(asked, *it)) continue;
    // As shown only where one of the two says no unit.
    if (as_shown && asked.kind != NumberKind::kPlain && it->kind != NumberKind::kPlain) continue;
    const double found_step = as_shown ? it->step / it->unit : it->step;
    if (Equal(of(*it), value)) return true;
    // Whose unit is guessed is not rounded too.
    const bool guessed = asked.kind != it->kind && asked.kind != NumberKind::kPlain;
    if (found_step < step * 0.999 && !asked.in_words && !guessed && Rounds(of(*it), value, step)) {
      return true;
    }
  }
  return false;
}

bool Source::HoldsAs(const Number& number) const {
  if (HoldsValue(number.value, number.step, number, false)) return true;
  if ((number.unit != 1 || number.kind == NumberKind::kPlain) &&
      HoldsValue(Shown(number), number.step / number.unit, number, true)) {
    return true;
  }
  Number plain;
  if (number.kind == NumberKind::kPercent && number.value < 100) {  // 5 % may stand there as 0.05
    return HoldsValue(number.value / 100, number.step / 100, plain, false);
  }
  if (number.kind == NumberKind::kPlain && number.value < 1) {  // and the other way round
    plain.kind = NumberKind::kPercent;
    return HoldsValue(number.value * 100, number.step * 100, plain, false);
  }
  return false;
}

bool Source::Holds(const Number& number) const {
  return HoldsAs(number) || (IsShared(number) && HoldsAs(AsShared(number)));
}

bool Source::HoldsOtherUnit(const Number& number) const {
  const double shown = Shown(number);
  const auto it = std::lower_bound(by_shown_.begin(), by_shown_.end(), shown * (1 - 1e-9),
                                   [](const Number& n, double v) { return Shown(n) < v; });
  return it != by_shown_.end() && Equal(Shown(*it), shown);
}

// A number that is off by less than a digit shown is a wrong rounding, and no sum.
bool Source::IsNearMiss(const Number& number) const {
  return std::any_of(by_value_.begin(), by_value_.end(), [&number](const Number& known) {
    return known.kind == number.kind && known.step < number.step * 1.001 &&
           std::abs(known.value - number.value) < number.step * 0.999999;
  });
}

bool Source::HoldsSeries(const Number& number, std::string_view folded) const {
  if (number.series_end <= number.series_begin) return false;
  std::string name(folded.substr(number.series_begin, number.series_end - number.series_begin));
  name += folded.substr(number.begin, number.end - number.begin);
  return names_.Holds(name, false);
}

// "Llama 3.1" of "Llama-3.1-8B".
bool Source::HoldsVersion(const Number& number, std::string_view folded) const {
  if (number.begin < 3 || folded[number.begin - 1] != ' ' || number.unit != 1) return false;
  size_t begin = number.begin - 1;
  while (begin > 0 && IsWordByte(folded[begin - 1]) && number.begin - begin < 40) --begin;
  return IsUpper(folded[begin]) && names_.HoldsKey(folded.substr(begin, number.end - begin));
}

Standing Source::Find(const Number& number, std::string_view folded) const {
  if (number.loose || Holds(number)) return Standing::kHeld;
  if (number.name_begin < number.begin && number.unit == 1 &&
      names_.HoldsKey(folded.substr(number.name_begin, number.end - number.name_begin))) {
    return Standing::kHeld;
  }
  if (HoldsSeries(number, folded) || HoldsVersion(number, folded)) return Standing::kHeld;
  if (!IsNearMiss(number) && arithmetic_.Yields(number)) return Standing::kDerived;
  const bool count = number.in_words && number.kind == NumberKind::kPlain && number.value > 1 &&
                     number.value <= 12;
  if (count && (CountedOff(folded, number.begin, number.end) == static_cast<int>(number.value) ||
                CountedOff(folded_.text(), 0, 0) == static_cast<int>(number.value))) {
    return Standing::kDerived;
  }
  return HoldsOtherUnit(number) ? Standing::kOtherUnit : Standing::kMissing;
}

}  // namespace paperwire::grounding
