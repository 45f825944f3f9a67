#include "services/summarize/third_person.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "services/summarize/sentence_words.h"
#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

using Words = std::span<const std::string_view>;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsAlpha(char c) { return IsUpper(c) || IsLower(c); }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsWordByte(char c) {
  return IsAlpha(c) || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool Holds(Words words, std::string_view word) {
  for (const std::string_view known : words) {
    if (known.size() != word.size()) continue;
    bool same = true;
    for (size_t i = 0; i < word.size() && same; ++i) same = Lower(word[i]) == known[i];
    if (same) return true;
  }
  return false;
}

// "our paper" is this paper.
constexpr std::array<std::string_view, 9> kPapers = {
    "paper", "work", "study", "article", "survey", "report", "manuscript", "thesis", "tutorial"};

// "our results" are the results: there are no others in the paper.
constexpr std::array<std::string_view, 44> kOwn = {
    "results",     "experiments",   "findings",    "analysis",      "analyses",      "evaluation",
    "evaluations", "simulations",   "ablations",   "contributions", "contribution",  "goal",
    "aim",         "main",          "key",         "primary",       "central",       "theoretical",
    "empirical",   "experimental",  "numerical",   "extensive",     "comprehensive", "overall",
    "preliminary", "observations",  "conclusions", "code",          "source",        "theory",
    "objective",   "observation",   "proof",       "proofs",        "experiment",    "result",
    "finding",     "initial",       "core",        "final",         "investigation", "motivation",
    "proposed",    "implementation"};

// What "the …" means once the authors have been named.
constexpr std::array<std::string_view, 40> kArtefacts = {
    "method",     "methods",      "approach",    "approaches", "framework",    "model",
    "models",     "algorithm",    "algorithms",  "system",     "architecture", "technique",
    "techniques", "scheme",       "estimator",   "mechanism",  "formulation",  "strategy",
    "pipeline",   "solution",     "benchmark",   "dataset",    "loss",         "policy",
    "network",    "classifier",   "procedure",   "bound",      "bounds",       "theorem",
    "design",     "construction", "attack",      "defense",    "protocol",     "setting",
    "data",       "training",     "methodology", "learning"};

constexpr std::array<std::string_view, 6> kPeople = {"humans",     "people",    "researchers",
                                                     "scientists", "engineers", "practitioners"};

constexpr std::array<std::string_view, 9> kModals = {"can",  "could", "should", "may",  "might",
                                                     "must", "would", "will",   "shall"};

// What lets someone do something: "allows us to" is "allows one to".
constexpr std::array<std::string_view, 18> kLets = {
    "allow",    "allows",  "allowing", "allowed", "enable",     "enables",
    "enabling", "enabled", "permit",   "permits", "permitting", "permitted",
    "lets",     "letting", "help",     "helps",   "helping",    "helped"};
constexpr std::array<std::string_view, 5> kGives = {"give", "gives", "giving", "gave", "given"};

// After these "I" is a number.
constexpr std::array<std::string_view, 14> kNumbered = {
    "type", "part",  "phase",  "stage",   "class", "level", "case",
    "step", "table", "figure", "section", "track", "tier",  "category"};

// The form of a verb that goes with "the author".
std::string ThirdForm(std::string_view verb) {
  if (verb == "am") return "is";
  if (verb == "have") return "has";
  if (verb == "do") return "does";
  std::string form(verb);
  const char last = form.back();
  const auto vowel = [](char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
  };
  if (last == 'y' && form.size() > 1 && !vowel(form[form.size() - 2])) {
    form.pop_back();
    return form + "ies";
  }
  const bool hisses = last == 's' || last == 'x' || last == 'z' || last == 'o' ||
                      form.ends_with("ch") || form.ends_with("sh");
  return form + (hisses ? "es" : "s");
}

// A sentence, or a few, read word by word and written anew.
class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  bool first_person() const { return first_person_; }

  std::string Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '$' && (at_ == 0 || text_[at_ - 1] != '\\')) {
        const size_t end = AfterMath();
        out_ += text_.substr(at_, end - at_);
        at_ = end;
        continue;
      }
      if (IsAlpha(c) && StartsWord() && ReadWord()) continue;
      out_ += c;
      ++at_;
    }
    return std::move(out_);
  }

 private:
  // Where the math that begins here ends; "$5" is none.
  size_t AfterMath() const {
    constexpr size_t kReach = 400;
    for (size_t i = at_ + 1; i < std::min(text_.size(), at_ + kReach); ++i) {
      if (text_[i] == '$' && text_[i - 1] != '\\') return i + 1;
    }
    return at_ + 1;
  }

  bool StartsWord() const {
    if (at_ == 0) return true;
    const char before = text_[at_ - 1];
    // "We-Rank" is a name; "models-we" is a dash gone wrong.
    if (before == '-') return IsLower(text_[at_]);
    // A dash or a quotation mark is no letter.
    const bool sign = at_ >= 3 && text_.substr(at_ - 3, 2) == "\xE2\x80";
    return sign || !IsWordByte(before);
  }

  bool AtStart() const {
    return out_.find_first_not_of(" \"'(*") == std::string::npos || out_.ends_with(". ") ||
           out_.ends_with("? ") || out_.ends_with("! ");
  }

  std::string_view WordFrom(size_t begin) const {
    size_t end = begin;
    while (end < text_.size() && IsWordByte(text_[end]) &&
           static_cast<unsigned char>(text_[end]) < 0x80) {
      ++end;
    }
    return text_.substr(begin, end - begin);
  }
  std::string_view NextWord(size_t end) const {
    return end < text_.size() && text_[end] == ' ' ? WordFrom(end + 1) : std::string_view();
  }
  // The word before `at_`, as it was; empty where a sign stands between.
  std::string_view WordBefore() const {
    if (at_ < 2 || text_[at_ - 1] != ' ') return {};
    size_t begin = at_ - 1;
    while (begin > 0 && (IsAlpha(text_[begin - 1]) || text_[begin - 1] == '\'')) --begin;
    return text_.substr(begin, at_ - 1 - begin);
  }

  // Whether something else that "they" could be came after the authors' last mention.
  bool IsAmbiguous() const {
    size_t i = mention_;
    while (i < at_) {
      if (!IsAlpha(text_[i])) {
        ++i;
        continue;
      }
      const std::string_view word = WordFrom(i);
      const uint32_t classes = ClassesOf(word);
      const bool verb = (classes & kVerbS) != 0 && (classes & kMaybeNoun) == 0;
      if ((classes & kPlural) != 0 && !verb && (classes & (kPreposition | kAdverb)) == 0)
        return true;
      for (const std::string_view other : {"they", "their", "them", "people", "data", "criteria"}) {
        if (word == other) return true;
      }
      i += std::max<size_t>(word.size(), 1);
    }
    return false;
  }
  bool MayBeThey() const { return named_ && !AtStart() && !IsAmbiguous(); }

  void Put(std::string_view words, size_t end) {
    const size_t begin = out_.size();
    const bool capital = AtStart();
    first_person_ = true;
    out_ += words;
    if (capital && IsLower(out_[begin])) out_[begin] = static_cast<char>(out_[begin] - 'a' + 'A');
    at_ = end;
  }
  void PutAuthors(std::string_view words, size_t end) {
    if (AtStart()) mentions_ = 0;
    Put(words, end);
    named_ = true;
    ++mentions_;
    mention_ = end;
  }
  // Leaves the word and the space after it out.
  void Drop(size_t end) {
    first_person_ = true;
    at_ = end < text_.size() && text_[end] == ' ' ? end + 1 : end;
    if (AtStart() && at_ < text_.size() && IsLower(text_[at_])) {
      out_ += static_cast<char>(text_[at_++] - 'a' + 'A');
    }
  }

  bool ReadWord() {
    const std::string_view word = WordFrom(at_);
    const size_t end = at_ + word.size();
    const bool joined = end < text_.size() && (text_[end] == '-' || text_[end] == '_') &&
                        end + 1 < text_.size() && IsWordByte(text_[end + 1]);
    const bool shouted = word == "WE" || word == "OUR";
    // "Guess My Dress"
    const std::string_view next = NextWord(end);
    const bool title = !AtStart() && IsUpper(word[0]) && !next.empty() && IsUpper(next[0]);
    if (joined || (title && word != "I") || word.size() > 9 ||
        (word.size() > 1 && IsUpper(word[1]) && !shouted)) {
      return Keep(word);
    }
    if (Holds(std::array<std::string_view, 1>{"we"}, word)) return ReadWe(end);
    if (Holds(std::array<std::string_view, 1>{"our"}, word)) return ReadOur(end);
    if (word == "us" || word == "Us") return ReadUs(end);
    if (word == "ours" || word == "Ours") {
      PutAuthors(named_ ? "theirs" : "the authors'", end);
      return true;
    }
    if (word == "ourselves" || word == "Ourselves") {
      PutAuthors("themselves", end);
      return true;
    }
    if (word == "my" || word == "My") {
      PutAuthors("the author's", end);
      return true;
    }
    if (word == "myself") {
      PutAuthors("the author", end);
      return true;
    }
    if (word == "I") {
      if (ReadI(end)) return true;
      NoteI(end);
    }
    return Keep(word);
  }

  bool Keep(std::string_view word) {
    if (alone_ && CarriesOn(word)) {
      out_ += ThirdForm(word);
    } else {
      out_ += word;
    }
    at_ += word.size();
    return true;
  }

  // "I set it up and prove it": the second verb of a single author.
  bool CarriesOn(std::string_view word) const {
    const uint32_t classes = ClassesOf(word);
    if ((classes & kVerbBase) == 0 || (classes & kMaybeNoun) != 0) return false;
    const std::string_view before = WordBefore();
    const bool joined = before == "and" || before == "or" || before == "then" || before == "also";
    return joined || (before.empty() && at_ >= 2 && text_[at_ - 2] == ',');
  }

  bool ReadWe(size_t end) {
    // "We've", "we're": the verb is written out.
    std::string_view verb;
    const std::string_view rest = text_.substr(end);
    const size_t quote = rest.starts_with("'") ? 1 : rest.starts_with("\xE2\x80\x99") ? 3 : 0;
    size_t length = 0;
    if (quote > 0) {
      const std::string_view tail = WordFrom(end + quote);
      if (tail == "ve") verb = " have";
      if (tail == "re") verb = " are";
      if (tail == "ll") verb = " will";
      if (tail == "d") verb = " would";
      if (!verb.empty()) length = quote + tail.size();
    }
    if (Holds(kPeople, NextWord(end))) {
      Drop(end);
      return true;
    }
    if (Holds(kModals, WordBefore())) {
      Put("one", end);
      return true;
    }
    if (verb.empty() && IsElidable(end)) {
      Drop(end);
      return true;
    }
    // Three times "the authors" is worse than a doubt.
    const bool they = MayBeThey() || (mentions_ >= 2 && !AtStart());
    PutAuthors(they ? "they" : "the authors", end + length);
    out_ += verb;
    return true;
  }

  // Whether "and we" follows a plain clause of the authors: "We build A, and we test B".
  bool IsElidable(size_t end) const {
    if (!subject_ || mentions_ == 0 || WordBefore() != "and") return false;
    const uint32_t next = ClassesOf(NextWord(end));
    if ((next & (kVerbBase | kAdverb)) == 0 || (next & kAuxiliary) != 0) return false;
    size_t i = mention_;
    while (i < at_) {
      if (text_[i] == ';' || text_[i] == ':' || text_[i] == '.') return false;
      if (!IsAlpha(text_[i])) {
        ++i;
        continue;
      }
      const std::string_view word = WordFrom(i);
      if ((ClassesOf(word) & (kSubordinator | kCondition | kAuxiliary)) != 0) return false;
      i += std::max<size_t>(word.size(), 1);
    }
    return true;
  }

  bool ReadOur(size_t end) {
    const std::string_view next = NextWord(end);
    const std::string_view before = WordBefore();
    // "the our model"
    if (Holds(std::array<std::string_view, 3>{"the", "this", "these"}, before)) {
      Drop(end);
      return true;
    }
    if (Holds(kPapers, next)) {
      Put("this", end);
      return true;
    }
    if (Holds(kOwn, next)) {
      Put("the", end);
      return true;
    }
    if (MayBeThey()) {
      PutAuthors("their", end);
    } else if (!AtStart() && mentions_ > 0 && (Holds(kArtefacts, next) || mentions_ > 1)) {
      Put("the", end);
    } else {
      PutAuthors("the authors'", end);
    }
    return true;
  }

  bool ReadUs(size_t end) {
    const std::string_view before = WordBefore();
    if (Holds(kPeople, NextWord(end)) || Holds(kGives, before)) {
      Drop(end);
    } else if (before == "let" || before == "Let") {
      // "let us consider": an invitation, with nobody in it once it is told. "They let us see" is
      // none.
      const bool invites = out_.size() == 4 || out_.ends_with(", let ") || out_.ends_with(". Let ");
      if (invites) {
        out_.resize(out_.size() - 4);
        PutAuthors("the authors", end);
      } else {
        Put("one", end);
      }
    } else if (Holds(kLets, before) &&
               (NextWord(end) == "to" || (ClassesOf(NextWord(end)) & kVerbBase) != 0)) {
      Put("one", end);
    } else {
      PutAuthors(MayBeThey() ? "them" : "the authors", end);
    }
    return true;
  }

  // An "I" that is told by its own words: "directions I deem interesting".
  void NoteI(size_t end) {
    const std::string_view before = WordBefore();
    const std::string_view next = NextWord(end);
    const bool lower = before.empty() || (IsLower(before[0]) && !before.ends_with("'s"));
    constexpr uint32_t kNoVerb = kPreposition | kConjunction | kAuxiliary | kVerbS | kDeterminer;
    if (lower && !Holds(kNumbered, before) && !next.empty() && IsLower(next[0]) &&
        (ClassesOf(next) & kNoVerb) == 0) {
      first_person_ = true;
    }
  }

  bool ReadI(size_t end) {
    const std::string_view before = WordBefore();
    if (!before.empty() && (IsUpper(before[0]) || Holds(kNumbered, before))) {
      // "MedicalRec I", "Type I"; "While I" and "Here I" begin sentences.
      const bool opens = at_ == before.size() + 1 && (ClassesOf(before) & kMaybeNoun) == 0 &&
                         !Holds(kNumbered, before);
      if (!opens) return false;
    }
    const std::string_view rest = text_.substr(end);
    const size_t quote = rest.starts_with("'") ? 1 : rest.starts_with("\xE2\x80\x99") ? 3 : 0;
    if (quote > 0) {
      const std::string_view tail = WordFrom(end + quote);
      std::string_view verb;
      if (tail == "ve") verb = " has";
      if (tail == "m") verb = " is";
      if (tail == "ll") verb = " will";
      if (tail == "d") verb = " would";
      if (verb.empty()) return false;
      PutAuthors("the author", end + quote + tail.size());
      out_ += verb;
      return true;
    }
    // "I also then propose"
    size_t begin = end;
    std::string_view verb = NextWord(begin);
    for (int skipped = 0; skipped < 2 && (ClassesOf(verb) & kAdverb) != 0; ++skipped) {
      begin += 1 + verb.size();
      verb = NextWord(begin);
    }
    const uint32_t classes = ClassesOf(verb);
    // "How do I make it?"
    if (Holds(kModals, before) || before == "do" || before == "did") {
      first_person_ = true;
      return false;
    }
    const bool am = verb == "am";
    if (!am && (classes & (kVerbBase | kVerbPast | kAuxiliary)) == 0) return false;
    if (verb.empty() || !IsLower(verb[0]) || verb == "is" || verb == "are" || verb == "has") {
      return false;
    }
    PutAuthors("the author", end);
    alone_ = true;
    out_ += text_.substr(end, begin - end);
    out_ += ' ';
    const bool base = am || verb == "have" || verb == "do" || (classes & kVerbBase) != 0;
    out_ += base ? ThirdForm(verb) : std::string(verb);
    at_ = begin + 1 + verb.size();
    mention_ = at_;
    return true;
  }

  const std::string_view text_;
  size_t at_ = 0;
  std::string out_;
  // The authors have been named, how often since the sentence began, and where last.
  bool named_ = false;
  int mentions_ = 0;
  size_t mention_ = 0;
  // "We" begins the sentence.
  const bool subject_ = text_.starts_with("We ") || text_.starts_with("we ");
  // Something was said by the authors themselves.
  bool first_person_ = false;
  // "I" has been said.
  bool alone_ = false;
};

}  // namespace

std::string ThirdPerson(std::string_view sentence) {
  const size_t opening = SettingLength(sentence);
  const std::string_view rest = sentence.substr(opening);
  std::string told = Rewriter(rest.empty() ? sentence : rest).Run();
  if (opening > 0) Capitalize(told);
  return told;
}

bool HasFirstPerson(std::string_view text) {
  Rewriter rewriter(text);
  rewriter.Run();
  return rewriter.first_person();
}

}  // namespace paperwire::summarize
