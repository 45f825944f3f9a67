#include "services/summarize/stated_amounts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "libs/grounding/fold.h"
#include "libs/grounding/units.h"

namespace paperwire::summarize {
namespace {

using grounding::Number;
using grounding::NumberKind;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsAlpha(char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; }

struct Found {
  std::string lower;
  size_t begin = 0;
  size_t end = 0;
};

// Runs of letters in lower case, and the signs of fractions as the words that they stand for.
std::vector<Found> WordsOf(std::string_view text) {
  std::vector<Found> words;
  for (size_t i = 0; i < text.size();) {
    const std::string_view two = text.substr(i, 2);
    if (two == "\xC2\xBC" || two == "\xC2\xBD" || two == "\xC2\xBE") {
      words.push_back({.lower = two == "\xC2\xBD" ? "half" : "quarter", .begin = i, .end = i + 2});
      i += 2;
      continue;
    }
    if (!IsAlpha(text[i])) {
      ++i;
      continue;
    }
    Found word{.lower = {}, .begin = i, .end = i};
    while (i < text.size() && IsAlpha(text[i])) word.lower += Lower(text[i++]);
    word.end = i;
    words.push_back(std::move(word));
  }
  return words;
}

bool Is(std::string_view word, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

// "hundreds", "thousandfold": what the word's beginning scales by; 0: it scales nothing.
double ScaleOf(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kScales = {{{"hundred", 1e2},
                                                                           {"thousand", 1e3},
                                                                           {"million", 1e6},
                                                                           {"billion", 1e9},
                                                                           {"trillion", 1e12}}};
  for (const auto& [scale, value] : kScales) {
    if (!word.starts_with(scale)) continue;
    if (Is(word.substr(scale.size()), {"", "s", "fold"})) return value;
  }
  return 0;
}

// What happened so many times over to what follows: "triples the speed"; 0: nothing.
double ChangeOf(std::string_view word, std::string_view next) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kChanges = {
      {{"double", 2}, {"triple", 3}, {"quadruple", 4}, {"quintuple", 5}, {"sextuple", 6}}};
  for (const auto& [change, value] : kChanges) {
    if (!word.starts_with(change)) continue;
    const std::string_view rest = word.substr(change.size());
    if (value > 4 && Is(rest, {"d", "s"})) return value;
    // "Triples of a graph" are no change.
    if (Is(rest, {"", "s"}) && Is(next, {"the", "its", "their", "this", "that", "both", "all"})) {
      return value;
    }
  }
  return 0;
}

}  // namespace

StatedAmounts::StatedAmounts(std::string_view source)
    : source_(grounding::Folded(source).text()), numbers_(grounding::FindNumbers(source_)) {
  for (Found& word : WordsOf(source)) words_.insert(std::move(word.lower));
}

bool StatedAmounts::HoldsWord(std::string_view begin) const {
  const auto found = words_.lower_bound(begin);
  return found != words_.end() && std::string_view(*found).starts_with(begin);
}

bool StatedAmounts::HoldsFraction(double part) const {
  return std::any_of(numbers_.begin(), numbers_.end(), [part](const Number& number) {
    const double value = number.kind == NumberKind::kPercent ? number.value / 100 : number.value;
    const double slack = number.kind == NumberKind::kPercent ? 0.03 : 1e-9;
    // A word for the part is looked for by itself.
    return !number.in_words && std::abs(value - part) <= slack;
  });
}

bool StatedAmounts::HoldsFactor(double least, double most) const {
  return std::any_of(numbers_.begin(), numbers_.end(), [&](const Number& number) {
    return number.kind == NumberKind::kFactor && number.value >= least && number.value < most;
  });
}

bool StatedAmounts::HoldsBetween(double least, double most) const {
  return std::any_of(numbers_.begin(), numbers_.end(), [&](const Number& number) {
    return number.kind != NumberKind::kPercent && number.value >= least && number.value < most;
  });
}

bool StatedAmounts::IsStated(std::string_view word, std::string_view before,
                             std::string_view next) const {
  if (Is(word, {"half", "halve", "halves", "halved", "halving"})) {
    return HoldsWord("half") || HoldsWord("halv") || HoldsFraction(0.5) || HoldsFactor(1.9, 2.1) ||
           source_.find("1/2") != std::string::npos || Is(before, {"two", "both"});
  }
  if (Is(word, {"quarter", "quarters"})) {
    return HoldsWord("quarter") || HoldsWord("fourth") || HoldsFraction(0.25) ||
           HoldsFraction(0.75) || HoldsFactor(3.9, 4.1) ||
           source_.find("1/4") != std::string::npos || source_.find("3/4") != std::string::npos;
  }
  if (Is(word, {"dozen", "dozens"})) {
    return HoldsWord("dozen") || (word == "dozen" ? HoldsBetween(12, 13) : HoldsBetween(20, 200));
  }
  if (const double scale = ScaleOf(word); scale > 0) {
    const std::string_view stem = word.substr(0, word.find(word.ends_with("fold") ? "fold" : "s"));
    const bool factor = word != stem ? word.ends_with("fold") : Is(next, {"times", "fold"});
    const double least = scale * (scale < 1e3 ? 0.9 : 0.5);
    const double most = scale * (scale < 1e3 ? 100 : 1000);
    if (factor) return HoldsFactor(least, most);
    return HoldsWord(stem) || HoldsBetween(least, most);
  }
  if (Is(word, {"manyfold", "severalfold", "multifold"})) {
    return HoldsWord(word) || HoldsFactor(2, 1e12);
  }
  if (const double change = ChangeOf(word, next); change > 0) {
    return HoldsWord(word.substr(0, 5)) || HoldsFactor(change - 0.1, change + 0.1) ||
           (change == 2 && (HoldsFraction(1.0) || HoldsWord("half") || HoldsWord("halv")));
  }
  if (word == "magnitude" && Is(before, {"of"})) {
    return HoldsWord("magnitude") || HoldsFactor(9.5, INFINITY) ||
           source_.find("10^") != std::string::npos;
  }
  const grounding::Unit* unit = before == "single" ? grounding::FindUnit(word) : nullptr;
  if (unit != nullptr && unit->kind == NumberKind::kTime) {
    return HoldsWord(word) || std::any_of(numbers_.begin(), numbers_.end(), [&](const Number& n) {
             return n.kind == NumberKind::kTime && std::abs(n.value / unit->worth - 1) < 0.01;
           });
  }
  return true;
}

std::string_view StatedAmounts::FindOther(std::string_view text) const {
  const std::vector<Found> words = WordsOf(text);
  for (size_t i = 0; i < words.size(); ++i) {
    const Found& word = words[i];
    const bool joined = word.end < text.size() && text[word.end] == '-';
    if (joined && ScaleOf(word.lower) == 0) continue;
    const std::string_view before = i > 0 ? std::string_view(words[i - 1].lower) : "";
    const std::string_view next = i + 1 < words.size() ? std::string_view(words[i + 1].lower) : "";
    if (!IsStated(word.lower, before, next)) {
      return text.substr(word.begin, word.end - word.begin);
    }
  }
  return {};
}

}  // namespace paperwire::summarize
