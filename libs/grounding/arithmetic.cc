#include "libs/grounding/arithmetic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "libs/grounding/letters.h"

namespace paperwire::grounding {
namespace {

// How far two numbers that are compared stand apart at most.
constexpr size_t kReach = 60;
// How far a list may reach.
constexpr size_t kLongestList = 900;
constexpr int kMostItems = 12;
constexpr double kNear = 0.05;

// Whether what stands between two numbers compares them: "from 40 to 80", "12 vs. 15".
bool Compares(std::string_view between) {
  constexpr std::array<std::string_view, 12> kSigns = {"to ",       "vs",    "versus",   "than ",
                                                       "compared ", "over ", "against ", "instead ",
                                                       "->",        "from ", "down",     "up "};
  for (size_t i = 0; i + 1 < between.size(); ++i) {
    const char c = between[i];
    if ((c == '.' || c == '!' || c == '?' || c == ';') && between[i + 1] == ' ') return false;
  }
  return std::any_of(kSigns.begin(), kSigns.end(), [between](std::string_view sign) {
    const size_t at = between.find(sign);
    return at != std::string_view::npos && (at == 0 || !IsLower(between[at - 1]));
  });
}

// "120 papers and 30 books"
bool AddsUp(std::string_view between) {
  return between.find(" and ") != std::string_view::npos &&
         between.find('.') == std::string_view::npos && between.find(',') == std::string_view::npos;
}

bool StartsWith(std::string_view text, size_t at, std::string_view what) {
  return text.substr(std::min(at, text.size()), what.size()) == what;
}

}  // namespace

Arithmetic::Arithmetic(std::string_view folded, const std::vector<Number>& numbers) {
  const Number* before = nullptr;
  for (const Number& number : numbers) {
    AddAlone(number);
    if (number.in_words && number.kind == NumberKind::kPlain) continue;
    if (before != nullptr && number.begin >= before->end && number.begin - before->end <= kReach) {
      const std::string_view between = folded.substr(before->end, number.begin - before->end);
      if (Compares(between)) AddPair(*before, number);
      if (AddsUp(between)) AddSum(*before, number);
    }
    before = &number;
  }
  std::sort(results_.begin(), results_.end(), [](const Result& a, const Result& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.value < b.value;
  });
}

void Arithmetic::Add(NumberKind kind, double value) {
  // A factor of one says nothing.
  if (kind == NumberKind::kFactor && value < 1.05) return;
  if (std::isfinite(value) && value > 0) results_.push_back({.kind = kind, .value = value});
}

void Arithmetic::AddAlone(const Number& number) {
  if (number.kind == NumberKind::kFactor) {
    Add(NumberKind::kPercent, number.value * 100);
    Add(NumberKind::kPercent, (number.value - 1) * 100);
    if (number.value > 1) Add(NumberKind::kPercent, (1 - 1 / number.value) * 100);
    if (number.value == 2 && number.in_words) Add(NumberKind::kPercent, 50);
    if (number.value < 1) Add(NumberKind::kPercent, (1 - number.value) * 100);
  }
  // "half", "a quarter"
  if (number.in_words && number.value < 1) Add(NumberKind::kFactor, 1 / number.value);
  if (number.kind == NumberKind::kPercent) {
    Add(NumberKind::kFactor, number.value / 100);
    Add(NumberKind::kFactor, 1 + number.value / 100);
    if (number.value < 100) Add(NumberKind::kFactor, 1 / (1 - number.value / 100));
  }
}

void Arithmetic::AddPair(const Number& first, const Number& second) {
  NumberKind kind = first.kind;
  double a = first.value;
  if (kind != second.kind) {
    // "from 40 to 80 %"
    if (first.shared_kind != second.kind) return;
    kind = first.shared_kind;
    a = first.value * first.shared_unit;
  }
  const double b = second.value;
  if (a <= 0 || b <= 0 || a == b) return;
  Add(NumberKind::kFactor, std::max(a, b) / std::min(a, b));
  Add(NumberKind::kPercent, std::abs(b - a) / a * 100);
  Add(NumberKind::kPercent, std::abs(b - a) / b * 100);
  Add(kind, std::abs(b - a));
}

void Arithmetic::AddSum(const Number& first, const Number& second) {
  const bool counts = first.kind == NumberKind::kPlain && second.kind == NumberKind::kPlain &&
                      first.step >= 1 && second.step >= 1;
  if (counts && std::min(first.value, second.value) >= 10) {
    Add(NumberKind::kPlain, first.value + second.value);
  }
}

bool Arithmetic::Yields(const Number& asked) const {
  // Small whole numbers come out of any sum.
  if (asked.kind == NumberKind::kPlain && asked.step == 1 && asked.value < 20) return false;
  if (asked.kind == NumberKind::kDimension || asked.value <= 0) return false;
  // Rounded to the digits shown, and near to what it is: 1x is no 1.3x.
  const double slack =
      std::max(asked.value * 1e-9, std::min(asked.step * 0.5000001, asked.value * kNear));
  const auto it = std::lower_bound(results_.begin(), results_.end(),
                                   Result{.kind = asked.kind, .value = asked.value - slack},
                                   [](const Result& a, const Result& b) {
                                     return a.kind != b.kind ? a.kind < b.kind : a.value < b.value;
                                   });
  return it != results_.end() && it->kind == asked.kind && it->value <= asked.value + slack;
}

int CountedOff(std::string_view folded, size_t begin, size_t end) {
  constexpr std::array<std::string_view, 12> kRoman = {
      "i)", "ii)", "iii)", "iv)", "v)", "vi)", "vii)", "viii)", "ix)", "x)", "xi)", "xii)"};
  const std::string_view rest = folded.substr(end, kLongestList);
  // "(1) … (2) …", "(i) … (ii) …", "(a) … (b) …", after or before the number.
  const std::string_view around =
      folded.substr(begin > kLongestList ? begin - kLongestList : 0, 2 * kLongestList);
  for (int style = 0; style < 3; ++style) {
    int count = 0;
    for (size_t i = 0; i < around.size() && count < kMostItems; ++i) {
      if (i > 0 && around[i - 1] != ' ' && around[i - 1] != '(') continue;
      std::array<char, 4> number{};
      size_t n = 0;
      if (style == 0) {
        if (count >= 9) number[n++] = '1';
        number[n++] = static_cast<char>('0' + (count + 1) % 10);
        number[n++] = ')';
      } else if (style == 1) {
        number[n++] = static_cast<char>('a' + count);
        number[n++] = ')';
      }
      const std::string_view marker =
          style == 2 ? kRoman[static_cast<size_t>(count)] : std::string_view(number.data(), n);
      if (StartsWith(around, i, marker)) ++count;
    }
    if (count > 1) return count;
  }
  // "three data sets (A, B and C)", "two stages: A and B".
  size_t open = 0;
  while (open < rest.size() && open < 60 && rest[open] != ':' && rest[open] != '(' &&
         rest[open] != '.' && rest[open] != ';') {
    ++open;
  }
  if (open >= rest.size() || (rest[open] != ':' && rest[open] != '(')) return 0;
  const bool bracket = rest[open] == '(';
  int items = 1;
  int depth = 0;
  for (size_t i = open + 1; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '(') ++depth;
    if (c == ')' && depth-- == 0) break;
    if (depth > 0) continue;
    if (!bracket && c == '.' && (i + 1 == rest.size() || rest[i + 1] == ' ')) break;
    if ((c == ',' || c == ';') && StartsWith(rest, i, std::string(1, c) + " and ")) continue;
    if (c == ',' || c == ';') ++items;
    if (c == ' ' && StartsWith(rest, i, " and ") && i + 5 < rest.size()) ++items;
    if (c == '/' && i + 1 < rest.size() && !IsLower(rest[i + 1])) ++items;
  }
  return items;
}

}  // namespace paperwire::grounding
