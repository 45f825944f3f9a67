#include "services/serve/search/occurrences.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/serve/plural.h"
#include "services/serve/search/sequence_reader.h"

namespace paperwire::serve::search {
namespace {

// More of them show nothing more.
constexpr size_t kMostOfSequence = 64;
constexpr size_t kUsualWords = 250;

}  // namespace

OccurrenceFinder::OccurrenceFinder(const Segment& segment, const Query& query) : segment_(segment) {
  for (uint32_t number = 0; number < query.all.size(); ++number) {
    if (!query.all[number].fact) Resolve(query.all[number], number);
  }
}

void OccurrenceFinder::Resolve(const Clause& clause, uint32_t number) {
  for (const Sequence& sequence : clause.any) {
    Resolved resolved;
    resolved.sequence = &sequence;
    resolved.clause = &clause;
    resolved.number = number;
    bool all = true;
    for (const Slot& slot : sequence.slots) {
      const bool last = &slot == &sequence.slots.back();
      if (last && sequence.prefix) {
        std::tie(resolved.last_begin, resolved.last_end) = segment_.Range(slot.term);
        all = all && resolved.last_begin < resolved.last_end;
      } else if (const auto term = segment_.FindTerm(slot.term)) {
        resolved.slots.push_back(*term);
        resolved.last_begin = *term;
        resolved.last_end = *term + 1;
      } else {
        all = false;
        break;
      }
    }
    if (!all) continue;
    if (!sequence.prefix) resolved.slots.pop_back();
    resolved_.push_back(std::move(resolved));
  }
}

void OccurrenceFinder::Add(const Resolved& resolved, uint32_t position, uint32_t length,
                           Segment::TermId term) {
  if (found_.size() >= most_) return;
  if (resolved.clause->groups != 0) {
    const Field field = FieldAt(segment_.starts(doc_), position);
    if ((resolved.clause->groups & SetOf(kGroupOf[static_cast<size_t>(field)])) == 0) return;
  }
  found_.push_back(
      {.position = position, .length = length, .clause = resolved.number, .term = term});
}

void OccurrenceFinder::FindIn(const Resolved& resolved, Segment::TermId last) {
  const Sequence& sequence = *resolved.sequence;
  if (sequence.slots.size() == 1) {
    const Segment::Postings postings = segment_.Of(last);
    const auto at = std::lower_bound(postings.docs.begin(), postings.docs.end(), doc_);
    if (at == postings.docs.end() || *at != doc_) return;
    positions_.clear();
    segment_.Positions(postings.first + static_cast<size_t>(at - postings.docs.begin()),
                       positions_);
    for (const uint32_t position : positions_) Add(resolved, position, 1, last);
    return;
  }
  std::vector<Segment::TermId> terms = resolved.slots;
  terms.push_back(last);
  SequenceReader reader(segment_, sequence, terms);
  if (!reader.GoTo(doc_)) return;
  for (const uint32_t start : reader.Starts(resolved.clause->groups)) {
    if (!sequence.near) {
      Add(resolved, start, sequence.slots.back().offset + 1);
    } else {
      for (const uint32_t position : reader.Near(start)) Add(resolved, position, 1);
    }
  }
}

std::vector<Occurrence> OccurrenceFinder::Find(DocId doc) {
  doc_ = doc;
  found_.clear();
  for (const Resolved& resolved : resolved_) {
    most_ = found_.size() + kMostOfSequence;
    for (Segment::TermId last = resolved.last_begin;
         last < resolved.last_end && found_.size() < most_; ++last) {
      FindIn(resolved, last);
    }
  }
  std::sort(found_.begin(), found_.end(), [](const Occurrence& a, const Occurrence& b) {
    if (a.position != b.position) return a.position < b.position;
    return a.length > b.length;
  });
  return std::exchange(found_, {});
}

std::string TermOf(std::string_view word) {
  std::string term;
  FoldWord(word, term);
  TakePlural(term, 0);
  return term;
}

const Word* PlacedValue::At(uint32_t position) const {
  if (position < first) return nullptr;
  const auto found =
      std::lower_bound(words.begin(), words.end(), position - first,
                       [](const Word& word, uint32_t wanted) { return word.position < wanted; });
  return found == words.end() || found->position != position - first ? nullptr : &*found;
}

PlacedValue ValueAt(const EntryText& text, const FieldStarts& starts, Field field,
                    uint32_t position) {
  PlacedValue value;
  uint32_t first = starts[static_cast<size_t>(field)];
  value.words.reserve(kUsualWords);
  for (const std::string_view candidate : text.of(field)) {
    value.words.clear();
    WordScanner scanner(candidate);
    for (Word word; scanner.Next(word);) value.words.push_back(word);
    const uint32_t positions = value.words.empty() ? 0 : value.words.back().position + 1;
    if (position < first + positions) {
      value.text = candidate;
      value.first = first;
      return value;
    }
    first += positions + kValueGap;
  }
  value.words.clear();
  return value;
}

}  // namespace paperwire::serve::search
