#include "libs/paper/authors.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "libs/paper/text.h"

namespace paperwire::paper {
namespace {

constexpr std::array<std::string_view, 9> kSuffixes = {"Jr",  "Jr.", "Sr",  "Sr.", "II",
                                                       "III", "IV",  "2nd", "3rd"};

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Blanks out parentheses without a partner, so that one typing error does not swallow all names.
std::string Balanced(std::string out) {
  if (out.find('(') == std::string::npos && out.find(')') == std::string::npos) return out;
  std::vector<size_t> open;
  for (size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '(') {
      open.push_back(i);
    } else if (out[i] == ')') {
      if (open.empty()) {
        out[i] = ' ';
      } else {
        open.pop_back();
      }
    }
  }
  for (const size_t i : open) out[i] = ' ';
  return out;
}

// The notes of a closing "((1) First, (2) Second)", which is cut off `text`.
std::map<std::string, std::string> TakeNotes(std::string& text) {
  std::map<std::string, std::string> notes;
  const size_t begin = text.find("((");
  if (begin == std::string::npos || begin + 2 >= text.size() || !IsDigit(text[begin + 2])) {
    return notes;
  }
  int depth = 0;
  size_t end = begin;
  for (; end < text.size(); ++end) {
    if (text[end] == '(') ++depth;
    if (text[end] == ')' && --depth == 0) break;
  }
  const std::string_view inside = std::string_view(text).substr(begin + 1, end - begin - 1);
  for (size_t i = 0; i < inside.size();) {
    const size_t open = inside.find('(', i);
    if (open == std::string_view::npos) break;
    const size_t close = inside.find(')', open);
    if (close == std::string_view::npos) break;
    const std::string_view mark = Trim(inside.substr(open + 1, close - open - 1));
    // The note lasts until the next mark: an opening parenthesis before a digit.
    size_t next = close + 1;
    while (next + 1 < inside.size() && !(inside[next] == '(' && IsDigit(inside[next + 1]))) ++next;
    if (next + 1 >= inside.size()) next = inside.size();
    std::string_view note = Trim(inside.substr(close + 1, next - close - 1));
    while (!note.empty() && (note.back() == ',' || note.back() == ';' || note.back() == ' ')) {
      note.remove_suffix(1);
    }
    if (!mark.empty() && !note.empty()) notes[std::string(mark)] = CleanLine(note);
    i = next;
  }
  const size_t after = std::min(text.size(), end + 1);
  text = text.substr(0, begin) + text.substr(after);
  return notes;
}

// Splits "1 and 2" or "1,2" into marks; empty when it is no list of numbers.
std::vector<std::string> Marks(std::string_view text) {
  std::vector<std::string> marks;
  std::string number;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsDigit(text[i])) {
      number += text[i];
      continue;
    }
    if (!number.empty()) marks.push_back(std::exchange(number, ""));
    if (text.substr(i).starts_with("and")) {
      i += 2;
    } else if (text[i] != ',' && text[i] != ' ' && text[i] != '&') {
      return {};
    }
  }
  if (!number.empty()) marks.push_back(number);
  return marks;
}

// What ends a stretch of a name.
constexpr std::array<bool, 256> kEndsStretch = [] {
  std::array<bool, 256> ends = {};
  for (const unsigned char c : {'(', ')', ',', ';', ':', '&', ' '}) ends[c] = true;
  return ends;
}();

bool IsSuffix(std::string_view name) {
  return name.size() <= 3 && std::find(kSuffixes.begin(), kSuffixes.end(), name) != kSuffixes.end();
}

// Whether what was cut out of a clean line needs no more than trimming: a parenthesis taken out of
// the middle of a name leaves two blanks.
bool IsTidy(std::string_view name) {
  char previous = '\0';
  for (const char c : name) {
    if (c == '{' || c == '}' || (c == ' ' && previous == ' ')) return false;
    previous = c;
  }
  return true;
}

// Of a line that is clean already.
class Splitter {
 public:
  explicit Splitter(std::map<std::string, std::string> notes) : notes_(std::move(notes)) {}

  std::vector<AuthorName> Split(std::string_view text) {
    authors_.reserve(static_cast<size_t>(std::count(text.begin(), text.end(), ',')) + 1);
    int depth = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '(' && depth++ == 0) continue;
      if (c == ')' && --depth == 0) {
        AddGroup();
        continue;
      }
      if (depth > 0) {
        group_ += c;
      } else if (c == ',' || c == ';' || c == ':' || c == '&') {
        Finish();
      } else if (c == ' ' && text.substr(i).starts_with(" and ")) {
        Finish();
        i += 3;
      } else {
        const size_t begin = i;
        while (i + 1 < text.size() && !kEndsStretch[static_cast<unsigned char>(text[i + 1])]) ++i;
        name_.append(text, begin, i + 1 - begin);
      }
    }
    Finish();
    return std::move(authors_);
  }

 private:
  void AddGroup() {
    std::string group = CleanLine(group_);
    group_.clear();
    if (group.empty()) return;
    const std::vector<std::string> marks = Marks(group);
    if (marks.empty()) {
      affiliations_.push_back(std::move(group));
      return;
    }
    for (const std::string& mark : marks) {
      const auto note = notes_.find(mark);
      if (note != notes_.end()) affiliations_.push_back(note->second);
    }
  }

  void Finish() {
    std::string name = IsTidy(name_) ? std::string(Trim(name_)) : TidyName(name_);
    name_.clear();
    if (name.starts_with("and ")) name.erase(0, 4);
    const bool suffix = IsSuffix(name);
    if (!authors_.empty() && (suffix || name.empty())) {
      AuthorName& last = authors_.back();
      if (suffix) last.name += " " + name;
      last.affiliations.insert(last.affiliations.end(), affiliations_.begin(), affiliations_.end());
    } else if (!name.empty() && name != "and") {
      authors_.push_back({std::move(name), std::move(affiliations_)});
    }
    affiliations_.clear();
  }

  std::map<std::string, std::string> notes_;
  std::vector<AuthorName> authors_;
  std::string name_;
  std::string group_;
  std::vector<std::string> affiliations_;
};

}  // namespace

std::string TidyName(std::string_view text) {
  std::string name(text);
  // Braces only keep TeX from taking a name apart.
  std::erase_if(name, [](char c) { return c == '{' || c == '}'; });
  name = CleanLine(name);
  const size_t comma = name.rfind(", ");
  if (comma == std::string::npos) return name;
  const std::string_view last = std::string_view(name).substr(comma + 2);
  if (IsSuffix(last)) name.erase(comma, 1);
  return name;
}

std::vector<AuthorName> SplitAuthors(std::string_view text) {
  std::string decoded;
  if (text.find('\\') != std::string_view::npos) text = decoded = DecodeTex(text);
  std::string line = Balanced(CleanLine(text));
  std::map<std::string, std::string> notes = TakeNotes(line);
  return Splitter(std::move(notes)).Split(line);
}

}  // namespace paperwire::paper
