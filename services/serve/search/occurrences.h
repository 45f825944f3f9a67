#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/serve/search/entry_text.h"
#include "services/serve/search/index.h"
#include "services/serve/search/query.h"
#include "services/serve/search/words.h"

namespace paperwire::serve::search {

// Where a clause holds in one paper.
struct Occurrence {
  uint32_t position = 0;
  // Words.
  uint32_t length = 0;
  // Of the query.
  uint32_t clause = 0;
  // What was found there, of one word; kNoTerm: a row of words.
  Segment::TermId term = kNoTerm;

  static constexpr Segment::TermId kNoTerm = 0xffffffff;
};

// Finds where the clauses of a query hold in the papers of one segment. Both must outlive it. Not
// thread-safe.
class OccurrenceFinder {
 public:
  OccurrenceFinder(const Segment& segment, const Query& query);

  // In ascending order, at most some hundreds.
  std::vector<Occurrence> Find(DocId doc);

 private:
  // A sequence with the terms of its slots; for a prefix, those that may stand for the last one.
  struct Resolved {
    const Sequence* sequence = nullptr;
    const Clause* clause = nullptr;
    uint32_t number = 0;
    std::vector<Segment::TermId> slots;
    Segment::TermId last_begin = 0;
    Segment::TermId last_end = 0;
  };

  void Resolve(const Clause& clause, uint32_t number);
  void FindIn(const Resolved& resolved, Segment::TermId last);
  void Add(const Resolved& resolved, uint32_t position, uint32_t length,
           Segment::TermId term = Occurrence::kNoTerm);

  const Segment& segment_;
  std::vector<Resolved> resolved_;
  // While one paper is looked at.
  DocId doc_ = 0;
  std::vector<Occurrence> found_;
  size_t most_ = 0;
  std::vector<uint32_t> positions_;
};

// The term that a word as written stands for.
std::string TermOf(std::string_view word);

// A value of a field, with the positions that its words have among those of the paper.
struct PlacedValue {
  std::string_view text;
  // Of its first word.
  uint32_t first = 0;
  std::vector<Word> words;

  // The word at `position` of the paper; null: none stands there.
  const Word* At(uint32_t position) const;
  std::string_view Written(const Word& word) const {
    return text.substr(word.begin, word.end - word.begin);
  }
};

// The value of `field` that holds `position`; empty where none does (the text is another one than
// what was indexed).
PlacedValue ValueAt(const EntryText& text, const FieldStarts& starts, Field field,
                    uint32_t position);

}  // namespace paperwire::serve::search
