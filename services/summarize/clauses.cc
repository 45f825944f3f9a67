#include "services/summarize/clauses.h"

#include <array>
#include <cstddef>
#include <vector>

#include "libs/grounding/sentences.h"

namespace paperwire::summarize {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool StartsLower(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// Where a clause may end: before each of these, outside math and brackets. In order of writing
// only; the longest cut that fits is taken.
constexpr std::array<std::string_view, 81> kBorders = {"; ",
                                                       ": ",
                                                       " -- ",
                                                       " --- ",
                                                       " \xE2\x80\x94 ",
                                                       "\xE2\x80\x94",
                                                       "---",
                                                       " \xE2\x80\x93 ",
                                                       ", which ",
                                                       ", while ",
                                                       ", where ",
                                                       ", whereas ",
                                                       ", thereby ",
                                                       ", thus ",
                                                       ", yielding ",
                                                       ", resulting ",
                                                       ", leading ",
                                                       ", achieving ",
                                                       ", enabling ",
                                                       ", making ",
                                                       ", allowing ",
                                                       ", improving ",
                                                       ", reducing ",
                                                       ", demonstrating ",
                                                       ", showing ",
                                                       ", suggesting ",
                                                       ", highlighting ",
                                                       ", indicating ",
                                                       ", revealing ",
                                                       ", providing ",
                                                       ", offering ",
                                                       ", ensuring ",
                                                       ", including ",
                                                       ", such as ",
                                                       ", as well as ",
                                                       ", outperforming ",
                                                       ", especially ",
                                                       ", particularly ",
                                                       ", with ",
                                                       ", and thus ",
                                                       ", and the authors ",
                                                       ", and they ",
                                                       ", and show ",
                                                       ", and demonstrate ",
                                                       ", and prove ",
                                                       ", and that ",
                                                       ", followed by ",
                                                       ", a ",
                                                       ", an ",
                                                       ", the first ",
                                                       ", consistent with ",
                                                       ", so that ",
                                                       ", using ",
                                                       ", establishing ",
                                                       ", confirming ",
                                                       ", surpassing ",
                                                       ", validating ",
                                                       ", each ",
                                                       ", and it ",
                                                       ", motivat",
                                                       " while ",
                                                       " thereby ",
                                                       " in order to ",
                                                       " as well as ",
                                                       " via ",
                                                       " using ",
                                                       " through ",
                                                       " across ",
                                                       " based on ",
                                                       " including ",
                                                       " leading to ",
                                                       " resulting in ",
                                                       " compared to ",
                                                       " compared with ",
                                                       " and show that ",
                                                       " and demonstrate that ",
                                                       " and prove that ",
                                                       " and find that ",
                                                       ", by ",
                                                       ", preserving ",
                                                       ", bridging "};

// " by combining": by and a verb.
size_t ByDoing(std::string_view rest) {
  constexpr std::string_view kBy = " by ";
  if (!rest.starts_with(kBy)) return 0;
  size_t i = kBy.size();
  while (i < rest.size() && IsLower(rest[i])) ++i;
  return i > kBy.size() + 4 && rest.substr(0, i).ends_with("ing") ? i : 0;
}

// Whether what a comma cuts off is one more item of a list that a colon opened.
bool InList(std::string_view clause, std::string_view rest) {
  return rest.front() == ',' && clause.find(": ") != std::string_view::npos;
}

bool IsBorder(std::string_view rest) {
  const char c = rest.front();
  if (c != ' ' && c != ',' && c != ';' && c != ':' && c != '-' && c != '\xE2') return false;
  // By their third byte: all of them at every space would be most of a card's time.
  static const std::array<std::vector<std::string_view>, 256> kByThird = [] {
    std::array<std::vector<std::string_view>, 256> table;
    for (const std::string_view border : kBorders) {
      if (border.size() > 2) table[static_cast<unsigned char>(border[2])].push_back(border);
    }
    return table;
  }();
  if (rest.starts_with("; ") || rest.starts_with(": ")) return true;
  if (rest.size() < 3) return false;
  for (const std::string_view border : kByThird[static_cast<unsigned char>(rest[2])]) {
    if (rest.starts_with(border)) return true;
  }
  return ByDoing(rest) > 0;
}

// Words that leave the reader waiting when a line ends with them.
bool EndsOpen(std::string_view text) {
  const size_t space = text.find_last_of(' ');
  const std::string_view last = space == std::string_view::npos ? text : text.substr(space + 1);
  constexpr std::array<std::string_view, 34> kOpen = {
      "and", "or", "the",  "a",  "an",   "of",   "to",    "in",   "on",    "for",  "with", "by",
      "as",  "at", "from", "is", "are",  "that", "which", "both", "not",   "only", "than", "it",
      "its", "be", "can",  "if", "when", "but",  "into",  "show", "shows", "only,"};
  for (const std::string_view word : kOpen) {
    if (last == word) return true;
  }
  return false;
}

std::string Finish(std::string_view clause) {
  while (!clause.empty() && (clause.back() == ' ' || clause.back() == ',' || clause.back() == ';' ||
                             clause.back() == ':' || clause.back() == '-')) {
    clause.remove_suffix(1);
  }
  std::string text(clause);
  if (!text.empty() && text.back() != '.' && text.back() != '!' && text.back() != '?') text += '.';
  return text;
}

void Capitalize(std::string& text) {
  if (text.size() > 1 && IsLower(text[0]) && !IsUpper(text[1]) && text[1] != '-') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
}

// A purpose or a motive before the sentence proper; what remains must stand by itself.
std::string_view WithoutPurpose(std::string_view sentence) {
  constexpr std::array<std::string_view, 16> kPurposes = {
      "to ",          "in order to ",   "motivated by ", "inspired by ",
      "building on ", "building upon ", "based on ",     "leveraging ",
      "by ",          "unlike ",        "rather than ",  "instead of ",
      "drawing on ",  "guided by ",     "through ",      "in response"};
  bool purpose = false;
  for (const std::string_view opening : kPurposes) {
    purpose = purpose || StartsLower(sentence, opening);
  }
  if (!purpose) return sentence;
  const size_t comma = sentence.find(", ");
  if (comma == std::string_view::npos || comma > 160) return sentence;
  const std::string_view rest = sentence.substr(comma + 2);
  const std::string_view head = rest.substr(0, 60);
  constexpr std::array<std::string_view, 6> kSubjects = {
      "the authors ", "this paper ", "this work ", "the paper ", "this study ", "the proposed "};
  for (const std::string_view subject : kSubjects) {
    if (StartsLower(head, subject)) return rest;
  }
  return sentence;
}

// The finding itself, without who finds it.
std::string_view WithoutReport(std::string_view sentence) {
  const size_t that = sentence.substr(0, 90).find(" that ");
  if (that == std::string_view::npos) return sentence;
  const std::string_view head = sentence.substr(0, that);
  if (head.find(',') != std::string_view::npos) return sentence;
  constexpr std::array<std::string_view, 20> kReports = {
      " show",         " shows",     " find",    " finds",     " prove",
      " demonstrate",  " observe",   " reveal",  " reveals",   " indicate",
      " demonstrates", " establish", " confirm", " confirms",  " found",
      " showed",       " confirmed", " proves",  " indicates", " demonstrated"};
  bool report = false;
  for (const std::string_view verb : kReports) report = report || head.ends_with(verb);
  if (!report) return sentence;
  constexpr std::array<std::string_view, 10> kReporters = {
      "the authors", "results",     "experiment",    "extensive",    "empirical",
      "numerical",   "the results", "these results", "the findings", "theoretical"};
  for (const std::string_view reporter : kReporters) {
    if (StartsLower(head, reporter)) return sentence.substr(that + 6);
  }
  // "The authors' experiments show that …"
  return sentence;
}

}  // namespace

std::string WithoutAsides(std::string_view sentence) {
  std::string out;
  int depth = 0;
  bool math = false;
  for (size_t i = 0; i < sentence.size(); ++i) {
    const char c = sentence[i];
    if (c == '$' && (i == 0 || sentence[i - 1] != '\\')) math = !math;
    if (!math && (c == '(' || c == '[')) {
      // "f(x)" and "(a) first" are no asides.
      const bool spaced = i > 0 && sentence[i - 1] == ' ';
      const bool item = i + 2 < sentence.size() && sentence[i + 2] == ')';
      const bool roman = sentence.substr(i, 4) == "(ii)" || sentence.substr(i, 5) == "(iii)";
      if (depth == 0 && (!spaced || item || roman)) {
        out += c;
        continue;
      }
      ++depth;
      continue;
    }
    if (!math && depth > 0 && (c == ')' || c == ']')) {
      if (--depth == 0 && !out.empty() && out.back() == ' ') out.pop_back();
      continue;
    }
    if (depth == 0) out += c;
  }
  // Something was never closed: leave all as it was.
  if (depth != 0) return std::string(sentence);
  return out;
}

std::string CutToWords(std::string_view sentence, int min_words, int max_words) {
  if (grounding::CountWords(sentence) <= max_words) return Finish(sentence);
  std::string_view best;
  bool math = false;
  int depth = 0;
  for (size_t i = 1; i < sentence.size(); ++i) {
    const char c = sentence[i];
    if (c == '$' && sentence[i - 1] != '\\') math = !math;
    if (!math && c == '(') ++depth;
    if (!math && c == ')' && depth > 0) --depth;
    if (math || depth > 0 || !IsBorder(sentence.substr(i))) continue;
    const std::string_view clause = sentence.substr(0, i);
    const int words = grounding::CountWords(clause);
    if (words > max_words) break;
    if (words < min_words || EndsOpen(clause) || InList(clause, sentence.substr(i))) continue;
    if (!IsBalanced(clause) || !HasFiniteVerb(clause)) continue;
    best = clause;
  }
  return best.empty() ? std::string() : Finish(best);
}

std::string HeadlineOf(std::string_view sentence, int min_words, int max_words) {
  std::string plain = WithoutAsides(sentence);
  std::string_view text = plain;
  for (const bool report : {false, true}) {
    if (grounding::CountWords(text) <= max_words) break;
    const std::string_view rest = report ? WithoutReport(text) : WithoutPurpose(text);
    if (rest.size() == text.size() || grounding::CountWords(rest) < min_words) continue;
    text = rest;
  }
  std::string line(text);
  Capitalize(line);
  if (!HasFiniteVerb(line)) return {};
  return CutToWords(line, min_words, max_words);
}

}  // namespace paperwire::summarize
