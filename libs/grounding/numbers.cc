#include "libs/grounding/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "libs/grounding/number_text.h"
#include "libs/grounding/number_unit.h"
#include "libs/grounding/units.h"

namespace paperwire::grounding {
namespace {

// A name has an end: without the bound, a-b-c-… would be read again from every letter.
constexpr size_t kLongestName = 80;
constexpr double kMostListed = 12;

class Scanner final : private NumberText {
 public:
  explicit Scanner(std::string_view text) : NumberText(text) {}

  std::vector<Number> Run() {
    while (at_ < size()) {
      const char c = text()[at_];
      const bool starts = at_ == 0 || !IsWordByte(text()[at_ - 1]);
      if (IsDigit(c) || (c == '.' && starts && IsDigit(At(at_ + 1)))) {
        ReadDigits(at_);
      } else if (IsAlpha(c) && starts) {
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
    ReadUnit(*this, number);
    CheckListed(number);
    CheckSeries(number);
    if (IsLabel(number)) {
      labelled_ = number.value;
      number.loose = true;
    }
    number.loose = number.loose || IsSquare(number);
    ReadFraction(number);
    numbers_.push_back(number);
    at_ = number.end;
  }

  // "10 000": also read as one number.
  void AddWithSpaces(size_t i) {
    const size_t first = i - at_;
    if (first > 3 || At(i) != ' ' || At(at_) == '0') return;
    double value = 0;
    for (size_t k = at_; k < i; ++k) {
      if (!IsDigit(text()[k])) return;
      value = value * 10 + (text()[k] - '0');
    }
    size_t groups = 0;
    while (At(i) == ' ' && IsDigit(At(i + 1)) && IsDigit(At(i + 2)) && IsDigit(At(i + 3)) &&
           !IsDigit(At(i + 4)) && ++groups < 4) {
      for (size_t k = 1; k <= 3; ++k) value = value * 10 + (text()[i + k] - '0');
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

  // "(1) … (2) …", "1) … 2) …": the numbers of a list, which count nothing.
  void CheckListed(Number& number) {
    if (number.kind != NumberKind::kPlain || number.step != 1 || number.value > kMostListed ||
        number.value < 1 || At(number.end) != ')') {
      return;
    }
    const char before = number.begin == 0 ? ' ' : text()[number.begin - 1];
    if (before != '(' && before != ' ') return;
    if (number.value != listed_ + 1 && number.value != 1) return;
    listed_ = number.value;
    number.loose = true;
  }

  // "CIFAR-10/100", "FP16/32/64".
  void CheckSeries(Number& number) {
    if (number.begin == 0 || text()[number.begin - 1] != '/') return;
    if (name_stem_end_ > name_begin_ && number.begin == series_at_ + 1) {
      number.series_begin = name_begin_;
      number.series_end = name_stem_end_;
      series_at_ = number.end;
    }
  }

  // "Stage 1", "Task 2": counts nothing. A label is small, whole and has no unit.
  bool IsLabel(const Number& number) const {
    if (number.kind != NumberKind::kPlain || number.step != 1 || number.value > kMostListed ||
        number.begin < 5 || (number.value != 1 && number.value != labelled_ + 1) ||
        (text()[number.begin - 1] != ' ' && text()[number.begin - 1] != '-')) {
      return false;
    }
    size_t begin = number.begin - 1;
    while (begin > 0 && number.begin - begin < 12 && IsAlpha(text()[begin - 1])) --begin;
    const std::string_view word = text().substr(begin, number.begin - 1 - begin);
    constexpr std::array<std::string_view, 14> kLabels = {
        "stage", "phase", "step",  "task", "level",    "tier",       "part",
        "type",  "case",  "track", "rule", "scenario", "experiment", "study"};
    return std::any_of(kLabels.begin(), kLabels.end(),
                       [word](std::string_view label) { return EqualsLower(word, label); });
  }

  // "n^{1/3}" is one number; in a source, its parts may be numbers too. "1/3" alone may count: four
  // of five.
  void ReadFraction(Number& number) {
    const size_t slash = number.end;
    if (number.kind != NumberKind::kPlain || number.step != 1 || At(slash) != '/' ||
        !IsDigit(At(slash + 1)) || number.begin == 0 || text()[number.begin - 1] != '^') {
      return;
    }
    size_t i = slash + 1;
    double step = 1;
    const double below = ReadPlain(i, step);
    if (number.value < 1 || below <= number.value || below > 12 || IsWordByte(At(i)) ||
        At(i) == '/' || step != 1) {
      return;
    }
    Number part = number;
    part.loose = true;
    numbers_.push_back(part);
    part.begin = part.name_begin = slash + 1;
    part.end = i;
    part.value = below;
    numbers_.push_back(part);
    number.value /= below;
    number.step = 1e-6;
    number.end = i;
  }

  // The 2 of "R^2" and "km^2".
  bool IsSquare(const Number& number) const {
    if (number.value > 3 || number.begin < 2 || text()[number.begin - 1] != '^') return false;
    const char base = text()[number.begin - 2];
    return base == 'R' || base == 'r' || base == 'm';
  }

  void ReadWord() {
    const size_t begin = at_;
    size_t end = at_;
    bool upper = false;
    bool digits = false;
    while (end < size() && IsWordByte(text()[end])) {
      upper = upper || IsUpper(text()[end]);
      digits = digits || IsDigit(text()[end]);
      ++end;
    }
    if (!digits && !JoinsDigits(begin, end)) {
      ReadNumberWords(end);
      return;
    }
    if (!upper && text()[begin] == 'x' && IsDigit(At(begin + 1))) {  // "x540"
      at_ = begin + 1;
      ReadDigits(at_);
      return;
    }
    if (!digits && !upper) {  // "top-5", "sub-100", "resnet-50"
      at_ = end;
      while (!IsDigit(text()[at_])) ++at_;
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
      while (i < size() && IsWordByte(text()[i])) ++i;
      AddSizes(begin, part, i);
    }
    at_ = std::max(i, end);
    name_begin_ = begin;
    name_stem_end_ = at_;
    while (name_stem_end_ > begin && IsAlpha(text()[name_stem_end_ - 1])) --name_stem_end_;
    while (name_stem_end_ > begin &&
           (IsDigit(text()[name_stem_end_ - 1]) || text()[name_stem_end_ - 1] == '.')) {
      --name_stem_end_;
    }
    series_at_ = at_;
  }

  // "7B" in "Qwen2.5-7B", "48k" in "JMed48k", within the part [begin, end) of a name.
  void AddSizes(size_t name_begin, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (!IsDigit(text()[i]) || (i > name_begin && IsDigit(text()[i - 1]))) continue;
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
      ReadMagnitude(*this, number.end, number);
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
    if (Letters(unit).size() > 1) ReadScaleAndUnit(*this, unit, number);
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
          !JoinsNumbers(text().substr(earlier.end, later.begin - earlier.end))) {
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

  size_t at_ = 0;
  // The last name with digits, the part of it before them, and where it or its series ended.
  size_t name_begin_ = 0;
  size_t name_stem_end_ = 0;
  size_t series_at_ = 0;
  double labelled_ = 1;
  // The last number of the list that is being read.
  double listed_ = 0;
  std::vector<Number> numbers_;
};

}  // namespace

std::vector<Number> FindNumbers(std::string_view folded) { return Scanner(folded).Run(); }

}  // namespace paperwire::grounding
