#pragma once

#include <cstdint>
#include <string_view>

namespace paperwire::summarize {

// What a word can be in an English sentence; one word can be several. A guess from word lists and
// endings, made for abstracts.
enum WordClass : uint32_t {
  kAuxiliary = 1U << 0U,         // is, are, has, does, can, will
  kVerbBase = 1U << 1U,          // show, propose: finite after "we" or a plural
  kVerbS = 1U << 2U,             // shows, proposes
  kVerbPast = 1U << 3U,          // showed, proposed: past or participle
  kGerund = 1U << 4U,            // showing
  kMaybeNoun = 1U << 5U,         // results, models, use: a verb form that is a noun as well
  kPronoun = 1U << 6U,           // we, they, it, I
  kDeterminer = 1U << 7U,        // the, a, our, all
  kPreposition = 1U << 8U,       // of, in, on, with
  kSubordinator = 1U << 9U,      // that, which, where, how
  kCondition = 1U << 10U,        // if, when, only, unless, but
  kNegation = 1U << 11U,         // not, no, cannot
  kConjunction = 1U << 12U,      // and, or, nor
  kAdverb = 1U << 13U,           // also, further, empirically
  kPlural = 1U << 14U,           // ends as plurals do
  kPointer = 1U << 15U,          // this, these, it, such: says what was said before
  kTelling = 1U << 16U,          // verbs of authors: propose, show, prove
  kReporting = 1U << 17U,        // verbs that "that X" follows and X is claimed: show, find, prove
  kEvidence = 1U << 18U,         // experiments, results, simulations
  kPaper = 1U << 19U,            // paper, work, study, authors
  kOpenEnd = 1U << 20U,          // leaves the reader waiting at the end of a sentence
  kSequel = 1U << 21U,           // also, further, then: needs something before it
  kTakesInfinitive = 1U << 22U,  // able, allow, ability: "to do" after it belongs to it
};

// A word in lower case as a number, for comparing many words fast.
class WordKey {
 public:
  // "propose"; computed when compiled.
  consteval WordKey(const char* lower) : value_(kSeed) {
    for (; *lower != '\0'; ++lower) Add(*lower);
  }
  // Of letters in any case.
  static constexpr WordKey Of(std::string_view word) {
    WordKey key;
    for (const char c : word) key.Add(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    return key;
  }

  constexpr uint64_t value() const { return value_; }
  friend constexpr bool operator==(const WordKey&, const WordKey&) = default;

 private:
  static constexpr uint64_t kSeed = 14695981039346656037U;

  constexpr WordKey() : value_(kSeed) {}
  constexpr void Add(char c) { value_ = (value_ ^ static_cast<unsigned char>(c)) * 1099511628211U; }

  uint64_t value_;
};

// The classes of `word`, letters in any case, without punctuation. Pure, thread-safe.
uint32_t ClassesOf(std::string_view word);
// The same where its key is known.
uint32_t ClassesOf(std::string_view word, WordKey key);

}  // namespace paperwire::summarize
