#include "services/summarize/third_person.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace paperwire::summarize {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsAlpha(char c) { return IsUpper(c) || IsLower(c); }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsWordByte(char c) {
  return IsAlpha(c) || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool StartsLower(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// Openings that only say where we are; what follows is the sentence.
constexpr std::array<std::string_view, 20> kSettings = {
    "in this paper, ",        "in this work, ",
    "in this study, ",        "in this article, ",
    "in this paper ",         "in this work ",
    "in this study ",         "in this article ",
    "in this research, ",     "in this report, ",
    "in this thesis, ",       "in this letter, ",
    "in this note, ",         "in this survey, ",
    "in this contribution, ", "here, ",
    "throughout, ",           "in this manuscript, ",
    "in this preprint, ",     "in this position paper, "};

// Openings that join a sentence to the one before.
constexpr std::array<std::string_view, 52> kConnectives = {"however, ",
                                                           "moreover, ",
                                                           "furthermore, ",
                                                           "additionally, ",
                                                           "in addition, ",
                                                           "specifically, ",
                                                           "in particular, ",
                                                           "to this end, ",
                                                           "to that end, ",
                                                           "therefore, ",
                                                           "thus, ",
                                                           "hence, ",
                                                           "consequently, ",
                                                           "as a result, ",
                                                           "finally, ",
                                                           "then, ",
                                                           "also, ",
                                                           "besides, ",
                                                           "nevertheless, ",
                                                           "nonetheless, ",
                                                           "in contrast, ",
                                                           "by contrast, ",
                                                           "conversely, ",
                                                           "instead, ",
                                                           "further, ",
                                                           "next, ",
                                                           "lastly, ",
                                                           "overall, ",
                                                           "for example, ",
                                                           "for instance, ",
                                                           "notably, ",
                                                           "importantly, ",
                                                           "crucially, ",
                                                           "interestingly, ",
                                                           "indeed, ",
                                                           "similarly, ",
                                                           "yet, ",
                                                           "still, ",
                                                           "accordingly, ",
                                                           "second, ",
                                                           "first, ",
                                                           "third, ",
                                                           "more specifically, ",
                                                           "concretely, ",
                                                           "surprisingly, ",
                                                           "more importantly, ",
                                                           "motivated by this, ",
                                                           "on the other hand, ",
                                                           "firstly, ",
                                                           "secondly, ",
                                                           "to do so, ",
                                                           "at the same time, "};

template <size_t N>
size_t OpeningOf(std::string_view text, const std::array<std::string_view, N>& openings) {
  size_t longest = 0;
  for (const std::string_view opening : openings) {
    if (opening.size() > longest && StartsLower(text, opening)) longest = opening.size();
  }
  return longest;
}

// Verbs that make an "I" before them the author, and their third person.
struct Verb {
  std::string_view first;
  std::string_view third;
};
constexpr std::array<Verb, 22> kVerbs = {
    {{"propose", "proposes"},   {"introduce", "introduces"},
     {"present", "presents"},   {"show", "shows"},
     {"prove", "proves"},       {"argue", "argues"},
     {"study", "studies"},      {"develop", "develops"},
     {"find", "finds"},         {"demonstrate", "demonstrates"},
     {"derive", "derives"},     {"describe", "describes"},
     {"discuss", "discusses"},  {"use", "uses"},
     {"consider", "considers"}, {"investigate", "investigates"},
     {"analyze", "analyzes"},   {"am", "is"},
     {"have", "has"},           {"do", "does"},
     {"also", "also"},          {"then", "then"}}};

class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  std::string Run() {
    bool math = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '$' && (at_ == 0 || text_[at_ - 1] != '\\')) math = !math;
      const bool starts = at_ == 0 || !IsWordByte(text_[at_ - 1]);
      if (!math && starts && IsAlpha(c) && ReplaceWord()) continue;
      out_ += c;
      ++at_;
    }
    return std::move(out_);
  }

 private:
  bool AtStart() const {
    return out_.find_first_not_of(" \"'(*") == std::string::npos || out_.ends_with(". ") ||
           out_.ends_with("? ") || out_.ends_with("! ");
  }

  std::string_view WordFrom(size_t begin) const {
    size_t end = begin;
    while (end < text_.size() && IsWordByte(text_[end])) ++end;
    return text_.substr(begin, end - begin);
  }

  // The word before `at_`, in what has been written.
  bool After(std::string_view lower) const {
    if (out_.size() < lower.size() + 1 || out_.back() != ' ') return false;
    const std::string_view tail =
        std::string_view(out_).substr(out_.size() - 1 - lower.size(), lower.size());
    return StartsLower(tail, lower);
  }

  void Put(std::string_view words) {
    const size_t begin = out_.size();
    const bool capital = AtStart();
    out_ += words;
    if (capital && IsLower(out_[begin])) out_[begin] = static_cast<char>(out_[begin] - 'a' + 'A');
    named_ = true;
  }

  bool ReplaceWord() {
    const std::string_view word = WordFrom(at_);
    const size_t next = at_ + word.size();
    const bool joined = next < text_.size() && (text_[next] == '-' || text_[next] == '_');
    if (word.size() > 9 || joined) return Skip(word);
    if (word == "we" || word == "We" || word == "WE") {
      // "We've", "we're": the verb is written out.
      std::string_view verb;
      size_t length = word.size();
      const std::string_view rest = text_.substr(next);
      const size_t quote = rest.starts_with("'") ? 1 : rest.starts_with("\xE2\x80\x99") ? 3 : 0;
      if (quote > 0) {
        const std::string_view tail = WordFrom(next + quote);
        if (tail == "ve") verb = " have";
        if (tail == "re") verb = " are";
        if (tail == "ll") verb = " will";
        if (tail == "d") verb = " would";
        if (!verb.empty()) length += quote + tail.size();
      }
      Put(named_ && !AtStart() ? "they" : "the authors");
      out_ += verb;
      at_ += length;
      return true;
    }
    if (word == "our" || word == "Our" || word == "OUR") {
      Put(named_ && !AtStart() ? "their" : "the authors'");
      at_ = next;
      return true;
    }
    if (word == "us" || word == "Us") {
      if (After("let")) {
        // "let us consider": an invitation, with nobody in it once it is told.
        out_.resize(out_.size() - 4);
        Put("the authors");
      } else {
        Put(named_ ? "them" : "the authors");
      }
      at_ = next;
      return true;
    }
    if (word == "ours" || word == "Ours") {
      Put("theirs");
      at_ = next;
      return true;
    }
    if (word == "ourselves") {
      Put("themselves");
      at_ = next;
      return true;
    }
    if (word == "my" || word == "My") {
      Put("the author's");
      at_ = next;
      return true;
    }
    if (word == "I" && next < text_.size() && text_[next] == ' ') return ReplaceI(next);
    return Skip(word);
  }

  bool ReplaceI(size_t next) {
    const std::string_view verb = WordFrom(next + 1);
    for (const Verb& known : kVerbs) {
      if (known.first != verb) continue;
      Put("the author");
      out_ += ' ';
      out_ += known.third;
      at_ = next + 1 + verb.size();
      return true;
    }
    return Skip("I");
  }

  bool Skip(std::string_view word) {
    out_ += word;
    at_ += word.size();
    return true;
  }

  const std::string_view text_;
  size_t at_ = 0;
  std::string out_;
  bool named_ = false;
};

void Capitalize(std::string& text) {
  // "eBPF" and "k-means" keep their letters.
  if (text.size() > 1 && IsLower(text[0]) && !IsUpper(text[1]) && text[1] != '-') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
}

// Whether a pointer at the start means the whole paper's findings or its proposal.
bool PointsAtPaper(std::string_view text) {
  constexpr std::array<std::string_view, 9> kWhole = {
      "these results ",  "these findings ",     "these experiments ",
      "these insights ", "these observations ", "this approach ",
      "this framework ", "this method ",        "these contributions "};
  return OpeningOf(text, kWhole) > 0;
}

}  // namespace

std::string ThirdPerson(std::string_view sentence) {
  const size_t opening = OpeningOf(sentence, kSettings);
  const std::string_view rest = sentence.substr(opening);
  std::string told = Rewriter(opening > 0 && !rest.empty() ? rest : sentence).Run();
  if (opening > 0) Capitalize(told);
  return told;
}

std::string WithoutConnective(std::string_view sentence) {
  size_t opening = OpeningOf(sentence, kConnectives);
  // "Finally, in this work, …"
  opening += OpeningOf(sentence.substr(opening), kSettings);
  opening += OpeningOf(sentence.substr(opening), kConnectives);
  std::string rest(sentence.substr(opening));
  if (opening > 0) Capitalize(rest);
  // "These results suggest …": alone, they are the paper's results.
  if (PointsAtPaper(rest)) rest.replace(0, StartsLower(rest, "these ") ? 5 : 4, "The");
  return rest;
}

bool LeansOnPrevious(std::string_view sentence) {
  const size_t opening = OpeningOf(sentence, kConnectives);
  const std::string_view rest = sentence.substr(opening);
  if (PointsAtPaper(rest)) return false;
  constexpr std::array<std::string_view, 8> kThemselves = {
      "this paper",  "this work",   "this study",    "this article",
      "this survey", "this thesis", "this research", "this position paper"};
  for (const std::string_view own : kThemselves) {
    if (StartsLower(rest, own)) return false;
  }
  constexpr std::array<std::string_view, 30> kPointers = {
      "this ",          "these ",   "it ",         "its ",        "they ",       "their ",
      "those ",         "such ",    "both ",       "the latter",  "the former",  "that ",
      "the resulting ", "here ",    "the first ",  "the second ", "each ",       "another ",
      "the other ",     "one ",     "same ",       "the same ",   "doing so",    "in both ",
      "in these ",      "in such ", "by doing so", "among these", "under this ", "for this "};
  for (const std::string_view pointer : kPointers) {
    if (StartsLower(rest, pointer)) return true;
  }
  const std::string_view start = rest.substr(0, std::min<size_t>(rest.size(), 70));
  for (const std::string_view they : {", they ", "whether they ", ", it ", "whether it "}) {
    if (start.find(they) != std::string_view::npos) return true;
  }
  // A pointer further inside ("To address these issues, …") leans as well.
  const std::string_view head = rest.substr(0, std::min<size_t>(rest.size(), 60));
  const std::string_view clause = head.substr(0, head.find(','));
  for (const std::string_view inner : {" these ", " this ", " those ", " such a "}) {
    size_t found = clause.find(inner);
    if (found == std::string_view::npos) continue;
    bool own = false;
    for (const std::string_view self : kThemselves) {
      own = own || StartsLower(rest.substr(found + 1), self);
    }
    if (!own) return true;
  }
  return false;
}

}  // namespace paperwire::summarize
