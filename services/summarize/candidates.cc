#include "services/summarize/candidates.h"

#include <algorithm>
#include <initializer_list>

#include "libs/grounding/sentences.h"
#include "services/summarize/sentence_words.h"
#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

constexpr size_t kLongestSentence = 4000;
constexpr size_t kMinWords = 4;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

// Indices of words, [begin, end).
struct Span {
  size_t begin = 0;
  size_t end = 0;
  size_t size() const { return end - begin; }
};

Candidate Whole(std::string_view sentence) {
  Candidate whole;
  whole.parts[0] = {0, static_cast<uint32_t>(sentence.size())};
  whole.count = 1;
  whole.words = static_cast<uint16_t>(std::min(grounding::CountWords(sentence), 0xFFFF));
  return whole;
}

class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {
    ReadSentenceWords(text_, words_);
    size_ = words_.size();
  }

  bool HasMainVerb() const {
    if (MainVerb(0, size_) < size_) return true;
    // Clauses are counted roughly: a verb that no "that" or "which" took will do.
    for (size_t i = 1; i < size_; ++i) {
      if (Any(i - 1, {"that", "which", "who"})) continue;
      if (IsFinite(i)) return true;
      const bool open =
          !words_[i].aside && Before(i) == 0 && !Is(i - 1, kDeterminer | kPreposition);
      if (open && Is(i, kVerbS) && !Same(i + 1, "of")) return true;
      if (open && Is(i, kVerbBase) && Is(i - 1, kPlural)) return true;
    }
    return false;
  }

  std::vector<Candidate> Run() {
    out_.reserve(kMostCandidates);
    out_.push_back(Whole(text_));
    if (size_ < kMinWords) return std::move(out_);
    const Span all{0, size_};
    const size_t start = AfterOpening(0);
    // The most useful first: the list is bounded.
    Emit({}, {start, size_}, start > 0 ? kOpeningDropped : kWhole);
    std::vector<Unit> units = Units(start);
    for (const Unit& unit : units) {
      if (units.size() > 1) Emit(unit.subject, unit.span, unit.cuts);
    }
    for (const Unit& unit : units) {
      const size_t that = AfterReport(unit);
      if (that > 0) EmitWithTails({}, {that, unit.span.end}, unit.cuts | kReportDropped);
    }
    for (const Unit& unit : units) EmitTails(unit.subject, unit.span, unit.cuts);
    if (start > 0) {
      Emit({}, all, kWhole);
      EmitTails({}, all, kWhole);
    } else {
      Emit({}, all, kWhole);
    }
    return std::move(out_);
  }

 private:
  // A clause with a subject: its own, or that of the clause before.
  struct Unit {
    Span subject;
    Span span;
    uint32_t cuts = kWhole;
    // The finite verb.
    size_t verb = 0;
  };

  bool Is(size_t i, uint32_t classes) const {
    return i < size_ && (words_[i].classes & classes) != 0;
  }
  std::string_view Word(size_t i) const {
    return i < size_ ? text_.substr(words_[i].begin, words_[i].end - words_[i].begin)
                     : std::string_view();
  }
  bool Same(size_t i, std::string_view lower) const {
    const std::string_view word = Word(i);
    if (word.size() != lower.size()) return false;
    for (size_t k = 0; k < word.size(); ++k) {
      const char c = IsUpper(word[k]) ? static_cast<char>(word[k] - 'A' + 'a') : word[k];
      if (c != lower[k]) return false;
    }
    return true;
  }
  bool Any(size_t i, std::initializer_list<std::string_view> lower) const {
    for (const std::string_view word : lower) {
      if (Same(i, word)) return true;
    }
    return false;
  }
  char Before(size_t i) const { return i > 0 ? words_[i - 1].after : '\0'; }

  // "also", "empirically": between a subject and its verb.
  bool IsMiddle(size_t i) const {
    return Is(i, kAdverb) && !Is(i, kNegation) && !Is(i, kCondition);
  }

  // "also" between a subject and its verb: it needs the sentence before.
  bool IsIdleSequel(size_t i) const {
    return i > 0 && i + 1 < size_ && Is(i, kSequel) && Before(i) == 0 && words_[i].after == 0 &&
           !Is(i, kNegation) &&
           (Is(i + 1, kVerbBase | kVerbS | kVerbPast | kAuxiliary) || Is(i - 1, kAuxiliary));
  }

  // Whether a subject that makes a sentence stand begins here: "we", "the authors", "this paper",
  // "our method".
  bool IsActor(size_t i) const {
    if (Any(i, {"we", "i"})) return true;
    if (Any(i, {"our", "my"})) return true;
    if (Any(i, {"the", "this", "present"})) {
      return Is(i + 1, kPaper) || (Any(i + 1, {"present", "current"}) && Is(i + 2, kPaper)) ||
             Any(i + 1, {"proposed", "resulting"});
    }
    return false;
  }

  bool IsFinite(size_t i) const;
  // The main verb of [begin, end), `end` where there is none.
  size_t MainVerb(size_t begin, size_t end) const;
  size_t AfterOpening(size_t begin) const;
  std::vector<Unit> Units(size_t begin) const;
  size_t AfterReport(const Unit& unit) const;
  bool IsBorder(size_t i, const Span& span) const;
  bool IsConditionFree(size_t from, size_t end) const;
  bool IsList(size_t verb, size_t i) const;

  // Whether a pair ("both … and") or a clause ("that …") begins in `span` and ends after it.
  bool LeavesOpen(const Span& span) const;

  void EmitTails(const Span& subject, const Span& span, uint32_t cuts);
  void EmitWithTails(const Span& subject, const Span& span, uint32_t cuts) {
    Emit(subject, span, cuts);
    EmitTails(subject, span, cuts);
  }
  void Emit(const Span& subject, const Span& span, uint32_t cuts);
  bool AddPart(Candidate& candidate, const Span& span) const;
  uint32_t OpeningSign(size_t word) const;
  uint32_t PartBegin(size_t word) const;
  uint32_t PartEnd(size_t word) const;

  const std::string_view text_;
  std::vector<SentenceWord> words_;
  size_t size_ = 0;
  std::vector<Candidate> out_;
};

bool Cutter::IsFinite(size_t i) const {
  if (words_[i].aside) return false;
  const uint32_t c = words_[i].classes;
  if ((c & kAuxiliary) != 0) return true;
  if ((c & (kVerbBase | kVerbS | kVerbPast)) == 0 || i == 0) return false;
  size_t before = i - 1;
  while (before > 0 && i - before < 12 &&
         (words_[before].aside || (Is(before, kAdverb) && Before(before + 1) == 0))) {
    --before;
  }
  const bool article =
      Is(before, kDeterminer) && !Any(before, {"this", "these", "each", "all", "both"});
  if (article || Is(before, kPreposition) || Any(before, {"to", "and", "or"})) {
    // "and achieves": as good as the verb before it.
    return Any(before, {"and"}) && (c & kVerbS) != 0 && (c & kMaybeNoun) == 0;
  }
  const bool object = Is(i + 1, kDeterminer) ||
                      Any(i + 1, {"that", "to", "how", "whether", "as"}) ||
                      (i + 1 < size_ && words_[i + 1].figure);
  const bool pronoun = Is(before, kPronoun) || Any(before, {"authors", "that", "which"});
  if ((c & kVerbS) != 0) {
    if ((c & kMaybeNoun) == 0) return true;
    return object || pronoun || (Is(i + 1, kAdverb) && words_[i].after == 0);
  }
  if ((c & kVerbBase) != 0) {
    if (pronoun) return true;
    const bool plural =
        Is(before, kPlural) || Any(before, {"data", "people"}) || Is(before, kVerbS | kVerbPast);
    return plural && words_[before].after == 0 &&
           ((c & kMaybeNoun) == 0 || object || Is(i, kReporting));
  }
  if (Is(before, kAuxiliary)) return false;
  return (pronoun && !Any(before, {"that", "which"})) || (object && !Any(i + 1, {"as", "to"}));
}

size_t Cutter::MainVerb(size_t begin, size_t end) const {
  int clauses = 0;
  for (size_t i = begin; i < end; ++i) {
    if (words_[i].aside) continue;
    // The first word opens no relative clause: "That X holds" is rare, "What" is a question.
    if (i > begin && Is(i, kSubordinator) && !Any(i, {"while"})) ++clauses;
    if (i == begin && Is(i, kSubordinator | kCondition)) ++clauses;
    if (i == begin || !IsFinite(i)) continue;
    if (clauses == 0) return i;
    --clauses;
    // "that have been shown": one verb, not two.
    bool helped = Is(i, kAuxiliary);
    while (helped && i + 1 < end &&
           (Is(i + 1, kAuxiliary | kVerbBase | kVerbPast) || IsMiddle(i + 1))) {
      ++i;
      helped = Is(i, kAuxiliary | kAdverb);
    }
  }
  return end;
}

// Where the sentence proper begins after an opening that can go; `begin` where there is none.
size_t Cutter::AfterOpening(size_t begin) const {
  size_t at = begin;
  for (int round = 0; round < 3; ++round) {
    const size_t was = at;
    // "However, ", "More specifically, ", "In this paper, we"
    size_t comma = at;
    size_t limit = std::min(size_, at + 30);
    while (comma < limit && words_[comma].after != ',') {
      if (words_[comma].after != 0) return at;
      ++comma;
    }
    const bool here = Same(at, "in") && Any(at + 1, {"this", "the"}) &&
                      (Is(at + 2, kPaper) ||
                       (Any(at + 2, {"present", "current", "position"}) && Is(at + 3, kPaper)));
    if (here && !Is(at + 2, kEvidence)) {
      size_t next = at + (Is(at + 2, kPaper) ? 3 : 4);
      if (Is(next - 1, kPaper) && next < size_ &&
          (words_[next - 1].after == ',' || Same(next, "we"))) {
        at = next;
        continue;
      }
    }
    if (comma >= limit || comma + 1 >= size_) return at;
    const size_t next = comma + 1;
    const size_t length = next - at;
    bool drops = false;
    if (length == 1) {
      drops = Is(at, kAdverb) ||
              Any(at, {"however", "here", "thus", "first", "second", "third", "overall", "besides",
                       "yet", "still", "conversely", "concretely", "firstly", "throughout"});
    }
    if (length == 2 && Is(at + 1, kAdverb) && Any(at, {"more", "most", "perhaps"})) drops = true;
    if (length == 2 && Any(at, {"in", "by", "for", "as"})) {
      drops =
          Any(at + 1, {"particular", "addition", "contrast", "practice", "summary", "short", "turn",
                       "example", "instance", "essence", "brief", "total", "response", "fact"});
    }
    if (length == 3) {
      drops = (Same(at, "to") && Any(at + 1, {"this", "that"}) && Same(at + 2, "end")) ||
              (Same(at, "as") && Same(at + 1, "a") && Any(at + 2, {"result", "consequence"})) ||
              (Same(at, "to") && Same(at + 1, "do") && Any(at + 2, {"so", "this"})) ||
              (Same(at, "motivated") && Same(at + 1, "by") && Same(at + 2, "this"));
    }
    if (length == 4 && Same(at, "on") && Same(at + 1, "the") && Same(at + 2, "other")) drops = true;
    if (length == 4 && Same(at, "at") && Same(at + 2, "same") && Same(at + 3, "time")) drops = true;
    if (!drops && IsActor(next)) {
      // A purpose, a motive or a concession; a condition or a scope ("For convex f, we") stays.
      const bool opens =
          Any(at, {"motivated", "inspired",      "building",  "based",     "leveraging",
                   "drawing",   "guided",        "by",        "through",   "unlike",
                   "rather",    "instead",       "although",  "though",    "despite",
                   "because",   "since",         "while",     "whereas",   "using",
                   "following", "recognizing",   "observing", "to",        "as",
                   "beyond",    "driven",        "grounded",  "combining", "exploiting",
                   "via",       "complementing", "extending", "aiming",    "in"}) ||
          Is(at, kAdverb);
      const bool purpose =
          !Same(at, "in") || Any(at + 1, {"order", "response", "addition", "contrast", "particular",
                                          "light", "doing"});
      const bool as = Same(at, "as") && !Any(at + 1, {"a", "an", "well", "opposed", "part"});
      drops = opens && purpose && !as;
    }
    if (!drops) return at;
    if (MainVerb(next, size_) == size_) return at;
    at = next;
    if (at == was) return at;
  }
  return at;
}

// Whether the words from `from` on hold no condition of the clause before them: none there, or
// one inside what a comma cuts off with its own verb.
bool Cutter::IsConditionFree(size_t from, size_t end) const {
  const bool comma = Before(from) != 0;
  for (size_t i = from; i < end; ++i) {
    if (words_[i].aside || !Is(i, kCondition)) continue;
    // "not only … but also" in the tail belongs to the tail.
    if (!comma) return false;
    if (i == from || (Before(i) != 0 && !Any(i, {"but"}))) return false;
  }
  return true;
}

// Whether the comma before `i` is one of a list.
bool Cutter::IsList(size_t verb, size_t i) const {
  if (Before(i) != ',') return false;
  // "…: A, B, and C"
  for (size_t k = verb; k + 1 < i; ++k) {
    if (words_[k].after == ':') return true;
  }
  return false;
}

// Whether a clause can end before word `i` of `span`.
bool Cutter::IsBorder(size_t i, const Span& span) const {
  if (words_[i].aside || words_[i - 1].aside) return false;
  const char sign = Before(i);
  if (sign == ';' || sign == ':' || sign == '-' || sign == '.') return sign != '.';
  size_t at = i;
  const bool and_ = Same(at, "and");
  if (sign == ',') {
    if (and_) {
      ++at;
      while (IsMiddle(at)) ++at;
      if (IsActor(at) || Same(at, "that") || Same(at, "it") || Same(at, "they")) return true;
      if (Is(at, kVerbS) && !Is(at, kMaybeNoun)) return true;
      return Is(at, kTelling) && Is(at, kVerbBase) && !Is(at, kMaybeNoun);
    }
    while (IsMiddle(at)) ++at;
    if (Is(at, kGerund)) {
      // No list of activities: "training, testing, and tuning".
      return words_[at].after != ',' && !Any(at + 1, {"and", "or"});
    }
    if (Any(at, {"which",        "while",    "where",     "whereas", "thereby",   "thus",
                 "hence",        "whose",    "who",       "such",    "including", "especially",
                 "particularly", "notably",  "namely",    "with",    "without",   "followed",
                 "based",        "compared", "via",       "through", "by",        "consistent",
                 "so",           "each",     "resulting", "a",       "an",        "the",
                 "because",      "since",    "as",        "even",    "in",        "on",
                 "for",          "at",       "from",      "to",      "both",      "all",
                 "one",          "making",   "despite",   "across",  "motivated", "inspired",
                 "rather",       "instead",  "unlike",    "making"})) {
      return !Same(at, "as") || Any(at + 1, {"well", "measured", "evidenced", "shown"});
    }
    return Is(i, kAdverb) && i != at;
  }
  if (sign != 0) return false;
  if (Same(i, "by")) {
    if (Is(i - 1, kVerbPast) && Is(i - 2, kAuxiliary)) return false;
    return Is(i + 1, kGerund) || (Is(i + 1, kAdverb) && Is(i + 2, kGerund));
  }
  if (Same(i, "as")) return Same(i + 1, "well") && Same(i + 2, "as");
  if (Same(i, "in")) return Same(i + 1, "order") && Same(i + 2, "to");
  if (Same(i, "such")) return Same(i + 1, "as");
  if (Same(i, "based")) return Any(i + 1, {"on", "upon"}) && !Is(i - 1, kAuxiliary | kAdverb);
  if (Same(i, "compared")) return Any(i + 1, {"to", "with"});
  if (Same(i, "leading")) return Same(i + 1, "to");
  if (Same(i, "resulting")) return Same(i + 1, "in");
  if (Same(i, "relative")) return Same(i + 1, "to");
  if (Any(i, {"while", "thereby", "via", "using", "through", "across", "including", "without",
              "rather", "leveraging", "achieving", "despite", "because", "compared", "whereas",
              "where"})) {
    // "is performed using X" says nothing without X.
    return !Is(i - 1, kAuxiliary | kAdverb) && !(Is(i - 1, kVerbPast) && Is(i - 2, kAuxiliary));
  }
  if (Same(i, "that") || Same(i, "which")) {
    // "a model that …": what follows tells more about something new.
    if (!Is(i + 1, kVerbS | kAuxiliary | kVerbBase) && !(IsMiddle(i + 1) && Is(i + 2, kVerbS)) &&
        !Any(i + 1, {"we", "can"})) {
      return false;
    }
    for (size_t k = i; k > span.begin && i - k < 10; --k) {
      if (Any(k - 1, {"a", "an"})) return true;
      if (Is(k - 1, kDeterminer | kPreposition | kSubordinator) || IsFinite(k - 1)) {
        if (!Any(k - 1, {"for", "of"})) return false;
      }
    }
    return false;
  }
  if (and_) {
    ++at;
    while (IsMiddle(at)) ++at;
    return IsActor(at) && !Any(at, {"the", "our", "my"});
  }
  if (Same(i, "for")) return !Is(i - 1, kVerbBase | kVerbS | kVerbPast | kAuxiliary);
  return false;
}

std::vector<Cutter::Unit> Cutter::Units(size_t begin) const {
  std::vector<Unit> units;
  Unit unit;
  unit.span = {begin, size_};
  if (begin > 0) unit.cuts = kOpeningDropped;
  unit.verb = MainVerb(begin, size_);
  if (unit.verb == size_) {
    units.push_back(unit);
    return units;
  }
  // Words that tell who speaks, for the verbs that follow.
  Span subject{begin, unit.verb};
  while (subject.size() > 1 && IsMiddle(subject.end - 1)) --subject.end;
  bool shares = subject.size() <= 7;
  for (size_t k = subject.begin; k < subject.end; ++k) shares = shares && words_[k].after == 0;
  for (size_t k = unit.verb; k < unit.verb + 1; ++k) shares = shares && !Is(k, kAuxiliary);
  size_t first_that = 0;
  bool infinitive = false;
  for (size_t i = unit.verb + 2; i < size_ && units.size() < 6; ++i) {
    if (words_[i].aside) continue;
    if (first_that == 0 && Is(i - 1, kSubordinator)) first_that = i;
    const char sign = Before(i);
    // A new clause with its own subject: "; we …", ", and we …".
    const bool joined = Same(i, "and") && (sign == ',' || sign == 0 || sign == ';');
    size_t at = joined ? i + 1 : i;
    while (at < size_ && IsMiddle(at) && at < i + 4) ++at;
    const bool strong = sign == ';' || sign == ':' || sign == '-';
    infinitive = infinitive || (Same(i - 1, "to") && Is(i, kVerbBase)) || Is(i - 1, kGerund);
    // A clause of its own begins: what follows has another subject.
    if (strong) shares = false;
    if ((joined || strong) && (Any(at, {"we", "i"}) || (sign != 0 && IsActor(at)))) {
      const size_t verb = MainVerb(at, size_);
      const bool near = verb < std::min(size_, at + 8);
      if (near && i > unit.span.begin + kMinWords) {
        unit.span.end = i;
        unit.cuts |= kTailCut;
        units.push_back(unit);
        unit = {};
        unit.span = {at, size_};
        unit.cuts = kOpeningDropped;
        unit.verb = verb;
        subject = {at, verb};
        while (subject.size() > 1 && IsMiddle(subject.end - 1)) --subject.end;
        shares = subject.size() <= 7 && !Is(verb, kAuxiliary);
        first_that = 0;
        infinitive = false;
        i = verb + 1;
        continue;
      }
    }
    if (!shares || !joined) {
      // "We propose A, show B, and prove C."
      if (!shares || sign != ',' || !Is(at, kTelling) || !Is(at, kVerbBase) || first_that > 0)
        continue;
    }
    bool same = false;
    const bool telling = Is(at, kTelling) && Is(at, kVerbBase);
    if (Is(unit.verb, kVerbBase) && Any(subject.end - 1, {"we", "i", "authors"})) {
      // After "that", "which" or "to" only what authors do can be theirs again.
      const bool certain = telling && !Is(at, kMaybeNoun);
      same = certain || (telling && sign == ',' && Is(at + 1, kDeterminer)) ||
             (Is(at, kVerbBase) && !Is(at, kMaybeNoun) && first_that == 0 && !infinitive);
    } else if (Is(unit.verb, kVerbS)) {
      same = Is(at, kVerbS) && !Is(at, kMaybeNoun) && first_that == 0;
    } else if (Is(unit.verb, kVerbPast)) {
      same = Is(at, kVerbPast) && first_that == 0 && !infinitive &&
             Is(at + 1, kDeterminer | kSubordinator);
    }
    if (!same || i < unit.verb + 2 || at + 2 >= size_) continue;
    // A condition at the end may belong to both.
    unit.span.end = i;
    unit.cuts |= kTailCut;
    units.push_back(unit);
    unit = {};
    unit.subject = subject;
    unit.span = {at, size_};
    unit.cuts = kConjunctTaken;
    unit.verb = at;
    i = at + 1;
  }
  if (!units.empty() && unit.subject.size() > 0 && Before(unit.span.begin - 1) == 0 &&
      !IsConditionFree(units.back().span.end, size_)) {
    units.pop_back();
    if (units.empty()) {
      Unit one;
      one.span = {begin, size_};
      if (begin > 0) one.cuts = kOpeningDropped;
      one.verb = MainVerb(begin, size_);
      units.push_back(one);
    }
    return units;
  }
  units.push_back(unit);
  return units;
}

// Where the finding begins in "We show that X"; 0 where nothing of the kind is told.
size_t Cutter::AfterReport(const Unit& unit) const {
  if (!Is(unit.verb, kReporting) && !Is(unit.verb, kAuxiliary)) return 0;
  size_t at = unit.verb;
  if (Is(at, kAuxiliary)) {
    // "We have shown that", "It is shown that".
    if (Is(at, kNegation) || Is(at + 1, kNegation) || !Any(at, {"have", "has", "is", "are"}))
      return 0;
    ++at;
    if (!Is(at, kReporting)) return 0;
  }
  if (unit.subject.size() == 0) {
    bool evidence = false;
    for (size_t k = unit.span.begin; k < unit.verb; ++k) {
      evidence = evidence || Is(k, kEvidence | kPaper) || Any(k, {"we", "i"});
      if (words_[k].after != 0 || Is(k, kNegation | kCondition)) return 0;
    }
    if (!evidence || unit.verb - unit.span.begin > 14) return 0;
  }
  ++at;
  while (at < unit.span.end && at < unit.verb + 6 && !Same(at, "that")) {
    // "show empirically that", "show, both in theory and practice, that"
    if (!IsMiddle(at) && !Is(at, kPreposition) &&
        !Any(at, {"theory", "theoretically", "experiments", "and", "practice"}))
      return 0;
    ++at;
  }
  if (!Same(at, "that") || at + kMinWords >= unit.span.end) return 0;
  ++at;
  // A pointer would point at nothing; a condition first is fine.
  if (Any(at, {"it", "they", "this", "these", "those", "such", "its", "their", "in", "to"}) &&
      !(Any(at, {"this", "in"}) && Is(at + 1, kPaper))) {
    return 0;
  }
  return at;
}

bool Cutter::LeavesOpen(const Span& span) const {
  bool pair = false;
  int clauses = 0;
  const size_t verb = MainVerb(span.begin, span.end);
  for (size_t i = span.begin; i < span.end; ++i) {
    if (words_[i].aside) continue;
    if (Any(i, {"both", "either", "between", "neither"}) ||
        (Same(i, "not") && Same(i + 1, "only"))) {
      pair = true;
    } else if (Any(i, {"and", "or", "nor", "but"})) {
      pair = false;
    }
    if (i <= verb) continue;
    if (Any(i, {"that", "which", "whether", "where", "why", "what"})) {
      ++clauses;
    } else if (clauses > 0 && IsFinite(i)) {
      --clauses;
    }
  }
  // "more effective" without its "than" says something else.
  bool compares = false;
  for (size_t i = span.end > span.begin + 6 ? span.end - 6 : span.begin; i < span.end; ++i) {
    compares = compares || Any(i, {"more", "less", "better", "worse", "higher", "lower", "larger",
                                   "smaller", "faster", "fewer", "rather", "other"});
  }
  for (size_t i = span.end; compares && i < size_ && i < span.end + 14 && Before(i) == 0; ++i) {
    if (Same(i, "than")) return true;
  }
  return pair || clauses > 0 ||
         Any(span.end - 1, {"way", "manner", "fashion", "extent", "so", "one"});
}

void Cutter::EmitTails(const Span& subject, const Span& span, uint32_t cuts) {
  const size_t verb = subject.size() > 0 ? span.begin : MainVerb(span.begin, span.end);
  if (verb == span.end) return;
  for (size_t i = verb + 2; i < span.end; ++i) {
    if (out_.size() >= kMostCandidates) return;
    if (!IsBorder(i, span) || IsList(verb, i) || !IsConditionFree(i, span.end)) continue;
    Emit(subject, {span.begin, i}, cuts | kTailCut);
  }
}

// The quotation mark or bracket that opens at the word, or the word.
uint32_t Cutter::OpeningSign(size_t word) const {
  uint32_t begin = words_[word].begin;
  const uint32_t floor = word > 0 ? words_[word - 1].end : 0;
  while (begin > floor && text_[begin - 1] != ' ') --begin;
  const uint32_t spaced = begin;
  while (begin < words_[word].begin && text_[begin] != '"' && text_[begin] != '(' &&
         text_[begin] != '[' && text_.substr(begin, 3) != "\xE2\x80\x9C") {
    ++begin;
  }
  return spaced == floor && word > 0 ? words_[word].begin : begin;
}

// The same, or the comma after an aside.
uint32_t Cutter::PartBegin(size_t word) const {
  const uint32_t begin = OpeningSign(word);
  if (word == 0 || !words_[word - 1].aside) return begin;
  const size_t close = text_.substr(0, begin).find_last_of(")]");
  if (close == std::string_view::npos || close < words_[word - 1].end) return begin;
  const size_t sign = text_.find_first_not_of(' ', close + 1);
  return sign == close + 1 && sign < begin ? static_cast<uint32_t>(sign) : begin;
}

uint32_t Cutter::PartEnd(size_t word) const {
  uint32_t end = words_[word].end;
  while (end < text_.size() && (text_[end] == '"' || text_[end] == ')' || text_[end] == ']')) ++end;
  if (text_.substr(end, 3) == "\xE2\x80\x9D") end += 3;
  return end;
}

// Adds the words of `span` without asides and sequels; false when they are too many parts.
bool Cutter::AddPart(Candidate& candidate, const Span& span) const {
  size_t begin = span.begin;
  const size_t sequels = begin + 8;
  while (begin < span.end) {
    if (words_[begin].aside) {
      candidate.cuts |= kAsideDropped;
      ++begin;
      continue;
    }
    if (begin <= sequels && IsIdleSequel(begin)) {
      candidate.cuts |= kOpeningDropped;
      ++begin;
      continue;
    }
    size_t end = begin + 1;
    while (end < span.end && !words_[end].aside && !(end <= sequels && IsIdleSequel(end))) ++end;
    if (candidate.count == Candidate::kMostRanges) return false;
    const uint32_t first = candidate.count > 0 ? PartBegin(begin) : OpeningSign(begin);
    candidate.parts[candidate.count++] = {first, PartEnd(end - 1)};
    candidate.words = static_cast<uint16_t>(candidate.words + end - begin);
    begin = end;
  }
  return true;
}

void Cutter::Emit(const Span& subject, const Span& span, uint32_t cuts) {
  if (out_.size() >= kMostCandidates || span.end <= span.begin) return;
  Candidate candidate;
  candidate.cuts = static_cast<uint8_t>(cuts);
  if (subject.size() > 0 && !AddPart(candidate, subject)) return;
  if (!AddPart(candidate, span)) return;
  if (candidate.count == 0) return;
  // The sentence itself, but for its stop.
  if (candidate.cuts == kWhole) return;
  // The last word that is kept.
  size_t last = span.end - 1;
  while (last > span.begin && words_[last].aside) --last;
  if (Is(last, kOpenEnd) || candidate.words < kMinWords) return;
  if (Is(last, kTelling | kVerbS) && Is(last, kVerbBase | kVerbS) && !Is(last, kMaybeNoun)) return;
  if (subject.size() == 0 && MainVerb(span.begin, span.end) == span.end) return;
  if (span.end < size_ && subject.size() == 0 && cuts == kTailCut && candidate.words == size_)
    return;
  if (span.end < size_ && LeavesOpen(span)) return;
  for (const Candidate& other : out_) {
    if (other.count == candidate.count &&
        std::equal(other.kept().begin(), other.kept().end(), candidate.kept().begin())) {
      return;
    }
  }
  if (!IsBalanced(TextOf(text_, candidate))) return;
  out_.push_back(candidate);
}

}  // namespace

std::vector<Candidate> Candidates(std::string_view sentence) {
  if (sentence.empty()) return {};
  if (sentence.size() > kLongestSentence) return {Whole(sentence)};
  return Cutter(sentence).Run();
}

std::string TextOf(std::string_view sentence, const Candidate& candidate) {
  std::string text;
  text.reserve(sentence.size() + 1);
  for (const ByteRange& range : candidate.kept()) {
    const std::string_view part = sentence.substr(range.begin, range.end - range.begin);
    const bool sign = !part.empty() && (part[0] == ',' || part[0] == ';' || part[0] == ':');
    if (!text.empty() && !sign) text += ' ';
    text += part;
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == ',' || text.back() == ';' ||
                           text.back() == ':' || text.back() == '-')) {
    text.pop_back();
  }
  if (text.empty()) return text;
  // "eBPF" and "k-means" keep their letters.
  if (text.size() > 1 && IsLower(text[0]) && !IsUpper(text[1]) && text[1] != '-') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  if (text.back() != '.' && text.back() != '!' && text.back() != '?') text += '.';
  return text;
}

bool HasFiniteVerb(std::string_view text) {
  return Cutter(text.substr(0, kLongestSentence)).HasMainVerb();
}

bool IsBalanced(std::string_view text) {
  int round = 0;
  int square = 0;
  int dollars = 0;
  int quotes = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '$' && (i == 0 || text[i - 1] != '\\')) ++dollars;
    if (dollars % 2 == 1) continue;
    if (c == '(') ++round;
    if (c == ')' && --round < 0) return false;
    if (c == '[') ++square;
    if (c == ']' && --square < 0) return false;
    if (c == '"') ++quotes;
    if (text.substr(i, 3) == "\xE2\x80\x9C") ++quotes;
    if (text.substr(i, 3) == "\xE2\x80\x9D") ++quotes;
  }
  return round == 0 && square == 0 && dollars % 2 == 0 && quotes % 2 == 0;
}

}  // namespace paperwire::summarize
