#include "libs/grounding/units.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace paperwire::grounding {
namespace {

// Looked up by a word that is often none: the hash is taken once.
template <typename Value>
using Table = std::unordered_map<std::string_view, Value>;

template <typename Value>
const Value* Find(const Table<Value>& table, std::string_view word) {
  const auto found = table.find(word);
  return found == table.end() ? nullptr : &found->second;
}

constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr double kDay = 86400;
constexpr double kYear = 365.25 * kDay;

const Table<Unit>& Symbols() {
  using enum NumberKind;
  static const Table<Unit> kTable = {{"ns", {kTime, 1e-9}},
                                     {"us", {kTime, 1e-6}},
                                     {"mus", {kTime, 1e-6}},
                                     {"ms", {kTime, 1e-3}},
                                     {"s", {kTime, 1}},
                                     {"h", {kTime, kHour}},
                                     {"KB", {kBytes, 1e3}},
                                     {"kB", {kBytes, 1e3}},
                                     {"MB", {kBytes, 1e6}},
                                     {"GB", {kBytes, 1e9}},
                                     {"TB", {kBytes, 1e12}},
                                     {"PB", {kBytes, 1e15}},
                                     {"KiB", {kBytes, 1024}},
                                     {"MiB", {kBytes, 1048576}},
                                     {"GiB", {kBytes, 1073741824}},
                                     {"Hz", {kFrequency, 1}},
                                     {"kHz", {kFrequency, 1e3}},
                                     {"KHz", {kFrequency, 1e3}},
                                     {"MHz", {kFrequency, 1e6}},
                                     {"GHz", {kFrequency, 1e9}},
                                     {"THz", {kFrequency, 1e12}},
                                     {"nm", {kLength, 1e-9}},
                                     {"mum", {kLength, 1e-6}},
                                     {"um", {kLength, 1e-6}},
                                     {"mm", {kLength, 1e-3}},
                                     {"cm", {kLength, 1e-2}},
                                     {"m", {kLength, 1}},
                                     {"km", {kLength, 1e3}},
                                     {"mW", {kPower, 1e-3}},
                                     {"W", {kPower, 1}},
                                     {"kW", {kPower, 1e3}},
                                     {"MW", {kPower, 1e6}},
                                     {"GW", {kPower, 1e9}},
                                     {"mJ", {kEnergy, 1e-3}},
                                     {"J", {kEnergy, 1}},
                                     {"kJ", {kEnergy, 1e3}},
                                     {"MJ", {kEnergy, 1e6}},
                                     {"Wh", {kEnergy, 3.6e3}},
                                     {"kWh", {kEnergy, 3.6e6}},
                                     {"MWh", {kEnergy, 3.6e9}},
                                     {"dB", {kDecibel, 1}},
                                     {"FLOPs", {kOperations, 1}},
                                     {"FLOPS", {kOperations, 1}},
                                     {"MFLOPs", {kOperations, 1e6}},
                                     {"GFLOPs", {kOperations, 1e9}},
                                     {"TFLOPs", {kOperations, 1e12}},
                                     {"PFLOPs", {kOperations, 1e15}},
                                     {"MFLOPS", {kOperations, 1e6}},
                                     {"GFLOPS", {kOperations, 1e9}},
                                     {"TFLOPS", {kOperations, 1e12}},
                                     {"PFLOPS", {kOperations, 1e15}},
                                     {"GMACs", {kOperations, 2e9}},
                                     {"MMACs", {kOperations, 2e6}},
                                     {"FPS", {kFrequency, 1}},
                                     {"D", {kDimension, 1}},
                                     {"d", {kDimension, 1}},
                                     {"DoF", {kDimension, 1}},
                                     {"bpp", {kBits, 1}}};
  return kTable;
}

// In lower case, without the plural's s.
const Table<Unit>& Words() {
  using enum NumberKind;
  static const Table<Unit> kTable = {{"nanosecond", {kTime, 1e-9}},
                                     {"microsecond", {kTime, 1e-6}},
                                     {"millisecond", {kTime, 1e-3}},
                                     {"second", {kTime, 1}},
                                     {"sec", {kTime, 1}},
                                     {"minute", {kTime, kMinute}},
                                     {"min", {kTime, kMinute}},
                                     {"hour", {kTime, kHour}},
                                     {"hr", {kTime, kHour}},
                                     {"day", {kTime, kDay}},
                                     {"week", {kTime, 7 * kDay}},
                                     {"month", {kTime, kYear / 12}},
                                     {"year", {kTime, kYear}},
                                     {"byte", {kBytes, 1}},
                                     {"kilobyte", {kBytes, 1e3}},
                                     {"megabyte", {kBytes, 1e6}},
                                     {"gigabyte", {kBytes, 1e9}},
                                     {"terabyte", {kBytes, 1e12}},
                                     {"bit", {kBits, 1}},
                                     {"hertz", {kFrequency, 1}},
                                     {"fps", {kFrequency, 1}},
                                     {"dof", {kDimension, 1}},
                                     {"meter", {kLength, 1}},
                                     {"metre", {kLength, 1}},
                                     {"kilometer", {kLength, 1e3}},
                                     {"kilometre", {kLength, 1e3}},
                                     {"centimeter", {kLength, 1e-2}},
                                     {"millimeter", {kLength, 1e-3}},
                                     {"watt", {kPower, 1}},
                                     {"joule", {kEnergy, 1}},
                                     {"db", {kDecibel, 1}},
                                     {"dimensional", {kDimension, 1}},
                                     {"dim", {kDimension, 1}},
                                     {"micron", {kLength, 1e-6}},
                                     {"percent", {kPercent, 1}},
                                     {"percentage", {kPercent, 1}},
                                     {"pp", {kPercent, 1}},
                                     {"ppt", {kPercent, 1}},
                                     {"times", {kFactor, 1}},
                                     {"fold", {kFactor, 1}}};
  return kTable;
}

}  // namespace

bool IsUnitSymbol(std::string_view word) { return Find(Symbols(), word) != nullptr; }

const Unit* FindUnit(std::string_view word) {
  if (word.empty() || word.size() > 13) return nullptr;
  if (const Unit* unit = Find(Symbols(), word)) return unit;
  if (word.size() < 2) return nullptr;
  std::array<char, 13> lower{};
  std::transform(word.begin(), word.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string_view as_lower(lower.data(), word.size());
  if (const Unit* unit = Find(Words(), as_lower)) return unit;
  if (as_lower.back() != 's') return nullptr;
  return Find(Words(), as_lower.substr(0, as_lower.size() - 1));
}

namespace {

using enum NumberWordKind;

constexpr std::array<NumberWord, 77> kNumberWords = {
    {{"zero", kSmall, 0},         {"one", kSmall, 1},         {"two", kSmall, 2},
     {"three", kSmall, 3},        {"four", kSmall, 4},        {"five", kSmall, 5},
     {"six", kSmall, 6},          {"seven", kSmall, 7},       {"eight", kSmall, 8},
     {"nine", kSmall, 9},         {"ten", kSmall, 10},        {"eleven", kSmall, 11},
     {"twelve", kSmall, 12},      {"thirteen", kSmall, 13},   {"fourteen", kSmall, 14},
     {"fifteen", kSmall, 15},     {"sixteen", kSmall, 16},    {"seventeen", kSmall, 17},
     {"eighteen", kSmall, 18},    {"nineteen", kSmall, 19},   {"twenty", kSmall, 20},
     {"thirty", kSmall, 30},      {"forty", kSmall, 40},      {"fifty", kSmall, 50},
     {"sixty", kSmall, 60},       {"seventy", kSmall, 70},    {"eighty", kSmall, 80},
     {"ninety", kSmall, 90},      {"hundred", kScale, 1e2},   {"thousand", kScale, 1e3},
     {"million", kScale, 1e6},    {"billion", kScale, 1e9},   {"trillion", kScale, 1e12},
     {"dozen", kScale, 12},       {"first", kOrdinal, 1},     {"second", kOrdinal, 2},
     {"third", kOrdinal, 3},      {"fourth", kOrdinal, 4},    {"fifth", kOrdinal, 5},
     {"sixth", kOrdinal, 6},      {"seventh", kOrdinal, 7},   {"eighth", kOrdinal, 8},
     {"ninth", kOrdinal, 9},      {"tenth", kOrdinal, 10},    {"twice", kFactor, 2},
     {"thrice", kFactor, 3},      {"doubles", kChange, 2},    {"doubled", kChange, 2},
     {"doubling", kChange, 2},    {"triples", kHidden, 3},    {"tripled", kChange, 3},
     {"tripling", kChange, 3},    {"quadruples", kHidden, 4}, {"quadrupled", kChange, 4},
     {"quadrupling", kChange, 4}, {"halve", kChange, 2},      {"halves", kHidden, 2},
     {"halved", kChange, 2},      {"halving", kChange, 2},    {"single", kHidden, 1},
     {"once", kHidden, 1},        {"pair", kHidden, 2},       {"pairs", kHidden, 2},
     {"both", kHidden, 2},        {"dual", kHidden, 2},       {"bi", kHidden, 2},
     {"binary", kHidden, 2},      {"double", kHidden, 2},     {"half", kHidden, 0.5},
     {"triple", kHidden, 3},      {"tri", kHidden, 3},        {"triplet", kHidden, 3},
     {"triplets", kHidden, 3},    {"trio", kHidden, 3},       {"quadruple", kHidden, 4},
     {"quarter", kHidden, 0.25},  {"dozens", kHidden, 12}}};

// Every word of a text is looked up: the table is open, and most words fall on an empty place.
class NumberWords {
 public:
  NumberWords() {
    for (const NumberWord& entry : kNumberWords) {
      size_t place = PlaceOf(entry.word);
      while (places_[place] != nullptr) place = (place + 1) % places_.size();
      places_[place] = &entry;
    }
  }

  const NumberWord* Find(std::string_view word) const {
    for (size_t place = PlaceOf(word);; place = (place + 1) % places_.size()) {
      const NumberWord* entry = places_[place];
      if (entry == nullptr || entry->word == word) return entry;
    }
  }

 private:
  size_t PlaceOf(std::string_view word) const {
    const auto at = [word](size_t i) { return static_cast<unsigned char>(word[i]); };
    return (at(0) * 31u + at(word.size() / 2) * 7u + at(word.size() - 1) * 17u + word.size()) %
           places_.size();
  }

  // Constant after construction.
  std::array<const NumberWord*, 1024> places_{};
};

}  // namespace

const NumberWord* FindNumberWord(std::string_view word) {
  static const NumberWords kTable;
  if (word.size() < 2 || word.size() > 11) return nullptr;
  return kTable.Find(word);
}

}  // namespace paperwire::grounding
