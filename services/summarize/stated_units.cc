#include "services/summarize/stated_units.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace paperwire::summarize {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsAlpha(char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; }

// As written in small letters, and the name under which units are the same.
constexpr std::array<std::pair<std::string_view, std::string_view>, 56> kUnits = {
    {{"percent", "%"},
     {"x", "x"},
     {"times", "x"},
     {"fold", "x"},
     {"point", "point"},
     {"points", "point"},
     {"pp", "point"},
     {"pts", "point"},
     {"percentage", "point"},
     {"s", "s"},
     {"sec", "s"},
     {"secs", "s"},
     {"second", "s"},
     {"seconds", "s"},
     {"ms", "ms"},
     {"msec", "ms"},
     {"millisecond", "ms"},
     {"milliseconds", "ms"},
     {"us", "us"},
     {"microseconds", "us"},
     {"ns", "ns"},
     {"nanoseconds", "ns"},
     {"min", "min"},
     {"mins", "min"},
     {"minute", "min"},
     {"minutes", "min"},
     {"h", "h"},
     {"hour", "h"},
     {"hours", "h"},
     {"day", "day"},
     {"days", "day"},
     {"week", "week"},
     {"weeks", "week"},
     {"month", "month"},
     {"months", "month"},
     {"year", "year"},
     {"years", "year"},
     {"kb", "kb"},
     {"mb", "mb"},
     {"gb", "gb"},
     {"tb", "tb"},
     {"gib", "gb"},
     {"mib", "mb"},
     {"mm", "mm"},
     {"cm", "cm"},
     {"km", "km"},
     {"kg", "kg"},
     {"hz", "hz"},
     {"khz", "khz"},
     {"mhz", "mhz"},
     {"ghz", "ghz"},
     {"db", "db"},
     {"kwh", "kwh"},
     {"mw", "mw"},
     {"dollars", "dollar"},
     {"euros", "euro"}}};

struct Measure {
  std::string number;
  // Empty: none that is known.
  std::string_view unit;
  size_t begin = 0;
  size_t end = 0;
};

std::string_view UnitOf(std::string_view word) {
  std::string lower;
  for (const char c : word) lower += Lower(c);
  const auto* const found = std::find_if(kUnits.begin(), kUnits.end(),
                                         [&](const auto& unit) { return unit.first == lower; });
  return found == kUnits.end() ? std::string_view() : found->second;
}

// What stands behind a number that ends at `end`, which moves to its own end.
std::string_view UnitBehind(std::string_view text, size_t& end) {
  size_t at = end;
  for (const std::string_view gap : {"~", "-", " ", "\xC2\xA0", "\xE2\x80\xAF", "\\,", "\\ "}) {
    if (text.substr(at).starts_with(gap)) {
      at += gap.size();
      break;
    }
  }
  for (const auto& [sign, unit] : {std::pair<std::string_view, std::string_view>("\\%", "%"),
                                   {"%", "%"},
                                   {"\\times", "x"},
                                   {"\xC3\x97", "x"}}) {
    if (!text.substr(at).starts_with(sign)) continue;
    end = at + sign.size();
    return unit;
  }
  size_t stop = at;
  while (stop < text.size() && IsAlpha(text[stop])) ++stop;
  if (stop < text.size() && IsDigit(text[stop])) return {};
  const std::string_view unit = UnitOf(text.substr(at, stop - at));
  if (!unit.empty()) end = stop;
  return unit;
}

template <typename Visit>
void ForEachMeasure(std::string_view text, Visit visit) {
  for (size_t i = 0; i < text.size();) {
    const bool within = i > 0 && (IsAlpha(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == '_');
    if (!IsDigit(text[i])) {
      ++i;
      continue;
    }
    Measure measure{.number = {}, .unit = {}, .begin = i, .end = i};
    while (i < text.size() && (IsDigit(text[i]) || ((text[i] == '.' || text[i] == ',') &&
                                                    i + 1 < text.size() && IsDigit(text[i + 1])))) {
      if (text[i] != ',') measure.number += text[i];
      ++i;
    }
    if (within) continue;
    // "12$ ms": the unit behind math.
    measure.end = i < text.size() && text[i] == '$' ? i + 1 : i;
    measure.unit = UnitBehind(text, measure.end);
    visit(measure);
  }
}

}  // namespace

StatedUnits::StatedUnits(std::string_view source) {
  ForEachMeasure(source, [this](const Measure& measure) {
    of_[measure.number].insert(measure.unit);
    if (!measure.unit.empty()) all_.insert(measure.unit);
  });
}

std::string_view StatedUnits::FindOther(std::string_view text) const {
  std::string_view other;
  ForEachMeasure(text, [&](const Measure& measure) {
    if (measure.unit.empty() || !other.empty()) return;
    const auto known = of_.find(measure.number);
    if (known == of_.end() || known->second.contains(measure.unit)) return;
    // "1.2, 1.5 and 1.8 ms": those in front share the unit of the last.
    if (known->second.contains("") && all_.contains(measure.unit)) return;
    other = text.substr(measure.begin, measure.end - measure.begin);
  });
  return other;
}

}  // namespace paperwire::summarize
