#include "libs/grounding/names.h"

#include <algorithm>
#include <utility>

#include "libs/grounding/name_parts.h"
#include "libs/grounding/units.h"

namespace paperwire::grounding {
namespace {

std::string_view WithoutPossessive(std::string_view token) {
  if (token.ends_with("'s")) token.remove_suffix(2);
  return token;
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {}

  std::vector<Name> Run() {
    for (size_t i = 0; i < text_.size();) {
      if (!IsWordByte(text_[i])) {
        ++i;
        continue;
      }
      const size_t end = TokenEnd(i);
      const bool plain = std::all_of(text_.begin() + static_cast<ptrdiff_t>(i),
                                     text_.begin() + static_cast<ptrdiff_t>(end),
                                     [](char c) { return !IsUpper(c) && !IsDigit(c); });
      if (plain) {
        last_weak_ = std::string_view::npos;
      } else {
        Judge(i, end);
      }
      i = end;
    }
    return std::move(names_);
  }

 private:
  char At(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  size_t TokenEnd(size_t begin) const {
    size_t i = begin;
    for (;;) {
      while (i < text_.size() && IsWordByte(text_[i])) ++i;
      if (i - begin > kLongestName || !IsWordByte(At(i + 1))) return i;
      const char c = text_[i];
      const bool joined = c == '-' || c == '_' || c == '&' || c == '+' ||
                          (c == '\'' && At(i + 1) == 's' && !IsWordByte(At(i + 2))) ||
                          (c == '.' && IsDigit(At(i + 1)));
      if (!joined) return i;
      ++i;
    }
  }

  void Judge(size_t begin, size_t end) {
    const std::string_view token = WithoutPossessive(text_.substr(begin, end - begin));
    bool strong = false;
    bool weak = false;
    bool upper = false;
    const bool within = IsWithinSentence(begin);
    ForParts(token, [&](std::string_view part, size_t at) {
      const Shape shape = ShapeOf(part);
      const bool factor = part.size() > 1 && part[0] == 'x' && IsDigit(part[1]);  // "x2"
      strong = strong || (shape.strong() && IsAlpha(part[0]) && !IsRoman(part) && !factor);
      // "Llama-3", "Foo-7B", "K-12".
      strong = strong || (upper && IsDigit(part[0]));
      weak = weak || (shape.capital() && (within || at > 0));
      upper = upper || (shape.upper && IsAlpha(part[0]));
    });
    // "80 ms": judged with its number.
    const bool unit = begin > 1 && IsUnitSymbol(token) &&
                      (text_[begin - 1] == ' ' || text_[begin - 1] == '-') &&
                      IsDigit(text_[begin - 2]);
    // "top-5", "x-3": their digits are numbers.
    if (unit || (!strong && !weak)) {
      last_weak_ = std::string_view::npos;
      return;
    }
    Name name{.begin = begin, .end = begin + token.size(), .weak = !strong, .follows = false};
    name.follows = name.weak && last_weak_ != std::string_view::npos && begin == last_weak_ + 1 &&
                   text_[begin - 1] == ' ';
    last_weak_ = name.weak ? end : std::string_view::npos;
    names_.push_back(name);
  }

  // Whether a word before it, and not a stop, a colon or a bracket, leads to the word at `begin`.
  bool IsWithinSentence(size_t begin) const {
    if (begin < 2 || text_[begin - 1] != ' ') return false;
    const char before = text_[begin - 2];
    return IsLower(before) || IsDigit(before) || IsUpper(before) || before == ',';
  }

  const std::string_view text_;
  // Where the last weak name ended, while nothing else has come since.
  size_t last_weak_ = std::string_view::npos;
  std::vector<Name> names_;
};

}  // namespace

std::vector<Name> FindNames(std::string_view folded) { return Finder(folded).Run(); }

}  // namespace paperwire::grounding
