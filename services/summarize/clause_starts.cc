#include "services/summarize/clause_starts.h"

#include <algorithm>

#include "services/summarize/candidates.h"
#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

constexpr size_t kLongestOpening = 32;
constexpr size_t kLongestSubject = 7;
constexpr size_t kMostClauses = 6;
constexpr size_t kLongestReporter = 14;

// "However, ", "More specifically, ", "On the other hand, ": `length` words that only join.
bool Joins(const Grammar& g, size_t at, size_t length) {
  switch (length) {
    case 1:
      return g.Is(at, kAdverb) ||
             g.Any(at, {"however", "here", "thus", "first", "second", "third", "overall", "besides",
                        "yet", "still", "conversely", "concretely", "firstly", "throughout"});
    case 2:
      if (g.Is(at + 1, kAdverb) && g.Any(at, {"more", "most", "perhaps"})) return true;
      return g.Any(at, {"in", "by", "for", "as"}) &&
             g.Any(at + 1,
                   {"particular", "addition", "contrast", "practice", "summary", "short", "turn",
                    "example", "instance", "essence", "brief", "total", "response", "fact"});
    case 3:
      return (g.Same(at, "to") && g.Any(at + 1, {"this", "that"}) && g.Same(at + 2, "end")) ||
             (g.Same(at, "as") && g.Same(at + 1, "a") &&
              g.Any(at + 2, {"result", "consequence"})) ||
             (g.Same(at, "to") && g.Same(at + 1, "do") && g.Any(at + 2, {"so", "this"})) ||
             (g.Same(at, "motivated") && g.Same(at + 1, "by") && g.Same(at + 2, "this"));
    case 4:
      return (g.Same(at, "on") && g.Same(at + 1, "the") && g.Same(at + 2, "other")) ||
             (g.Same(at, "at") && g.Same(at + 2, "same") && g.Same(at + 3, "time"));
    default:
      return false;
  }
}

// A purpose, a motive or a concession; conditions and scopes ("For convex f, we") are none.
bool Motivates(const Grammar& g, size_t at) {
  if (g.Same(at, "in")) {
    return g.Any(at + 1, {"order", "response", "addition", "contrast", "light", "doing"});
  }
  if (g.Same(at, "as")) return g.Any(at + 1, {"a", "an", "opposed", "part"});
  return g.Is(at, kAdverb) ||
         g.Any(at,
               {"motivated", "inspired",  "building",  "based",     "leveraging",    "drawing",
                "guided",    "by",        "through",   "unlike",    "rather",        "instead",
                "although",  "though",    "despite",   "because",   "since",         "while",
                "whereas",   "using",     "following", "observing", "recognizing",   "to",
                "beyond",    "driven",    "grounded",  "combining", "complementing", "exploiting",
                "via",       "extending", "aiming",    "seeking",   "recognising",   "addressing",
                "besides",   "aside",     "apart",     "alongside", "moving",        "departing",
                "starting",  "viewing",   "treating"});
}

// Whether the clause at `next` says who acts without the opening: a name, or "the …" with a verb
// near. Openings that begin with a verb would dangle there.
bool HasOwnSubject(const Grammar& g, size_t opening, size_t next) {
  if (!g.Any(opening, {"to", "despite", "although", "though", "because", "while", "whereas",
                       "unlike", "in"})) {
    return false;
  }
  if (g.Is(next, kPointer | kSubordinator | kCondition | kPreposition | kGerund | kConjunction |
                     kPronoun | kAdverb)) {
    return false;
  }
  if (!g.Is(next, kDeterminer) && !g.word(next).capital) return false;
  for (size_t i = next; i < std::min(g.size(), next + 10); ++i) {
    if (g.IsFinite(i)) return i > next;
    if (g.word(i).after != 0 || g.Is(i, kSubordinator)) return false;
  }
  return false;
}

// "In this paper, "; the word after it, or `at`.
size_t AfterPlace(const Grammar& g, size_t at) {
  if (!g.Same(at, "in") || !g.Any(at + 1, {"this", "the"})) return at;
  size_t noun = at + 2;
  if (g.Any(noun, {"present", "current", "position", "technical", "research"})) ++noun;
  if (!g.Is(noun, kPaper) || noun + 1 >= g.size()) return at;
  const bool ends = g.word(noun).after == ',' || g.Same(noun + 1, "we");
  return ends ? noun + 1 : at;
}

size_t AfterOneOpening(const Grammar& g, size_t at) {
  if (const size_t placed = AfterPlace(g, at); placed > at) return placed;
  const size_t limit = std::min(g.size(), at + kLongestOpening);
  bool first = true;
  for (size_t i = at; i + 1 < limit; ++i) {
    const char sign = g.word(i).after;
    if (sign != 0 && sign != ',') return at;
    if (sign != ',' || g.IsAside(i)) continue;
    const size_t next = i + 1;
    const bool drops =
        (first && Joins(g, at, next - at)) ||
        (Motivates(g, at) && (g.IsActor(next) || (first && HasOwnSubject(g, at, next))));
    if (drops && g.MainVerb(next, g.size()) < g.size()) return next;
    first = false;
  }
  return at;
}

bool IsAuthors(const Grammar& g, size_t i) { return g.IsAuthor(i) || g.Same(i, "authors"); }

// Whether the words of `subject` can be said again before another verb.
bool IsShareable(const Grammar& g, const WordSpan& subject, size_t verb) {
  if (subject.size() == 0 || subject.size() > kLongestSubject || g.Is(verb, kAuxiliary)) {
    return false;
  }
  for (size_t i = subject.begin; i < subject.end; ++i) {
    if (g.word(i).after != 0 || g.IsAside(i)) return false;
  }
  return true;
}

WordSpan SubjectOf(const Grammar& g, size_t begin, size_t verb) {
  WordSpan subject{begin, verb};
  while (subject.size() > 1 && g.IsMiddle(subject.end - 1)) --subject.end;
  return subject;
}

// Reads a sentence clause by clause.
class ClauseReader {
 public:
  ClauseReader(const Grammar& grammar, size_t begin) : g_(grammar) {
    Open(begin, g_.MainVerb(begin, g_.size()), begin > 0 ? kOpeningDropped : kWhole);
  }

  std::vector<Clause> Read() {
    for (size_t i = clause_.verb + 2; i < g_.size() && clauses_.size() < kMostClauses; ++i) {
      if (g_.IsAside(i)) continue;
      i = Step(i);
    }
    // A condition at the end may belong to both sides of a bare "and".
    const bool bare = clause_.subject.size() > 0 && g_.Before(clause_.span.begin - 1) == 0;
    if (bare && !clauses_.empty() && HasCondition(clause_.span.begin)) {
      clause_ = clauses_.back();
      clauses_.pop_back();
      clause_.span.end = g_.size();
      clause_.cuts &= ~static_cast<uint32_t>(kTailCut);
    }
    clauses_.push_back(clause_);
    return std::move(clauses_);
  }

 private:
  void Open(size_t begin, size_t verb, uint32_t cuts) {
    clause_ = {};
    clause_.span = {begin, g_.size()};
    clause_.cuts = cuts;
    clause_.verb = verb;
    subject_ = SubjectOf(g_, begin, verb);
    shares_ = verb < g_.size() && IsShareable(g_, subject_, verb);
    subordinate_ = false;
    infinitive_ = false;
  }

  void Close(size_t end) {
    clause_.span.end = end;
    clause_.cuts |= kTailCut;
    clauses_.push_back(clause_);
  }

  bool HasCondition(size_t from) const {
    for (size_t i = from; i < g_.size(); ++i) {
      if (!g_.IsAside(i) && g_.Is(i, kCondition)) return true;
    }
    return false;
  }

  // Where to go on after what begins at `i`.
  size_t Step(size_t i) {
    subordinate_ = subordinate_ || g_.Is(i - 1, kSubordinator);
    const bool after_to = g_.Same(i - 1, "to") && !g_.Is(i, kDeterminer | kPlural) &&
                          !g_.word(i).capital && !g_.word(i).figure;
    infinitive_ = infinitive_ || after_to || g_.Is(i - 1, kGerund);
    const char sign = g_.Before(i);
    const bool joined = g_.Same(i, "and") && (sign == ',' || sign == 0 || sign == ';');
    const bool strong = sign == ';' || sign == ':' || sign == '-';
    // A clause of its own begins: what follows has another subject.
    if (strong) shares_ = false;
    size_t at = joined ? i + 1 : i;
    while (at < i + 4 && g_.IsMiddle(at)) ++at;
    if (joined || strong) {
      if (const size_t verb = VerbOfNewClause(at, sign != 0); verb > 0) {
        Close(i);
        Open(at, verb, kOpeningDropped);
        return verb + 1;
      }
    }
    // "We propose A, show B, and prove C."
    const bool listed = sign == ',' && g_.Is(at, kTelling) && g_.Is(at, kVerbBase) && !subordinate_;
    if (!shares_ || !(joined || listed) || at + 2 >= g_.size() || !SharesVerbForm(at, sign)) {
      return i;
    }
    Close(i);
    clause_ = {};
    clause_.subject = subject_;
    clause_.span = {at, g_.size()};
    clause_.cuts = kConjunctTaken;
    clause_.verb = at;
    return at + 1;
  }

  // The verb of a clause at `at` that brings its own subject; 0 where there is none.
  size_t VerbOfNewClause(size_t at, bool sign) const {
    const bool actor = g_.IsAuthor(at) || (sign && g_.IsActor(at));
    if (!actor || at < clause_.span.begin + 5) return 0;
    const size_t verb = g_.MainVerb(at, g_.size());
    return verb < std::min(g_.size(), at + 8) ? verb : 0;
  }

  // Whether the verb at `at` can be the second of the first clause's subject.
  bool SharesVerbForm(size_t at, char sign) const {
    const bool telling = g_.Is(at, kTelling) && g_.Is(at, kVerbBase);
    if (g_.Is(clause_.verb, kVerbBase) && IsAuthors(g_, subject_.end - 1)) {
      // After "that", "which" or "to" only what authors do can be theirs again.
      return (telling && !g_.Is(at, kMaybeNoun)) ||
             (telling && sign == ',' && g_.Is(at + 1, kDeterminer)) ||
             (g_.Is(at, kVerbBase) && !g_.Is(at, kMaybeNoun) && !subordinate_ && !infinitive_);
    }
    if (subordinate_) return false;
    if (g_.Is(clause_.verb, kVerbS)) return g_.Is(at, kVerbS) && !g_.Is(at, kMaybeNoun);
    return g_.Is(clause_.verb, kVerbPast) && g_.Is(at, kVerbPast) && !infinitive_ &&
           g_.Is(at + 1, kDeterminer | kSubordinator);
  }

  const Grammar& g_;
  std::vector<Clause> clauses_;
  Clause clause_;
  // Who speaks, for the verbs that follow, and whether they may share it.
  WordSpan subject_;
  bool shares_ = false;
  bool subordinate_ = false;
  bool infinitive_ = false;
};

// The subject of a report: the authors, their paper or their evidence, and nothing doubtful.
bool Reports(const Grammar& g, const WordSpan& subject) {
  if (subject.size() > kLongestReporter) return false;
  // "Under X we prove that": it holds under X.
  if (g.Is(subject.begin, kPreposition | kGerund | kVerbPast | kSubordinator)) return false;
  bool reporter = false;
  for (size_t i = subject.begin; i < subject.end; ++i) {
    reporter = reporter || g.Is(i, kEvidence | kPaper) || g.IsAuthor(i);
    if (g.word(i).after != 0 || g.Is(i, kNegation | kCondition)) return false;
  }
  return reporter;
}

}  // namespace

size_t AfterOpening(const Grammar& grammar) {
  size_t at = 0;
  for (int round = 0; round < 3; ++round) {
    const size_t next = AfterOneOpening(grammar, at);
    if (next == at) break;
    at = next;
  }
  return at;
}

std::vector<Clause> ClausesFrom(const Grammar& grammar, size_t begin) {
  return ClauseReader(grammar, begin).Read();
}

size_t AfterReport(const Grammar& grammar, const Clause& clause) {
  size_t at = clause.verb;
  if (grammar.Is(at, kAuxiliary)) {
    // "We have shown that", "It is shown that".
    if (grammar.Is(at, kNegation) || !grammar.Any(at, {"have", "has", "is", "are"})) return 0;
    ++at;
  }
  if (!grammar.Is(at, kReporting)) return 0;
  if (clause.subject.size() == 0 && !Reports(grammar, {clause.span.begin, clause.verb})) return 0;
  ++at;
  // "show empirically that", "show in theory and practice that"
  while (at < clause.span.end && at < clause.verb + 6 && !grammar.Same(at, "that")) {
    const bool manner = grammar.IsMiddle(at) || grammar.Is(at, kPreposition) ||
                        grammar.Any(at, {"theory", "experiments", "and", "practice"});
    if (!manner) return 0;
    ++at;
  }
  if (!grammar.Same(at, "that") || at + 4 >= clause.span.end) return 0;
  ++at;
  // A pointer would point at nothing.
  const bool points = grammar.Is(at, kPointer) || grammar.Any(at, {"in", "to"}) ||
                      (grammar.Any(at, {"both", "each", "neither"}) && grammar.IsFinite(at + 1));
  const bool paper = grammar.Any(at, {"this", "in"}) && grammar.Is(at + 1, kPaper);
  return points && !paper ? 0 : at;
}

}  // namespace paperwire::summarize
