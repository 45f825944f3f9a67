#include "services/summarize/grammar.h"

#include <algorithm>

#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

// Longest clause between commas or dashes that counts as an aside, in words.
constexpr size_t kLongestAside = 18;

}  // namespace

Grammar::Grammar(std::string_view sentence) : text_(sentence) {
  ReadSentenceWords(sentence, words_);
  MarkAsides();
}

bool Grammar::IsMiddle(size_t i) const { return Is(i, kAdverb) && !Is(i, kNegation | kCondition); }

bool Grammar::IsIdleSequel(size_t i) const {
  return i > 0 && i + 1 < words_.size() && Is(i, kSequel) && Before(i) == 0 &&
         words_[i].after == 0 && !Is(i, kNegation) &&
         (Is(i + 1, kVerbBase | kVerbS | kVerbPast | kAuxiliary) || Is(i - 1, kAuxiliary));
}

bool Grammar::IsAuthor(size_t i) const {
  // "(i)" is a place in a list.
  return Same(i, "we") || (Same(i, "i") && words_[i].capital);
}

bool Grammar::IsActor(size_t i) const {
  if (IsAuthor(i) || Any(i, {"our", "my"})) return true;
  if (!Any(i, {"the", "this", "present"})) return false;
  return Is(i + 1, kPaper) || (Any(i + 1, {"present", "current"}) && Is(i + 2, kPaper)) ||
         Any(i + 1, {"proposed", "resulting"});
}

// What can go from the middle of a sentence: "X, which …, wins", "X -- … -- wins".
void Grammar::MarkAsides() {
  size_t dashes = 0;
  WordSpan between;
  for (size_t i = 1; i < words_.size(); ++i) {
    if (words_[i].aside) continue;
    if (Before(i) == '-') {
      ++dashes;
      (dashes == 1 ? between.begin : between.end) = i;
    }
    const bool which = Before(i) == ',' && Any(i, {"which", "who", "such", "including", "a", "an"});
    if (!which) continue;
    size_t end = i + 1;
    while (end < words_.size() && end - i < kLongestAside && Before(end) == 0) ++end;
    if (end >= words_.size() || Before(end) != ',') continue;
    const bool verb = IsFinite(end) || (IsMiddle(end) && IsFinite(end + 1));
    if (!verb || MainVerb(0, i) < i) continue;
    for (size_t k = i; k < end; ++k) words_[k].aside = true;
    i = end - 1;
  }
  if (dashes == 2 && between.end - between.begin < kLongestAside) {
    for (size_t k = between.begin; k < between.end; ++k) words_[k].aside = true;
  }
}

bool Grammar::IsFinite(size_t i) const {
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
                      (i + 1 < words_.size() && words_[i + 1].figure);
  const bool pronoun = Is(before, kPronoun) || Any(before, {"authors", "that", "which"});
  if ((c & kVerbS) != 0) {
    if ((c & kMaybeNoun) == 0) return true;
    if (object || pronoun || (Is(i + 1, kAdverb) && words_[i].after == 0)) return true;
    // "RareNet stores hashes"; "LLM agents solve" has its verb behind.
    constexpr uint32_t kNoObject = kVerbBase | kVerbS | kVerbPast | kAuxiliary | kPreposition |
                                   kConjunction | kSubordinator | kCondition;
    return words_[before].capital && words_[i].after == 0 && i + 1 < words_.size() &&
           !Is(i + 1, kNoObject);
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

size_t Grammar::MainVerb(size_t begin, size_t end) const {
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

bool Grammar::HasMainVerb() const {
  if (MainVerb(0, words_.size()) < words_.size()) return true;
  // Clauses are counted roughly: a verb that no "that" or "which" took will do.
  for (size_t i = 1; i < words_.size(); ++i) {
    if (Any(i - 1, {"that", "which", "who"})) continue;
    if (IsFinite(i)) return true;
    const bool open = !words_[i].aside && Before(i) == 0 && !Is(i - 1, kDeterminer | kPreposition);
    if (open && Is(i, kVerbS) && !Same(i + 1, "of")) return true;
    if (open && Is(i, kVerbBase) && Is(i - 1, kPlural)) return true;
  }
  return false;
}

// "A combines B" waits for "with C"; "A, the B" for ", and C".
bool Grammar::HoldsHalf(const WordSpan& span) const {
  bool combines = false;
  bool item = false;
  for (size_t i = MainVerb(span.begin, span.end); i < span.end; ++i) {
    if (words_[i].aside) continue;
    if (Any(i, {"combine", "combines", "combining", "interleaves", "intertwines"})) {
      combines = true;
    } else if (Any(i, {"and", "with", "or"})) {
      combines = item = false;
    } else if (Is(i, kPlural)) {
      combines = false;
    } else if (Before(i) == ',') {
      item = Is(i, kDeterminer);
    }
  }
  if (!item) return combines;
  constexpr size_t kReach = 20;
  for (size_t i = span.end; i < std::min(words_.size(), span.end + kReach); ++i) {
    if (Before(i) == ',' && Any(i, {"and", "or"})) return true;
    if ((Before(i) != 0 && Before(i) != ',') || Is(i, kSubordinator) || IsFinite(i)) break;
  }
  return combines;
}

bool Grammar::LeavesOpen(const WordSpan& span) const {
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
    // "adapts A, enforces B": the first parts of a list.
    const bool listed = Before(i) == ',' && Is(i, kVerbS | kTelling) &&
                        (!Is(i, kMaybeNoun) || Is(i + 1, kDeterminer));
    if (listed && Is(i, kVerbBase | kVerbS)) pair = true;
    if (Any(i, {"that", "which", "whether", "where", "why", "what"})) {
      ++clauses;
    } else if (clauses > 0 && IsFinite(i)) {
      --clauses;
    }
  }
  if (HoldsHalf(span)) return true;
  // "more effective" without its "than" says something else.
  bool compares = false;
  for (size_t i = span.end > span.begin + 6 ? span.end - 6 : span.begin; i < span.end; ++i) {
    compares = compares || Any(i, {"more", "less", "better", "worse", "higher", "lower", "larger",
                                   "smaller", "faster", "fewer", "rather", "other"});
  }
  for (size_t i = span.end; compares && i < words_.size() && i < span.end + 14 && Before(i) == 0;
       ++i) {
    if (Same(i, "than")) return true;
  }
  return pair || clauses > 0 ||
         Any(span.end - 1, {"way", "manner", "fashion", "extent", "so", "one"});
}

}  // namespace paperwire::summarize
