#include "libs/grounding/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace paperwire::grounding {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || IsUpper(c); }
bool IsWordByte(char c) {
  return IsAlpha(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80;
}
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

struct WordValue {
  std::string_view word;
  double value;
};

constexpr std::array<WordValue, 20> kUnits = {{
    {"zero", 0},     {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},
    {"five", 5},     {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},
    {"ten", 10},     {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14},
    {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
}};
constexpr std::array<WordValue, 8> kTens = {{{"twenty", 20},
                                             {"thirty", 30},
                                             {"forty", 40},
                                             {"fifty", 50},
                                             {"sixty", 60},
                                             {"seventy", 70},
                                             {"eighty", 80},
                                             {"ninety", 90}}};
constexpr std::array<WordValue, 6> kScales = {{{"hundred", 1e2},
                                               {"thousand", 1e3},
                                               {"million", 1e6},
                                               {"billion", 1e9},
                                               {"trillion", 1e12},
                                               {"dozen", 12}}};
constexpr std::array<WordValue, 10> kOrdinals = {{{"first", 1},
                                                  {"second", 2},
                                                  {"third", 3},
                                                  {"fourth", 4},
                                                  {"fifth", 5},
                                                  {"sixth", 6},
                                                  {"seventh", 7},
                                                  {"eighth", 8},
                                                  {"ninth", 9},
                                                  {"tenth", 10}}};
constexpr std::array<WordValue, 12> kFactors = {{{"twice", 2},
                                                 {"thrice", 3},
                                                 {"double", 2},
                                                 {"doubles", 2},
                                                 {"doubled", 2},
                                                 {"doubling", 2},
                                                 {"triple", 3},
                                                 {"triples", 3},
                                                 {"tripled", 3},
                                                 {"tripling", 3},
                                                 {"quadruple", 4},
                                                 {"quadrupled", 4}}};

template <size_t N>
const double* Find(const std::array<WordValue, N>& table, std::string_view word) {
  for (const WordValue& entry : table) {
    if (entry.word == word) return &entry.value;
  }
  return nullptr;
}

bool EqualsLower(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return Lower(a) == b; });
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Number> Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool starts = at_ == 0 || !IsWordByte(text_[at_ - 1]);
      if (IsDigit(c)) {
        ReadDigits();
      } else if (IsAlpha(c) && starts) {
        ReadWord();
      } else {
        ++at_;
      }
    }
    ShareUnits();
    return std::move(numbers_);
  }

 private:
  char At(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  bool Follows(size_t i, std::string_view what) const {
    return text_.substr(i, what.size()) == what;
  }
  bool FollowsWord(size_t i, std::string_view lower) const {
    return EqualsLower(text_.substr(i, lower.size()), lower) && !IsAlpha(At(i + lower.size()));
  }
  size_t SkipSpace(size_t i) const {
    for (;;) {
      if (At(i) == ' ' || At(i) == '~' || At(i) == '\n') {
        ++i;
      } else if (Follows(i, "\xC2\xA0") || Follows(i, "\\,") || Follows(i, "\\ ")) {
        i += 2;
      } else {
        return i;
      }
    }
  }

  // Digits with separators and decimals, from `at_`.
  double ReadPlain(size_t& i, double& step) const {
    double value = 0;
    step = 1;
    while (IsDigit(At(i))) value = value * 10 + (text_[i++] - '0');
    for (;;) {  // 1,200 and 1{,}200
      size_t group = 0;
      if (At(i) == ',') {
        group = i + 1;
      } else if (Follows(i, "{,}")) {
        group = i + 3;
      } else {
        break;
      }
      if (!(IsDigit(At(group)) && IsDigit(At(group + 1)) && IsDigit(At(group + 2)) &&
            !IsDigit(At(group + 3)))) {
        break;
      }
      for (size_t k = 0; k < 3; ++k) value = value * 10 + (text_[group + k] - '0');
      i = group + 3;
    }
    if (At(i) == '.' && IsDigit(At(i + 1))) {
      ++i;
      while (IsDigit(At(i))) {
        step /= 10;
        value += (text_[i++] - '0') * step;
      }
    }
    return value;
  }

  // "^4", "^{-4}" after a base; false when there is none.
  bool ReadExponent(size_t& i, double& exponent) const {
    size_t k = i;
    if (At(k) != '^') return false;
    ++k;
    const bool braced = At(k) == '{';
    if (braced) ++k;
    double sign = 1;
    if (At(k) == '-') {
      sign = -1;
      ++k;
    } else if (Follows(k, "\xE2\x88\x92")) {
      sign = -1;
      k += 3;
    }
    if (!IsDigit(At(k))) return false;
    double value = 0;
    while (IsDigit(At(k)) && value < 1000) value = value * 10 + (text_[k++] - '0');
    if (braced) {
      if (At(k) != '}') return false;
      ++k;
    }
    i = k;
    exponent = sign * value;
    return true;
  }

  void ReadDigits() {
    Number number;
    number.begin = at_;
    size_t i = at_;
    number.value = ReadPlain(i, number.step);
    double exponent = 0;
    if (number.value == 10 && ReadExponent(i, exponent)) {
      number.value = std::pow(10.0, exponent);
      number.step = number.value;
    } else if ((At(i) == 'e' || At(i) == 'E') &&
               (IsDigit(At(i + 1)) ||
                ((At(i + 1) == '-' || At(i + 1) == '+') && IsDigit(At(i + 2))))) {
      size_t k = i + 1;
      const double sign = At(k) == '-' ? -1 : 1;
      if (!IsDigit(At(k))) ++k;
      double value = 0;
      while (IsDigit(At(k)) && value < 1000) value = value * 10 + (text_[k++] - '0');
      Scale(number, std::pow(10.0, sign * value));
      i = k;
    } else {
      ReadTimesPower(i, number);
    }
    ReadUnit(i, number);
    number.end = i;
    numbers_.push_back(number);
    at_ = std::max(i, at_ + 1);
  }

  static void Scale(Number& number, double by) {
    number.value *= by;
    number.step *= by;
  }

  // "2 × 10^5", "2 \times 10^{5}".
  void ReadTimesPower(size_t& i, Number& number) const {
    size_t k = SkipSpace(i);
    if (Follows(k, "\xC3\x97")) {
      k += 2;
    } else if (Follows(k, "\\times")) {
      k += 6;
    } else if (Follows(k, "\\cdot")) {
      k += 5;
    } else {
      return;
    }
    k = SkipSpace(k);
    if (!Follows(k, "10")) return;
    k += 2;
    double exponent = 0;
    if (!ReadExponent(k, exponent)) return;
    Scale(number, std::pow(10.0, exponent));
    i = k;
  }

  void ReadUnit(size_t& i, Number& number) const {
    const char c = At(i);
    const char next = At(i + 1);
    if (IsAlpha(c) && !IsAlpha(next) && !IsDigit(next)) {
      double by = 1;
      if (c == 'K' || c == 'k') by = 1e3;
      if (c == 'M') by = 1e6;
      if (c == 'B') by = 1e9;
      if (c == 'T') by = 1e12;
      if (by > 1) {
        Scale(number, by);
        ++i;
        return;
      }
      if (c == 'x' || c == 'X') {
        number.kind = NumberKind::kFactor;
        ++i;
        return;
      }
    }
    if (IsAlpha(c)) {  // a unit or an ordinal's ending: 5th, 3D, 80ms
      while (IsAlpha(At(i)) || IsDigit(At(i))) ++i;
      return;
    }
    // A lone dollar may close math between a number and its unit: "$30$%", "$3$×", "$3\times$".
    size_t k = i;
    if (At(k) == '$') ++k;
    if (At(k) == '}') ++k;
    const size_t unit = SkipSpace(k);
    if (At(unit) == '%') {
      number.kind = NumberKind::kPercent;
      i = unit + 1;
    } else if (Follows(unit, "\\%")) {
      number.kind = NumberKind::kPercent;
      i = unit + 2;
    } else if (FollowsWord(unit, "percent") || FollowsWord(unit, "per cent") ||
               FollowsWord(unit, "percentage") || FollowsWord(unit, "pp")) {
      number.kind = NumberKind::kPercent;
    } else if (Follows(unit, "\xC3\x97")) {
      number.kind = NumberKind::kFactor;
      i = unit + 2;
    } else if (Follows(unit, "\\times")) {
      number.kind = NumberKind::kFactor;
      i = unit + 6;
    } else if (FollowsWord(unit, "times") || FollowsWord(unit, "fold") || Follows(k, "-fold") ||
               Follows(k, "-times")) {
      number.kind = NumberKind::kFactor;
    } else {
      for (const WordValue& scale : kScales) {
        if (scale.value < 1e3 || !FollowsWord(unit, scale.word)) continue;
        Scale(number, scale.value);
        i = unit + scale.word.size();
        return;
      }
    }
    if (i == number.begin) i = number.begin + 1;
    if (number.kind == NumberKind::kPlain && AfterFactorOf(number.begin)) {
      number.kind = NumberKind::kFactor;
    }
  }

  bool AfterFactorOf(size_t begin) const {
    size_t end = begin;
    while (end > 0 && (text_[end - 1] == '$' || text_[end - 1] == ' ')) --end;
    constexpr std::string_view kLead = "factor of";
    return end >= kLead.size() &&
           EqualsLower(text_.substr(end - kLead.size(), kLead.size()), kLead);
  }

  // The next word in lower case, if it is joined to what ends at `i` by one space or hyphen.
  std::string_view NextWord(size_t i, std::array<char, 16>& buffer, size_t& end) const {
    if (At(i) != ' ' && At(i) != '-') return {};
    return WordAt(i + 1, buffer, end);
  }

  std::string_view WordAt(size_t i, std::array<char, 16>& buffer, size_t& end) const {
    size_t n = 0;
    while (IsAlpha(At(i)) && n < buffer.size()) buffer[n++] = Lower(text_[i++]);
    end = i;
    if (n == 0 || IsWordByte(At(i))) return {};
    return {buffer.data(), n};
  }

  void ReadWord() {
    // A run of letters and digits, joined by hyphens, dots, slashes or underscores.
    size_t end = at_;
    while (end < text_.size() && IsWordByte(text_[end])) ++end;
    const size_t first_end = end;
    size_t last_digit = 0;
    for (size_t i = at_; i < first_end; ++i) {
      if (IsDigit(text_[i])) last_digit = i + 1;
    }
    const bool digits_inside = last_digit > 0;
    // A name has an end: without the bound, a-b-c-… would be read again from every letter.
    const size_t limit = at_ + 80;
    while (end < limit && (At(end) == '-' || At(end) == '.' || At(end) == '_' || At(end) == '/') &&
           IsWordByte(At(end + 1))) {
      ++end;
      while (end < text_.size() && IsWordByte(text_[end])) {
        if (IsDigit(text_[end])) last_digit = end + 1;
        ++end;
      }
    }
    if (last_digit == 0) {
      ReadNumberWords(first_end);
      return;
    }
    bool upper = digits_inside;
    for (size_t i = at_; i < first_end; ++i) upper = upper || IsUpper(text_[i]);
    if (!upper) {  // "top-5", "sub-100": the digits are a number
      at_ = first_end;
      return;
    }
    Number name;
    name.begin = at_;
    name.kind = NumberKind::kName;
    // "GPT-4-based" is the name GPT-4; "Qwen2.5-7B" keeps its letters.
    name.end = last_digit;
    while (name.end < end && IsAlpha(text_[name.end])) ++name.end;
    numbers_.push_back(name);
    // A size within a name ("Qwen2.5-7B") may be spoken of by itself.
    for (size_t i = at_ + 1; i < name.end; ++i) {
      if (text_[i - 1] != '-' || !IsDigit(text_[i])) continue;
      size_t k = i;
      Number size;
      size.begin = i;
      size.value = ReadPlain(k, size.step);
      const double before = size.value;
      ReadUnit(k, size);
      size.end = k;
      size.loose = true;
      if (size.value > before) numbers_.push_back(size);
    }
    at_ = std::max(name.end, first_end);
  }

  void ReadNumberWords(size_t first_end) {
    std::array<char, 16> buffer{};
    size_t end = 0;
    const std::string_view word = WordAt(at_, buffer, end);
    const size_t begin = at_;
    at_ = first_end;
    if (word.empty()) return;
    Number number;
    number.begin = begin;
    number.end = end;
    number.in_words = true;
    if (const double* ordinal = Find(kOrdinals, word)) {
      number.value = *ordinal;
      number.loose = true;
      numbers_.push_back(number);
      return;
    }
    if (const double* factor = Find(kFactors, word)) {
      number.value = *factor;
      number.kind = NumberKind::kFactor;
      number.loose = true;
      numbers_.push_back(number);
      return;
    }
    if (word.size() > 4 && word.ends_with("fold")) {
      if (const double* unit = Find(kUnits, word.substr(0, word.size() - 4))) {
        number.value = *unit;
        number.kind = NumberKind::kFactor;
        numbers_.push_back(number);
      }
      return;
    }
    double total = 0;
    double part = 0;
    bool any = false;
    std::string_view current = word;
    std::array<char, 16> next_buffer{};
    for (;;) {
      if (const double* unit = Find(kUnits, current)) {
        part += *unit;
      } else if (const double* tens = Find(kTens, current)) {
        part += *tens;
      } else if (const double* scale = Find(kScales, current); scale != nullptr && any) {
        part = (part == 0 ? 1 : part) * *scale;
        if (*scale >= 1000) {
          total += part;
          part = 0;
        }
      } else {
        break;
      }
      any = true;
      number.end = end;
      current = NextWord(number.end, next_buffer, end);
      if (current.empty()) break;
    }
    if (!any) return;
    number.value = total + part;
    number.loose = number.end == begin + 3 && number.value == 1;  // "one may"
    number.loose = number.loose || number.value == 0;             // "zero-shot"
    size_t unit = number.end;
    if (At(unit) == '-') ++unit;
    unit = SkipSpace(unit);
    if (FollowsWord(unit, "times") || FollowsWord(unit, "fold")) number.kind = NumberKind::kFactor;
    if (FollowsWord(unit, "percent")) number.kind = NumberKind::kPercent;
    numbers_.push_back(number);
    at_ = std::max(number.end, first_end);
  }

  // "10–20%", "10, 20 and 30%", "2–3x": the unit at the end is everybody's.
  void ShareUnits() {
    for (size_t i = numbers_.size(); i-- > 1;) {
      const Number& later = numbers_[i];
      Number& earlier = numbers_[i - 1];
      if (later.kind == NumberKind::kName || earlier.kind != NumberKind::kPlain ||
          later.kind == NumberKind::kPlain || later.begin < earlier.end ||
          later.begin - earlier.end > 8) {
        continue;
      }
      std::string between;
      for (const char c : text_.substr(earlier.end, later.begin - earlier.end)) {
        if (c != ' ' && c != '$' && c != '~') between += Lower(c);
      }
      if (between == "-" || between == "--" || between == "," || between == "/" ||
          between == "and" || between == ",and" || between == "to" || between == "or" ||
          between == "\xE2\x80\x93" || between == "\xE2\x80\x94") {
        earlier.kind = later.kind;
      }
    }
  }

  const std::string_view text_;
  size_t at_ = 0;
  std::vector<Number> numbers_;
};

}  // namespace

std::vector<Number> FindNumbers(std::string_view text) { return Scanner(text).Run(); }

}  // namespace paperwire::grounding
