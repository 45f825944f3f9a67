#include "services/summarize/sentence_words.h"

#include <algorithm>
#include <array>
#include <span>

#include "services/summarize/third_person.h"

namespace paperwire::summarize {
namespace {

constexpr size_t kReach = 400;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsInner(char c) {
  return IsAlpha(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80 || c == '%' ||
         c == '$' || c == '\\' || c == '+' || c == '*' || c == '/';
}

// Length of the dash at `i`: "—", "---", or "--" beside a space; 0 where there is none. "11--12%"
// and "dose--response" hold none.
size_t DashAt(std::string_view text, size_t i) {
  if (text[i] != '-' && text[i] != '\xE2') return 0;
  const std::string_view rest = text.substr(i);
  if (rest.starts_with("\xE2\x80\x94") || rest.starts_with("---")) return 3;
  if (!rest.starts_with("--")) return 0;
  const bool spaced = i == 0 || IsSpace(text[i - 1]) || rest.size() == 2 || IsSpace(rest[2]);
  return spaced ? 2 : 0;
}

// Length of the curly quotation mark at the front of `text`.
size_t QuoteOf(std::string_view text) {
  return text.starts_with("\xE2\x80\x9C") || text.starts_with("\xE2\x80\x9D") ||
                 text.starts_with("\xE2\x80\x98")
             ? 3
             : 0;
}

// "(i)", "(2)", "(a)": a place in a list.
bool IsItem(std::string_view text) {
  const size_t close = text.substr(0, 6).find(')');
  if (close == std::string_view::npos || close < 2) return false;
  const std::string_view item = text.substr(1, close - 1);
  if (item.size() == 1) return IsAlpha(item[0]) || IsDigit(item[0]);
  return item.find_first_not_of("ivx") == std::string_view::npos;
}

// Where the math that opens at `i` ends; `i` + 1 when it never does.
size_t AfterMath(std::string_view text, size_t i) {
  size_t close = text.substr(0, i + kReach).find('$', i + 1);
  while (close != std::string_view::npos && text[close - 1] == '\\') {
    close = text.substr(0, i + kReach).find('$', close + 1);
  }
  return close == std::string_view::npos ? i + 1 : close + 1;
}

using Phrases = std::span<const std::string_view>;

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

// Longest of `phrases` at the front of `text`.
size_t OpeningOf(std::string_view text, Phrases phrases) {
  size_t longest = 0;
  for (const std::string_view phrase : phrases) {
    if (phrase.size() > longest && StartsLower(text, phrase)) longest = phrase.size();
  }
  return longest;
}

// What a place can be ("in this …").
constexpr std::array<std::string_view, 22> kPapers = {
    "paper",        "work",       "study",        "article",     "research",
    "report",       "thesis",     "letter",       "note",        "survey",
    "contribution", "manuscript", "preprint",     "review",      "position paper",
    "tutorial",     "chapter",    "dissertation", "short paper", "technical report",
    "paper work",   "writing"};

// Openings that join a sentence to the one before; a comma or "we" follows.
constexpr std::array<std::string_view, 94> kConnectives = {"however",
                                                           "moreover",
                                                           "furthermore",
                                                           "additionally",
                                                           "in addition",
                                                           "specifically",
                                                           "in particular",
                                                           "to this end",
                                                           "to that end",
                                                           "therefore",
                                                           "thus",
                                                           "hence",
                                                           "consequently",
                                                           "as a result",
                                                           "as a consequence",
                                                           "finally",
                                                           "then",
                                                           "also",
                                                           "besides",
                                                           "nevertheless",
                                                           "nonetheless",
                                                           "in contrast",
                                                           "by contrast",
                                                           "conversely",
                                                           "instead",
                                                           "further",
                                                           "next",
                                                           "lastly",
                                                           "overall",
                                                           "for example",
                                                           "for instance",
                                                           "notably",
                                                           "importantly",
                                                           "crucially",
                                                           "interestingly",
                                                           "indeed",
                                                           "similarly",
                                                           "yet",
                                                           "still",
                                                           "accordingly",
                                                           "second",
                                                           "first",
                                                           "third",
                                                           "fourth",
                                                           "more specifically",
                                                           "concretely",
                                                           "surprisingly",
                                                           "more importantly",
                                                           "motivated by this",
                                                           "on the other hand",
                                                           "firstly",
                                                           "secondly",
                                                           "thirdly",
                                                           "to do so",
                                                           "at the same time",
                                                           "as such",
                                                           "in summary",
                                                           "in conclusion",
                                                           "in short",
                                                           "to summarize",
                                                           "ultimately",
                                                           "meanwhile",
                                                           "subsequently",
                                                           "likewise",
                                                           "alternatively",
                                                           "rather",
                                                           "in turn",
                                                           "in fact",
                                                           "in doing so",
                                                           "by doing so",
                                                           "to address this",
                                                           "more generally",
                                                           "more broadly",
                                                           "most importantly",
                                                           "most notably",
                                                           "more precisely",
                                                           "remarkably",
                                                           "strikingly",
                                                           "unfortunately",
                                                           "taken together",
                                                           "collectively",
                                                           "for this reason",
                                                           "for this purpose",
                                                           "with this in mind",
                                                           "on the one hand",
                                                           "building on this",
                                                           "inspired by this",
                                                           "based on this",
                                                           "together",
                                                           "correspondingly",
                                                           "that said",
                                                           "as before",
                                                           "last",
                                                           "now"};

// Between "we" and its verb they point back.
constexpr std::array<std::string_view, 13> kSequels = {
    "also ",     "further ",      "furthermore ", "then ",      "additionally ",
    "moreover ", "subsequently ", "finally ",     "therefore ", "thus ",
    "hence ",    "next ",         "consequently "};

constexpr std::array<std::string_view, 9> kSelves = {"we ",         "the authors ", "i ",
                                                     "the author ", "this paper ",  "this work ",
                                                     "the paper ",  "this study ",  "our work "};

// Length of one connective with the comma and space after it; "Then we" has no comma.
size_t ConnectiveLength(std::string_view text) {
  const size_t length = OpeningOf(text, kConnectives);
  if (length == 0) {
    // "To overcome this, "
    constexpr size_t kLongest = 40;
    const size_t comma = text.substr(0, kLongest).find(',');
    const bool purpose = comma != std::string_view::npos && StartsLower(text, "to ") &&
                         text.substr(0, comma).ends_with(" this") &&
                         text.substr(comma).starts_with(", ");
    return purpose ? comma + 2 : 0;
  }
  const std::string_view rest = text.substr(length);
  if (rest.starts_with(", ")) return length + 2;
  return StartsLower(rest, " we ") ? length + 1 : 0;
}

// Whether a pointer at the start means the whole paper's findings or its proposal.
bool PointsAtPaper(std::string_view text) {
  constexpr std::array<std::string_view, 11> kWhole = {
      "these results ",       "these findings ",    "these experiments ", "these insights ",
      "these observations ",  "this approach ",     "this framework ",    "this method ",
      "these contributions ", "these evaluations ", "this formulation "};
  return OpeningOf(text, kWhole) > 0;
}

bool IsPaper(std::string_view text) {
  constexpr std::array<std::string_view, 9> kThemselves = {
      "this paper",  "this work",   "this study",    "this article",       "this survey",
      "this thesis", "this report", "this research", "this position paper"};
  return OpeningOf(text, kThemselves) > 0;
}

}  // namespace

void ReadSentenceWords(std::string_view sentence, std::vector<SentenceWord>& words) {
  words.clear();
  int depth = 0;
  size_t i = 0;
  const auto sign = [&](char c) {
    if (words.empty()) return;
    // A comma is the weakest of them.
    if (words.back().after == 0 || words.back().after == ',') words.back().after = c;
  };
  while (i < sentence.size()) {
    const char c = sentence[i];
    if (const size_t dash = DashAt(sentence, i); dash > 0) {
      sign('-');
      i += dash;
      continue;
    }
    if (sentence.substr(i).starts_with("\xE2\x80\x93 ")) {
      sign('-');
      i += 3;
      continue;
    }
    if (const size_t quote = QuoteOf(sentence.substr(i)); quote > 0) {
      i += quote;
      continue;
    }
    if (!IsInner(c)) {
      if (c == '(' && depth == 0 && IsItem(sentence.substr(i))) {
        ++i;
        continue;
      }
      if (c == '(' || c == '[') ++depth;
      if ((c == ')' || c == ']') && depth > 0) --depth;
      if (c == ',' || c == ';' || c == ':') sign(c);
      if (c == '.' || c == '?' || c == '!') sign('.');
      // "X - Y", not "+/- 2".
      const bool spaced = i > 0 && IsSpace(sentence[i - 1]);
      if (c == '-' && spaced && i + 1 < sentence.size() && IsSpace(sentence[i + 1])) sign('-');
      ++i;
      continue;
    }
    SentenceWord word;
    word.begin = static_cast<uint32_t>(i);
    word.bracketed = depth > 0;
    word.aside = word.bracketed;
    int inner = 0;
    size_t end = i;
    while (i < sentence.size()) {
      const char w = sentence[i];
      if (w == '$' && (i == 0 || sentence[i - 1] != '\\')) {
        i = AfterMath(sentence, i);
        end = i;
        word.figure = true;
        continue;
      }
      if (IsSpace(w) || w == ',' || w == ';' || w == '"' || DashAt(sentence, i) > 0 ||
          QuoteOf(sentence.substr(i)) > 0) {
        // "10,000"
        const bool thousands = w == ',' && i > 0 && IsDigit(sentence[i - 1]) &&
                               i + 1 < sentence.size() && IsDigit(sentence[i + 1]);
        if (!thousands) break;
      }
      if (w == '(' || w == '[') ++inner;
      if (w == ')' || w == ']') {
        if (inner == 0) break;
        --inner;
        end = i + 1;
      }
      if (IsInner(w)) end = i + 1;
      word.figure = word.figure || IsDigit(w);
      ++i;
    }
    // "f(x" and then a space: the bracket opens something longer.
    depth += inner > 0 ? inner : 0;
    word.end = static_cast<uint32_t>(end);
    const char first = sentence[word.begin];
    word.capital = first >= 'A' && first <= 'Z';
    if (!word.figure) {
      const std::string_view letters = sentence.substr(word.begin, word.end - word.begin);
      word.key = WordKey::Of(letters);
      word.classes = ClassesOf(letters, word.key);
    }
    i = end;
    words.push_back(word);
  }
}

size_t SettingLength(std::string_view sentence) {
  for (const std::string_view here : {"here, ", "throughout, "}) {
    if (StartsLower(sentence, here)) return here.size();
  }
  if (StartsLower(sentence, "here we ") || sentence.starts_with("Here I ")) return 5;
  size_t at = 0;
  for (const std::string_view in : {"in this ", "in the present ", "in our ", "throughout this "}) {
    if (at == 0 && StartsLower(sentence, in)) at = in.size();
  }
  if (at == 0) return 0;
  const size_t noun = OpeningOf(sentence.substr(at), kPapers);
  if (noun == 0) return 0;
  at += noun;
  const std::string_view rest = sentence.substr(at);
  if (rest.starts_with(", ")) return at + 2;
  if (rest.starts_with(",")) return at + 1;
  return rest.starts_with(" ") && !StartsLower(rest, " and ") ? at + 1 : 0;
}

void Capitalize(std::string& text) {
  if (text.size() < 2 || !IsLower(text[0]) || text[1] == '-') return;
  for (size_t i = 1; i < text.size() && IsAlpha(text[i]); ++i) {
    if (IsUpper(text[i])) return;
  }
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
}

std::string WithoutConnective(std::string_view sentence) {
  std::string_view rest = sentence;
  // "Finally, in this work, …"
  for (int round = 0; round < 3; ++round) {
    const size_t length = std::max(ConnectiveLength(rest), SettingLength(rest));
    if (length == 0 || length == rest.size()) break;
    rest.remove_prefix(length);
  }
  std::string alone(rest);
  if (rest.size() < sentence.size()) Capitalize(alone);
  if (const size_t self = OpeningOf(alone, kSelves); self > 0) {
    alone.erase(self, OpeningOf(std::string_view(alone).substr(self), kSequels));
  }
  // "These results suggest …": alone, they are the paper's results.
  if (PointsAtPaper(alone)) alone.replace(0, StartsLower(alone, "these ") ? 5 : 4, "The");
  return alone;
}

bool LeansOnPrevious(std::string_view sentence) {
  std::string_view rest = sentence;
  rest.remove_prefix(ConnectiveLength(rest));
  rest.remove_prefix(SettingLength(rest));
  if (PointsAtPaper(rest) || IsPaper(rest)) return false;
  constexpr std::array<std::string_view, 52> kPointers = {"this ",
                                                          "these ",
                                                          "it ",
                                                          "its ",
                                                          "they ",
                                                          "their ",
                                                          "those ",
                                                          "such ",
                                                          "both ",
                                                          "the latter",
                                                          "the former",
                                                          "that ",
                                                          "the resulting ",
                                                          "here ",
                                                          "the first ",
                                                          "the second ",
                                                          "the third ",
                                                          "the two ",
                                                          "the three ",
                                                          "the other ",
                                                          "each ",
                                                          "another ",
                                                          "others ",
                                                          "one ",
                                                          "same ",
                                                          "the same ",
                                                          "doing so",
                                                          "in both ",
                                                          "in these ",
                                                          "in such ",
                                                          "by doing so",
                                                          "among these",
                                                          "under this ",
                                                          "for this ",
                                                          "neither ",
                                                          "either ",
                                                          "the above ",
                                                          "the aforementioned ",
                                                          "as such",
                                                          "given this",
                                                          "despite this",
                                                          "because of this",
                                                          "with this ",
                                                          "using this ",
                                                          "using these ",
                                                          "based on this ",
                                                          "based on these ",
                                                          "beyond this",
                                                          "together with this",
                                                          "so ",
                                                          "and ",
                                                          "but "};
  if (OpeningOf(rest, kPointers) > 0) return true;
  const std::string_view start = rest.substr(0, 70);
  for (const std::string_view they :
       {", they ", "whether they ", ", it ", "whether it ", "the former", "the latter",
        "the above ", "espite their ", "e prove its ", "e show its ", "e demonstrate its ",
        "e evaluate it ", "e validate it ", "e apply it ", "e test it "}) {
    if (start.find(they) != std::string_view::npos) return true;
  }
  // A pointer further inside ("To address these issues, …", "Though small, this …") leans as well.
  for (const std::string_view inner : {", this ", ", these ", ", such "}) {
    const size_t found = start.find(inner);
    if (found == std::string_view::npos || IsPaper(rest.substr(found + 2))) continue;
    if (!StartsLower(rest.substr(found), ", such as ")) return true;
  }
  const std::string_view head = rest.substr(0, 60);
  const std::string_view clause = head.substr(0, head.find(','));
  if (clause.ends_with(" this") || clause.ends_with(" these")) return true;
  for (const std::string_view inner : {" these ", " this ", " those ", " such "}) {
    const size_t found = clause.find(inner);
    if (found == std::string_view::npos || IsPaper(rest.substr(found + 1))) continue;
    const std::string_view from = rest.substr(found);
    if (StartsLower(from, " such as ") || StartsLower(from, " such that ")) continue;
    return true;
  }
  return false;
}

}  // namespace paperwire::summarize
