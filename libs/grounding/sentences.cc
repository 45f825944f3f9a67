#include "libs/grounding/sentences.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace paperwire::grounding {
namespace {

// How far an opening sign may stand from its closing one before it counts as a slip of the pen.
constexpr size_t kReach = 400;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return IsUpper(c) || IsLower(c); }

using Words = std::span<const std::string_view>;

bool Holds(Words words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Without their last stop, in lower case: a sentence does not end after them.
constexpr std::array<std::string_view, 28> kAbbreviations = {
    "e.g", "i.e", "fig", "figs", "eq",    "eqs",   "sec", "vs",  "cf", "dr",
    "st",  "tab", "ref", "refs", "w.r.t", "a.k.a", "thm", "def", "ch", "vol",
    "viz", "mr",  "mrs", "incl", "prof",  "i.i.d", "et",  "univ"};

// The same, but a sentence may end with them: then a usual first word follows.
constexpr std::array<std::string_view, 17> kLastWords = {
    "al", "no", "pp",   "approx", "resp", "inc", "ltd", "co",   "corp",
    "jr", "sr", "dept", "ca",     "ed",   "eds", "int", "i.i.d"};

// Words that begin a sentence rather than go on with one.
constexpr std::array<std::string_view, 63> kStarters = {
    "We",           "The",       "This",     "These",        "Our",         "In",
    "It",           "To",        "Here",     "However",      "A",           "An",
    "Based",        "Finally",   "By",       "Experimental", "Extensive",   "Experiments",
    "Code",         "Existing",  "Inspired", "Moreover",     "Furthermore", "Additionally",
    "Specifically", "Results",   "While",    "Although",     "Given",       "With",
    "For",          "On",        "At",       "As",           "If",          "When",
    "Through",      "Using",     "Unlike",   "First",        "Second",      "Third",
    "Thus",         "Therefore", "Hence",    "Yet",          "But",         "There",
    "They",         "Such",      "Since",    "Recent",       "Despite",     "Across",
    "Empirically",  "Both",      "Their",    "Its",          "Further",     "Building",
    "Overall",      "All",       "Notably"};

constexpr std::array<std::string_view, 34> kLabels = {
    "background",   "objective",     "objectives",     "aim",
    "aims",         "purpose",       "introduction",   "motivation",
    "problem",      "method",        "methods",        "methodology",
    "approach",     "materials",     "design",         "data",
    "setting",      "results",       "result",         "findings",
    "main results", "main outcomes", "conclusion",     "conclusions",
    "significance", "impact",        "discussion",     "limitations",
    "contribution", "contributions", "interpretation", "materials and methods",
    "implications", "context"};

template <size_t N>
std::string_view LowerInto(std::string_view word, std::array<char, N>& lower) {
  for (size_t i = 0; i < word.size(); ++i) {
    lower[i] = IsUpper(word[i]) ? static_cast<char>(word[i] - 'A' + 'a') : word[i];
  }
  return {lower.data(), word.size()};
}

std::string_view WordFrom(std::string_view text, size_t i) {
  size_t end = i;
  while (end < text.size() && end < i + 24 && IsAlpha(text[end])) ++end;
  return text.substr(i, end - i);
}

bool IsStarter(std::string_view word) { return Holds(kStarters, word); }

// "k-means", "eBPF", "word2vec": a name that stays small at the start of a sentence.
bool IsSmallName(std::string_view text, size_t i) {
  size_t end = i;
  bool odd = false;
  while (end < text.size() && end < i + 24 && !IsSpace(text[end])) {
    const char c = text[end];
    if (!IsAlpha(c) && !IsDigit(c) && c != '-') break;
    odd = odd || IsUpper(c) || IsDigit(c) || (c == '-' && end == i + 1);
    ++end;
  }
  return odd && end > i + 2;
}

// Whether the stop at `at` can end a sentence, by the word before it.
bool EndsWord(std::string_view text, size_t at, bool starter) {
  constexpr size_t kLongest = 12;
  size_t begin = at;
  while (begin > 0 && at - begin < kLongest && !IsSpace(text[begin - 1]) &&
         text[begin - 1] != '(' && text[begin - 1] != '[' && text[begin - 1] != '~' &&
         text[begin - 1] != '"') {
    --begin;
  }
  const std::string_view word = text.substr(begin, at - begin);
  if (word.size() == 1 && IsUpper(word[0])) return starter;
  if (word.size() == 3 && IsUpper(word[0]) && word[1] == '.' && IsUpper(word[2])) return starter;
  if (word.size() >= kLongest) return true;
  std::array<char, kLongest> buffer{};
  const std::string_view low = LowerInto(word, buffer);
  if (Holds(kLastWords, low)) {
    // "by 5.2 pp. Then": percentage points, not pages.
    const bool points =
        low == "pp" && begin >= 2 && (IsDigit(text[begin - 2]) || text[begin - 2] == '$');
    return starter || points;
  }
  // "CF." is a name, "cf." is not.
  const bool name = word.size() > 1 && std::all_of(word.begin(), word.end(), IsUpper);
  return name || !Holds(kAbbreviations, low);
}

// Whether a sentence without a space before it begins at `i`: "… works.We show".
bool IsGlued(std::string_view text, size_t stop, size_t i) {
  if (stop < 3 || i >= text.size() || !IsUpper(text[i])) return false;
  const bool word =
      (IsLower(text[stop - 1]) && IsLower(text[stop - 2]) && IsLower(text[stop - 3])) ||
      text[stop - 1] == ')' || text[stop - 1] == '%';
  const std::string_view next = WordFrom(text, i);
  return word && next.size() > 1 && i + next.size() < text.size() &&
         (text[i + next.size()] == ' ' || text[i + next.size()] == ',') && IsStarter(next);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// What stands open at a place of the text: math and brackets.
class Nesting {
 public:
  explicit Nesting(std::string_view text) : text_(text) {}

  bool open() const { return math_ || depth_ > 0; }

  void Read(size_t i) {
    const char c = text_[i];
    if (c == '$' && (i == 0 || text_[i - 1] != '\\')) {
      math_ = !math_;
      opened_ = i;
    } else if (!math_ && (c == '(' || c == '[')) {
      if (depth_++ == 0) opened_ = i;
    } else if (!math_ && (c == ')' || c == ']') && depth_ > 0) {
      --depth_;
    }
    if (open() && i - opened_ > kReach) Close();
  }

  void Close() {
    math_ = false;
    depth_ = 0;
  }

  // Whether what is open is closed again within reach, before anything else opens.
  bool ClosesSoon(size_t i) const {
    const std::string_view ahead = text_.substr(i, kReach);
    if (math_) return ahead.find('$') != std::string_view::npos;
    const size_t sign = ahead.find_first_of("()[]");
    return sign != std::string_view::npos && (ahead[sign] == ')' || ahead[sign] == ']');
  }

  bool math() const { return math_; }

 private:
  const std::string_view text_;
  bool math_ = false;
  int depth_ = 0;
  size_t opened_ = 0;
};

}  // namespace

namespace {

constexpr size_t kLongestLabel = 24;

bool IsLabel(std::string_view words) {
  std::array<char, kLongestLabel> lower{};
  return !words.empty() && words.size() <= kLongestLabel && IsUpper(words[0]) &&
         Holds(kLabels, LowerInto(words, lower));
}

// Where the stop at `i` and what closes with it end.
size_t AfterStop(std::string_view text, size_t i) {
  size_t end = i + 1;
  while (end < text.size() && (text[end] == '.' || text[end] == '!' || text[end] == '?')) ++end;
  while (end < text.size() && (text[end] == '"' || text[end] == '\'' || text[end] == ')' ||
                               text[end] == ']' || text[end] == '}')) {
    ++end;
  }
  for (const std::string_view close : {"\xE2\x80\x9D", " \xE2\x80\x9D", "\xE2\x80\x99"}) {
    if (text.substr(end).starts_with(close)) return end + close.size();
  }
  return end;
}

// Whether a sentence ends with the stop at `i`, which reaches to `end`.
bool EndsHere(std::string_view text, size_t i, size_t end, size_t begin) {
  size_t next = end;
  while (next < text.size() && IsSpace(text[next])) ++next;
  if (next >= text.size()) return true;
  if (next == end) return IsGlued(text, i, next);
  // "… a b. . . z"
  if (text[next] == '.' || text[next] == ',' || text[next] == ';') return false;
  const std::string_view word = WordFrom(text, next);
  if (IsLower(text[next])) {
    return IsSmallName(text, next) && (text[i] != '.' || EndsWord(text, i, false));
  }
  if (text[i] != '.') return true;
  // "1. First" and "Methods. We" go with what follows.
  const std::string_view so_far = text.substr(begin, i - begin);
  const size_t shown = so_far.find_first_not_of(' ');
  if (shown != std::string_view::npos) {
    const std::string_view piece = so_far.substr(shown);
    const bool number =
        piece.size() <= 2 && piece.find_first_not_of("0123456789") == std::string_view::npos;
    if (number || IsLabel(piece)) return false;
  }
  return EndsWord(text, i, IsStarter(word));
}

}  // namespace

std::vector<std::string_view> SplitSentences(std::string_view text) {
  std::vector<std::string_view> sentences;
  size_t begin = 0;
  Nesting nesting(text);
  const auto cut = [&](size_t end) {
    const std::string_view sentence = Trim(text.substr(begin, end - begin));
    if (!sentence.empty()) sentences.push_back(sentence);
    begin = end;
    nesting.Close();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      cut(i);
      continue;
    }
    nesting.Read(i);
    if (c != '.' && c != '!' && c != '?') continue;
    if (nesting.open() && nesting.ClosesSoon(i)) {
      // "$5 a day. The": money, not math. "(… ends.) The": a sentence in brackets.
      const size_t after = AfterStop(text, i);
      const bool ends = after < text.size() && text[after] == ' ' &&
                        IsStarter(WordFrom(text, after + 1)) && text[after + 2] != ' ';
      if (!ends || nesting.math() != (after == i + 1)) continue;
    }
    const size_t end = AfterStop(text, i);
    if (EndsHere(text, i, end, begin)) cut(end);
    i = end - 1;
  }
  cut(text.size());
  return sentences;
}

size_t LabelLength(std::string_view sentence) {
  const size_t sign = sentence.substr(0, kLongestLabel + 1).find_first_of(":.");
  if (sign == std::string_view::npos || !IsLabel(sentence.substr(0, sign))) return 0;
  size_t length = sign + 1;
  while (length < sentence.size() && IsSpace(sentence[length])) ++length;
  return length > sign + 1 && length < sentence.size() ? length : 0;
}

int CountWords(std::string_view text) {
  int words = 0;
  bool counted = false;
  for (const char c : text) {
    if (IsSpace(c)) {
      counted = false;
    } else if (!counted && (IsAlpha(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80)) {
      counted = true;
      ++words;
    }
  }
  return words;
}

}  // namespace paperwire::grounding
