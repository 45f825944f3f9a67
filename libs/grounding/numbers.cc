#include "libs/grounding/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "libs/grounding/fold.h"
#include "libs/grounding/units.h"

namespace paperwire::grounding {
namespace {

// A name has an end: without the bound, a-b-c-… would be read again from every letter.
constexpr size_t kLongestName = 80;
constexpr double kMostListed = 12;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || IsUpper(c); }
bool IsWordByte(char c) {
  return IsAlpha(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80;
}
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualsLower(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return Lower(a) == b; });
}

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

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Number> Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (IsDigit(c)) {
        ReadDigits(at_);
      } else if (IsAlpha(c) && (at_ == 0 || !IsWordByte(text_[at_ - 1]))) {
        ReadWord();
      } else {
        ++at_;
      }
    }
    ShareUnits();
    std::erase_if(numbers_, [](const Number& n) { return !std::isfinite(n.value); });
    return std::move(numbers_);
  }

 private:
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

  // Digits with separators and decimals, from `i`.
  double ReadPlain(size_t& i, double& step) const {
    double value = 0;
    step = 1;
    const size_t begin = i;
    while (IsDigit(At(i))) value = value * 10 + (text_[i++] - '0');
    const bool groups = text_[begin] != '0' && i - begin <= 3;
    while (groups && At(i) == ',' && IsDigit(At(i + 1)) && IsDigit(At(i + 2)) &&
           IsDigit(At(i + 3)) && !IsDigit(At(i + 4))) {
      for (size_t k = 1; k <= 3; ++k) value = value * 10 + (text_[i + k] - '0');
      i += 4;
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

  // "^4", "^-4" after a base; false when there is none.
  bool ReadExponent(size_t& i, double& exponent) const {
    size_t k = i;
    if (At(k) != '^') return false;
    k = SkipSpace(k + 1);
    const double sign = At(k) == '-' ? -1 : 1;
    if (At(k) == '-' || At(k) == '+') ++k;
    if (!IsDigit(At(k))) return false;
    double value = 0;
    while (IsDigit(At(k))) value = std::min(value * 10 + (text_[k++] - '0'), 1e4);
    i = k;
    exponent = sign * value;
    return true;
  }

  // "e5", "E-3" right after digits.
  bool ReadScientific(size_t& i, double& exponent) const {
    if (At(i) != 'e' && At(i) != 'E') return false;
    size_t k = i + 1;
    const double sign = At(k) == '-' ? -1 : 1;
    if (At(k) == '-' || At(k) == '+') ++k;
    if (!IsDigit(At(k))) return false;
    double value = 0;
    while (IsDigit(At(k))) value = std::min(value * 10 + (text_[k++] - '0'), 1e4);
    i = k;
    exponent = sign * value;
    return true;
  }

  // "* 10^5" after a mantissa, also with an x.
  bool ReadTimesPower(size_t& i, double& exponent) const {
    size_t k = SkipSpace(i);
    if (At(k) != Folded::kTimes && At(k) != 'x' && At(k) != '*') return false;
    k = SkipSpace(k + 1);
    if (At(k) != '1' || At(k + 1) != '0') return false;
    k += 2;
    if (!ReadExponent(k, exponent)) return false;
    i = k;
    return true;
  }

  void ReadDigits(size_t name_begin) {
    Number number;
    number.begin = at_;
    number.name_begin = name_begin;
    size_t i = at_;
    number.value = ReadPlain(i, number.step);
    AddWithSpaces(i);
    double exponent = 0;
    if (number.value == 10 && ReadExponent(i, exponent)) {
      number.value = std::pow(10.0, exponent);
      number.step = number.value;
    } else if (ReadScientific(i, exponent) || ReadTimesPower(i, exponent)) {
      Scale(number, std::pow(10.0, exponent));
    }
    number.end = std::max(i, at_ + 1);
    ReadUnit(number);
    if (number.kind == NumberKind::kPlain &&
        (AfterTimes(number.begin) || AfterFactorOf(number.begin))) {
      number.kind = NumberKind::kFactor;
    }
    CheckListed(number);
    CheckSeries(number);
    number.loose = number.loose || IsLabel(number) || IsSquare(number);
    numbers_.push_back(number);
    at_ = number.end;
  }

  // "10 000": also read as one number.
  void AddWithSpaces(size_t i) {
    const size_t first = i - at_;
    if (first > 3 || At(i) != ' ' || At(at_) == '0') return;
    double value = 0;
    for (size_t k = at_; k < i; ++k) {
      if (!IsDigit(text_[k])) return;
      value = value * 10 + (text_[k] - '0');
    }
    size_t groups = 0;
    while (At(i) == ' ' && IsDigit(At(i + 1)) && IsDigit(At(i + 2)) && IsDigit(At(i + 3)) &&
           !IsDigit(At(i + 4)) && ++groups < 4) {
      for (size_t k = 1; k <= 3; ++k) value = value * 10 + (text_[i + k] - '0');
      i += 4;
    }
    if (groups == 0) return;
    Number joined;
    joined.begin = joined.name_begin = at_;
    joined.end = i;
    joined.value = value;
    joined.loose = true;
    numbers_.push_back(joined);
  }

  void Measure(Number& number, const Unit& unit, size_t end) {
    number.kind = unit.kind;
    number.unit = unit.worth;
    Scale(number, unit.worth);
    number.end = end;
  }

  // What is glued to the digits ("80ms", "7B", "3x", "5th"), then what follows at a space or a
  // hyphen ("80 ms", "24-hour", "5 million").
  void ReadUnit(Number& number) {
    size_t i = number.end;
    const std::string_view glued = Letters(i);
    if (!glued.empty()) {
      const size_t end = i + glued.size();
      const bool whole = !IsWordByte(At(end));
      // "1920x1200"
      if (glued == "x" && IsDigit(At(end))) return;
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
        while (IsWordByte(At(i))) ++i;
        number.end = i;
        return;
      }
    }
    if (At(i) == '+') ++i;  // "13+ minutes"
    size_t k = SkipSpace(i);
    if (At(k) == Folded::kTimes && !IsDigit(At(SkipSpace(k + 1)))) {
      number.kind = NumberKind::kFactor;
      number.end = k + 1;
      return;
    }
    if (At(k) == '%') {
      number.kind = NumberKind::kPercent;
      number.end = k + 1;
      return;
    }
    if (At(k) == '-' && IsAlpha(At(k + 1))) ++k;
    ReadScaleAndUnit(number, k);
  }

  // "5 million hours": from the word at `k`.
  void ReadScaleAndUnit(Number& number, size_t k) {
    if (k > number.end + 3) return;
    std::string_view word = Letters(k);
    if (word.empty() || IsWordByte(At(k + word.size()))) return;
    std::array<char, 16> buffer{};
    std::transform(word.begin(), word.end(), buffer.begin(), Lower);
    const NumberWord* scale = FindNumberWord({buffer.data(), word.size()});
    const bool letter = word.size() == 1 && IsUpper(word[0]) && ScaleOfLetter(word[0]) > 1;
    if (letter || (scale != nullptr && scale->kind == NumberWordKind::kScale)) {
      number.scale = letter ? ScaleOfLetter(word[0]) : scale->value;
      Scale(number, number.scale);
      number.end = k + word.size();
      k = SkipSpace(number.end);
      if (At(k) == '-') ++k;
      word = Letters(k);
      if (word.empty() || IsWordByte(At(k + word.size()))) return;
    }
    if ((word == "x" || word == "X") && !IsDigit(At(SkipSpace(k + 1)))) {
      number.kind = NumberKind::kFactor;
      number.end = k + 1;
    } else if (const Unit* unit = FindUnit(word);
               unit != nullptr && word.size() + k <= text_.size()) {
      // The age of people is no duration: "18-24-year-olds".
      if (EqualsLower(text_.substr(k + word.size(), 4), "-old")) return;
      Measure(number, *unit, k + word.size());
    } else if (EqualsLower(word, "order") || EqualsLower(word, "orders")) {
      ReadMagnitude(number, k + word.size());
    } else if (EqualsLower(word, "per") && EqualsLower(text_.substr(k, 8), "per cent")) {
      Measure(number, {.kind = NumberKind::kPercent, .worth = 1}, k + 8);
    }
  }

  // "two orders of magnitude": a factor of 100.
  void ReadMagnitude(Number& number, size_t k) {
    constexpr std::string_view kRest = " of magnitude";
    if (!EqualsLower(text_.substr(k, kRest.size()), kRest)) return;
    number.kind = NumberKind::kFactor;
    number.value = std::pow(10.0, number.value);
    number.step = number.value;
    number.end = k + kRest.size();
  }

  // "1990s" are no seconds.
  static bool IsDecade(const Number& number, std::string_view unit) {
    return unit == "s" && number.value >= 1000 && number.value < 2100;
  }

  // "×2.5" and "x2.5", but not "224×224".
  bool AfterTimes(size_t begin) const {
    size_t i = begin;
    while (i > 0 && text_[i - 1] == ' ' && begin - i < 2) --i;
    if (i == 0) return false;
    if (text_[i - 1] == 'x' && i == begin) return i == 1 || !IsWordByte(text_[i - 2]);
    if (text_[i - 1] != Folded::kTimes) return false;
    --i;
    while (i > 0 && text_[i - 1] == ' ') --i;
    return i == 0 || !IsWordByte(text_[i - 1]);
  }

  bool AfterFactorOf(size_t begin) const {
    constexpr std::string_view kLead = "factor of ";
    return begin >= kLead.size() &&
           EqualsLower(text_.substr(begin - kLead.size(), kLead.size()), kLead);
  }

  // "(1) … (2) …", "1) … 2) …": the numbers of a list, which count nothing.
  void CheckListed(Number& number) {
    if (number.kind != NumberKind::kPlain || number.step != 1 || number.value > kMostListed ||
        number.value < 1 || At(number.end) != ')') {
      return;
    }
    const char before = number.begin == 0 ? ' ' : text_[number.begin - 1];
    if (before != '(' && before != ' ') return;
    if (number.value != listed_ + 1 && number.value != 1) return;
    listed_ = number.value;
    number.loose = true;
  }

  // "CIFAR-10/100", "FP16/32/64".
  void CheckSeries(Number& number) {
    if (number.begin == 0 || text_[number.begin - 1] != '/') return;
    if (name_stem_end_ > name_begin_ && number.begin == series_at_ + 1) {
      number.series_begin = name_begin_;
      number.series_end = name_stem_end_;
      series_at_ = number.end;
    }
  }

  // "Stage 1", "Task 2": counts nothing. A label is small, whole and has no unit.
  bool IsLabel(const Number& number) const {
    if (number.kind != NumberKind::kPlain || number.step != 1 || number.value > kMostListed ||
        number.begin < 5 || (text_[number.begin - 1] != ' ' && text_[number.begin - 1] != '-')) {
      return false;
    }
    size_t begin = number.begin - 1;
    while (begin > 0 && number.begin - begin < 12 && IsAlpha(text_[begin - 1])) --begin;
    const std::string_view word = text_.substr(begin, number.begin - 1 - begin);
    constexpr std::array<std::string_view, 14> kLabels = {
        "stage", "phase", "step",  "task", "level",    "tier",       "part",
        "type",  "case",  "track", "rule", "scenario", "experiment", "study"};
    return std::any_of(kLabels.begin(), kLabels.end(),
                       [word](std::string_view label) { return EqualsLower(word, label); });
  }

  // The 2 of "R^2" and "km^2".
  bool IsSquare(const Number& number) const {
    if (number.value > 3 || number.begin < 2 || text_[number.begin - 1] != '^') return false;
    const char base = text_[number.begin - 2];
    return base == 'R' || base == 'r' || base == 'm';
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
    const size_t begin = at_;
    size_t end = at_;
    bool upper = false;
    bool digits = false;
    while (end < text_.size() && IsWordByte(text_[end])) {
      upper = upper || IsUpper(text_[end]);
      digits = digits || IsDigit(text_[end]);
      ++end;
    }
    if (!digits && !JoinsDigits(begin, end)) {
      ReadNumberWords(end);
      return;
    }
    if (!upper && text_[begin] == 'x' && IsDigit(At(begin + 1))) {  // "x540"
      at_ = begin + 1;
      ReadDigits(at_);
      return;
    }
    if (!digits && !upper) {  // "top-5", "sub-100", "resnet-50"
      at_ = end;
      while (!IsDigit(text_[at_])) ++at_;
      ReadDigits(begin);
      return;
    }
    ReadName(begin, end);
  }

  // Whether the word [begin, end) goes on over a hyphen, dot or slash to digits.
  bool JoinsDigits(size_t begin, size_t end) const {
    size_t i = end;
    while (i < begin + kLongestName && (At(i) == '-' || At(i) == '_' || At(i) == '.') &&
           IsWordByte(At(i + 1))) {
      ++i;
      if (IsDigit(At(i))) return true;
      if (At(i - 1) == '.') return false;
      while (IsWordByte(At(i)) && !IsDigit(At(i)) && i < begin + kLongestName) ++i;
      if (IsDigit(At(i))) return true;
    }
    return false;
  }

  // Reads over a name with digits. A size within it ("Qwen2.5-7B") may be spoken of by itself.
  void ReadName(size_t begin, size_t end) {
    size_t i = end;
    AddSizes(begin, begin, end);
    while (i < begin + kLongestName && (At(i) == '-' || At(i) == '_' || At(i) == '.') &&
           IsWordByte(At(i + 1))) {
      ++i;
      const size_t part = i;
      while (i < text_.size() && IsWordByte(text_[i])) ++i;
      AddSizes(begin, part, i);
    }
    at_ = std::max(i, end);
    name_begin_ = begin;
    name_stem_end_ = at_;
    while (name_stem_end_ > begin && IsAlpha(text_[name_stem_end_ - 1])) --name_stem_end_;
    while (name_stem_end_ > begin &&
           (IsDigit(text_[name_stem_end_ - 1]) || text_[name_stem_end_ - 1] == '.')) {
      --name_stem_end_;
    }
    series_at_ = at_;
  }

  // "7B" in "Qwen2.5-7B", "48k" in "JMed48k", within the part [begin, end) of a name.
  void AddSizes(size_t name_begin, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (!IsDigit(text_[i]) || (i > name_begin && IsDigit(text_[i - 1]))) continue;
      Number size;
      size.begin = i;
      size.name_begin = name_begin;
      size_t k = i;
      size.value = ReadPlain(k, size.step);
      const double scale = ScaleOfLetter(At(k));
      if (scale == 1 || IsWordByte(At(k + 1))) continue;
      Scale(size, scale);
      size.end = k + 1;
      size.loose = true;
      numbers_.push_back(size);
      i = k;
    }
  }

  void ReadNumberWords(size_t first_end) {
    std::array<char, 16> buffer{};
    Number number;
    number.begin = number.name_begin = at_;
    const std::string_view word = WordAt(at_, buffer, number.end);
    const size_t begin = at_;
    at_ = first_end;
    if (word.empty()) return;
    number.in_words = true;
    const NumberWord* meaning = FindNumberWord(word);
    if (word == "order" || word == "orders") {  // "an order of magnitude"
      number.value = 1;
      number.loose = true;
      ReadMagnitude(number, number.end);
      if (number.kind == NumberKind::kFactor) numbers_.push_back(number);
      return;
    }
    if (meaning == nullptr) {
      ReadFold(word, number);
      return;
    }
    switch (meaning->kind) {
      case NumberWordKind::kSmall:
        break;
      case NumberWordKind::kFactor:
      case NumberWordKind::kChange:
        number.kind = NumberKind::kFactor;
        number.verb = true;
        [[fallthrough]];
      case NumberWordKind::kScale:
      case NumberWordKind::kOrdinal:
      case NumberWordKind::kHidden:
        number.value = meaning->value;
        number.loose = !number.verb;
        numbers_.push_back(number);
        return;
    }
    AddUp(number, *meaning);
    number.loose = number.value == 0 ||                             // "zero-shot"
                   (number.value == 1 && number.end == begin + 3);  // "one may"
    const size_t words_end = number.end;
    size_t unit = SkipSpace(number.end);
    if (At(unit) == '-') ++unit;
    if (Letters(unit).size() > 1) ReadScaleAndUnit(number, unit);
    if (number.end > words_end) number.loose = false;
    numbers_.push_back(number);
    at_ = std::max(number.end, first_end);
  }

  // "tenfold".
  void ReadFold(std::string_view word, Number& number) {
    if (word.size() <= 4 || !word.ends_with("fold")) return;
    const NumberWord* small = FindNumberWord(word.substr(0, word.size() - 4));
    if (small == nullptr || small->kind != NumberWordKind::kSmall) return;
    number.value = small->value;
    number.kind = NumberKind::kFactor;
    number.loose = small->value == 2;  // "the contribution is twofold"
    numbers_.push_back(number);
  }

  // "twenty-one", "two hundred", "three hundred thousand", from the first word on.
  void AddUp(Number& number, NumberWord first) {
    double total = 0;
    double part = first.value;
    double last = first.value;
    std::array<char, 16> buffer{};
    for (;;) {
      size_t end = 0;
      const std::string_view next = NextWord(number.end, buffer, end);
      const NumberWord* meaning = next.empty() ? nullptr : FindNumberWord(next);
      if (meaning == nullptr) break;
      if (meaning->kind == NumberWordKind::kSmall &&
          ((last >= 20 && last < 100 && meaning->value < 10) || last >= 100)) {
        part += meaning->value;
      } else if (meaning->kind == NumberWordKind::kScale) {
        part = (part == 0 ? 1 : part) * meaning->value;
        if (meaning->value >= 1000) {
          total += part;
          part = 0;
        }
      } else {
        break;
      }
      last = meaning->value;
      number.end = end;
    }
    number.value = total + part;
  }

  // "10-20%", "10, 20 and 30%", "2-3x", "from 40 to 80 ms", "1-3B": the unit at the end is
  // everybody's.
  void ShareUnits() {
    for (size_t i = numbers_.size(); i-- > 1;) {
      const Number& later = numbers_[i];
      Number& earlier = numbers_[i - 1];
      if (earlier.kind != NumberKind::kPlain || later.begin < earlier.end ||
          later.begin - earlier.end > 8 || later.loose || earlier.loose ||
          !JoinsNumbers(text_.substr(earlier.end, later.begin - earlier.end))) {
        continue;
      }
      earlier.shared_kind = later.kind != NumberKind::kPlain ? later.kind : later.shared_kind;
      earlier.shared_unit = later.kind != NumberKind::kPlain ? later.unit : later.shared_unit;
      earlier.shared_scale = std::max(later.scale, later.shared_scale);
      if (earlier.scale > 1) earlier.shared_scale = 1;
    }
  }

  static bool JoinsNumbers(std::string_view between) {
    std::array<char, 8> without_spaces{};
    size_t n = 0;
    for (const char c : between) {
      if (c != ' ') without_spaces[n++] = Lower(c);
    }
    std::string_view sign(without_spaces.data(), n);
    // "14- and 30-day"
    if (n > 1 && sign[0] == '-' && sign[1] != '-') sign.remove_prefix(1);
    return sign == "-" || sign == "+-" || sign == "+/-" || sign == "vs" || sign == "vs." ||
           sign == "--" || sign == "," || sign == "/" || sign == "and" || sign == ",and" ||
           sign == "to" || sign == "or" || (n == 0 && between.size() > 1);
  }

  const std::string_view text_;
  size_t at_ = 0;
  // The last name with digits, the part of it before them, and where it or its series ended.
  size_t name_begin_ = 0;
  size_t name_stem_end_ = 0;
  size_t series_at_ = 0;
  // The last number of the list that is being read.
  double listed_ = 0;
  std::vector<Number> numbers_;
};

}  // namespace

std::vector<Number> FindNumbers(std::string_view folded) { return Scanner(folded).Run(); }

}  // namespace paperwire::grounding
