#include "services/summarize/clause_ends.h"

#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

// Whether what begins at `i` after ", " tells more about the clause before.
bool IsCommaBorder(const Grammar& g, size_t i) {
  size_t at = i;
  if (g.Same(i, "and")) {
    ++at;
    while (g.IsMiddle(at)) ++at;
    if (g.IsActor(at) || g.Any(at, {"that", "it", "they"})) return true;
    if (g.Is(at, kMaybeNoun)) return false;
    return g.Is(at, kVerbS) || (g.Is(at, kTelling) && g.Is(at, kVerbBase));
  }
  while (g.IsMiddle(at)) ++at;
  if (g.Is(at, kGerund)) {
    // No list of activities: "training, testing, and tuning".
    return g.word(at).after != ',' && !g.Any(at + 1, {"and", "or"});
  }
  if (g.Same(at, "as")) return g.Any(at + 1, {"well", "measured", "evidenced", "shown"});
  if (g.Same(at, "to")) return !g.Any(at + 1, {"our", "my", "the", "date"});
  return g.Any(
      at,
      {"which",   "while",        "where",   "whereas",  "thereby",    "thus",      "hence",
       "whose",   "who",          "such",    "followed", "including",  "with",      "without",
       "based",   "particularly", "notably", "namely",   "especially", "compared",  "via",
       "through", "by",           "so",      "each",     "resulting",  "a",         "an",
       "the",     "because",      "since",   "even",     "consistent", "in",        "on",
       "for",     "at",           "from",    "to",       "both",       "all",       "one",
       "despite", "across",       "rather",  "instead",  "unlike",     "motivated", "inspired"});
}

// "a model that …": what follows tells more about something new; "methods that …" would say
// something else without it.
bool IsRelative(const Grammar& g, size_t i, size_t begin) {
  const bool verb = g.Is(i + 1, kVerbS | kAuxiliary | kVerbBase) || g.Same(i + 1, "we") ||
                    (g.IsMiddle(i + 1) && g.Is(i + 2, kVerbS));
  if (!verb) return false;
  for (size_t k = i; k > begin && i - k < 10; --k) {
    if (g.Any(k - 1, {"a", "an"})) return true;
    const bool stops = g.Is(k - 1, kDeterminer | kPreposition | kSubordinator) || g.IsFinite(k - 1);
    if (stops && !g.Any(k - 1, {"for", "of"})) return false;
  }
  return false;
}

// "… to improve X": what something is done for. "is able to", "allows X to" need it.
bool IsPurpose(const Grammar& g, size_t i, size_t verb) {
  if (!g.Is(i + 1, kVerbBase) && !(g.Is(i + 1, kAdverb) && g.Is(i + 2, kVerbBase))) return false;
  if (g.Is(verb, kAuxiliary)) return false;
  if (i < verb + 3 || g.Is(i - 1, kAuxiliary | kPronoun | kConjunction | kNegation)) return false;
  if (g.Is(i - 1, kVerbBase | kVerbS | kVerbPast) && !g.Is(i - 1, kMaybeNoun)) return false;
  for (size_t k = verb; k < i; ++k) {
    if (g.Is(k, kTakesInfinitive)) return false;
  }
  return true;
}

// Whether what begins at `i` without a comma can go.
bool IsBareBorder(const Grammar& g, size_t i, const Clause& clause) {
  // "is performed using X" says nothing without X.
  const bool passive = g.Is(i - 1, kVerbPast) && g.Is(i - 2, kAuxiliary | kAdverb);
  if (g.Same(i, "by")) {
    return !passive && (g.Is(i + 1, kGerund) || (g.Is(i + 1, kAdverb) && g.Is(i + 2, kGerund)));
  }
  if (g.Same(i, "to")) return IsPurpose(g, i, clause.verb);
  if (g.Same(i, "as")) return g.Same(i + 1, "well") && g.Same(i + 2, "as");
  if (g.Same(i, "in")) return g.Same(i + 1, "order") && g.Same(i + 2, "to");
  if (g.Same(i, "such")) return g.Same(i + 1, "as");
  if (g.Same(i, "based")) {
    return g.Any(i + 1, {"on", "upon"}) && !g.Is(i - 1, kAuxiliary | kAdverb);
  }
  if (g.Same(i, "compared")) return g.Any(i + 1, {"to", "with"});
  if (g.Any(i, {"leading", "relative"})) return g.Same(i + 1, "to");
  if (g.Same(i, "resulting")) return g.Same(i + 1, "in");
  if (g.Any(i, {"that", "which"})) return IsRelative(g, i, clause.span.begin);
  if (g.Same(i, "and")) {
    size_t at = i + 1;
    while (g.IsMiddle(at)) ++at;
    return g.IsActor(at) && !g.Any(at, {"the", "our", "my"});
  }
  if (g.Same(i, "for")) {
    return !g.Is(i - 1, kVerbBase | kVerbS | kVerbPast | kGerund | kAuxiliary) ||
           g.Is(i - 1, kMaybeNoun);
  }
  return g.Any(i,
               {"while", "thereby", "via", "using", "through", "across", "including", "without",
                "rather", "leveraging", "achieving", "despite", "because", "whereas", "where"}) &&
         !g.Is(i - 1, kAuxiliary | kAdverb) && !passive;
}

// Whether the clause says what the authors did, so that less of it is still true: "We propose X
// for Y" is, "X wins on Y" is not.
bool TellsDeed(const Grammar& g, const Clause& clause) {
  const WordSpan& subject = clause.subject.size() > 0 ? clause.subject : clause.span;
  const bool authors = g.IsAuthor(subject.begin) || g.Is(subject.begin + 1, kPaper);
  return authors && g.Is(clause.verb, kVerbBase | kVerbS | kVerbPast) &&
         !g.Is(clause.verb + 1, kSubordinator) && !g.Same(clause.verb + 1, "to");
}

// Where a deed can be told in fewer words: "… on nine tasks", "… trained on nine tasks".
bool IsDeedBorder(const Grammar& g, size_t i, const Clause& clause) {
  if (i < clause.verb + 4) return false;
  const bool noun = !g.Is(i - 1, kVerbBase | kVerbS | kVerbPast | kGerund | kAuxiliary | kAdverb |
                                     kPreposition | kDeterminer | kConjunction | kPronoun) ||
                    g.Is(i - 1, kMaybeNoun | kPlural);
  if (!noun) return false;
  if (g.Any(i, {"in", "on", "with", "from", "for", "over", "during", "within", "under", "at"})) {
    return true;
  }
  if (g.Is(i, kGerund)) return g.Is(i + 1, kDeterminer);
  return g.Is(i, kVerbPast) && !g.Is(i, kVerbBase | kVerbS) && g.Is(i + 1, kPreposition);
}

// Whether what follows the comma before `i` is one of a list: "A, the B, and C", not "A, the B".
bool IsListed(const Grammar& g, size_t i, const Clause& clause) {
  for (size_t k = i + 1; k < clause.span.end && k < i + 14; ++k) {
    if (g.IsAside(k)) continue;
    const char sign = g.Before(k);
    if (sign != 0 && sign != ',') return false;
    if (g.Is(k, kSubordinator) || g.IsFinite(k)) return false;
    if (!g.Any(k, {"and", "or"})) continue;
    // "the B and D" may be one thing; "helping A, B, and C" has a list of its own.
    return sign == ',' && (!g.Is(i, kGerund) || g.Is(k + 1, kGerund));
  }
  return false;
}

bool IsBorder(const Grammar& g, size_t i, const Clause& clause) {
  if (g.IsAside(i) || g.IsAside(i - 1)) return false;
  switch (g.Before(i)) {
    case ';':
    case ':':
    case '-':
      return true;
    case ',':
      return IsCommaBorder(g, i) && !(g.Is(i, kDeterminer | kGerund) && IsListed(g, i, clause));
    case '\0':
      return IsBareBorder(g, i, clause) || (TellsDeed(g, clause) && IsDeedBorder(g, i, clause));
    default:
      return false;
  }
}

}  // namespace

void ClauseEnds(const Grammar& grammar, const Clause& clause, std::vector<size_t>& ends) {
  ends.clear();
  size_t last_condition = 0;
  // Conditions that begin what a comma cuts off hold for what is before it.
  size_t last_open_condition = 0;
  for (size_t i = clause.verb; i < clause.span.end; ++i) {
    if (grammar.IsAside(i) || !grammar.Is(i, kCondition)) continue;
    last_condition = i;
    if (grammar.Before(i) != 0) last_open_condition = i;
  }
  for (size_t i = clause.verb + 2; i < clause.span.end; ++i) {
    const char sign = grammar.Before(i);
    // A list that a colon announces is told whole or not at all.
    if (grammar.Before(i - 1) == ':') break;
    if (!IsBorder(grammar, i, clause)) continue;
    if (i <= last_open_condition || (sign == 0 && i <= last_condition)) continue;
    ends.push_back(i);
  }
}

}  // namespace paperwire::summarize
