#include "libs/grounding/sentences.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace paperwire::grounding {
namespace {

// How far an opening sign may stand from its closing one before it counts as a slip of the pen.
constexpr size_t kReach = 400;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return IsUpper(c) || IsLower(c); }

// Without their last stop, in lower case; a sentence does not end after them.
constexpr std::array<std::string_view, 30> kAbbreviations = {
    "e.g",  "i.e",    "al",  "fig",  "figs", "eq", "eqs",  "sec",  "vs",    "cf",
    "resp", "approx", "dr",  "prof", "st",   "no", "ref",  "refs", "w.r.t", "a.k.a",
    "tab",  "thm",    "def", "ch",   "vol",  "pp", "incl", "viz",  "mr",    "mrs"};

// After an initial ("type A. We"), these begin a new sentence.
constexpr std::array<std::string_view, 14> kStarters = {"We", "The", "This",  "These",  "Our",
                                                        "In", "It",  "To",    "Here",   "However",
                                                        "A",  "An",  "Based", "Finally"};

bool IsAbbreviation(std::string_view word) {
  if (word.size() > 6) return false;
  std::array<char, 8> lower{};
  for (size_t i = 0; i < word.size(); ++i) {
    lower[i] = IsUpper(word[i]) ? static_cast<char>(word[i] - 'A' + 'a') : word[i];
  }
  const std::string_view low(lower.data(), word.size());
  return std::find(kAbbreviations.begin(), kAbbreviations.end(), low) != kAbbreviations.end();
}

std::string_view WordFrom(std::string_view text, size_t i) {
  size_t end = i;
  while (end < text.size() && end < i + 24 && IsAlpha(text[end])) ++end;
  return text.substr(i, end - i);
}

// Whether the stop at `at` can end a sentence, by what stands before it.
bool EndsWord(std::string_view text, size_t at, std::string_view next_word) {
  size_t begin = at;
  while (begin > 0 && at - begin < 12 && !IsSpace(text[begin - 1]) && text[begin - 1] != '(' &&
         text[begin - 1] != '~') {
    --begin;
  }
  const std::string_view word = text.substr(begin, at - begin);
  const bool starter = std::find(kStarters.begin(), kStarters.end(), next_word) != kStarters.end();
  if (IsAbbreviation(word)) {
    // "No." and "St." are words too: "… the answer is no. We".
    return (word == "no" || word == "al") && starter;
  }
  if (word.size() == 1 && IsUpper(word[0])) return starter;
  if (word.size() == 3 && IsUpper(word[0]) && word[1] == '.' && IsUpper(word[2])) return starter;
  return true;
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

  // Whether what is open is closed again within reach.
  bool ClosesSoon(size_t i) const {
    const std::string_view ahead = text_.substr(i, kReach);
    return ahead.find_first_of(math_ ? std::string_view("$") : std::string_view(")]")) !=
           std::string_view::npos;
  }

 private:
  const std::string_view text_;
  bool math_ = false;
  int depth_ = 0;
  size_t opened_ = 0;
};

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
    if (nesting.open() && nesting.ClosesSoon(i)) continue;
    size_t end = i + 1;
    while (end < text.size() && (text[end] == '.' || text[end] == '!' || text[end] == '?')) ++end;
    while (end < text.size() && (text[end] == '"' || text[end] == '\'' || text[end] == ')' ||
                                 text[end] == ']' || text[end] == '}')) {
      ++end;
    }
    if (text.substr(end, 3) == "\xE2\x80\x9D") end += 3;  // a closing quotation mark
    if (end < text.size() && !IsSpace(text[end])) {
      i = end - 1;
      continue;
    }
    size_t next = end;
    while (next < text.size() && text[next] == ' ') ++next;
    if (next < text.size()) {
      const char n = text[next];
      if (IsLower(n) && c == '.') continue;
      if (c == '.' && !EndsWord(text, i, WordFrom(text, next))) continue;
      if (c == '.' && IsDigit(n) && i > 0 && IsDigit(text[i - 1]) && end == i + 1 &&
          text[i] == '.' && next == end) {
        continue;
      }
    }
    cut(end);
    i = end - 1;
  }
  cut(text.size());
  return sentences;
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
