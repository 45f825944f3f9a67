#include "services/serve/search/matches.h"

#include <algorithm>

#include "services/serve/search/sequence_reader.h"

namespace paperwire::serve::search {

float Matches::Weigh(Counts counts, DocId doc, GroupSet groups) const {
  if (groups == 0) groups = 0xff;
  const Lengths& lengths = segment_->lengths(doc);
  float weight = 0;
  for (size_t group = 0; group < kGroups; ++group) {
    const uint32_t count = counts.of(group);
    if (count != 0 && (groups >> group & 1U) != 0) {
      weight += static_cast<float>(count) * (*table_)[group][lengths[group]];
    }
  }
  return weight;
}

template <typename Take>
void Matches::EachOfTerm(Segment::TermId term, const Clause& clause, const Take& take) const {
  const Segment::Postings postings = segment_->Of(term);
  for (size_t i = 0; i < postings.docs.size(); ++i) {
    const DocId doc = postings.docs[i];
    const Counts counts(postings.counts[i]);
    if (IsDead(dead_, doc) || (!clause.fact && !counts.In(clause.groups))) continue;
    take(doc, Weigh(counts, doc, clause.groups));
  }
}

template <typename Take>
void Matches::EachOfRow(const Sequence& sequence, std::optional<Segment::TermId> last,
                        const Clause& clause, const Take& take) const {
  SequenceReader reader(*segment_, sequence, last);
  while (reader.NextDoc()) {
    if (IsDead(dead_, reader.doc())) continue;
    Counts counts;
    const FieldStarts& fields = segment_->starts(reader.doc());
    for (const uint32_t start : reader.Starts(clause.groups)) {
      const Field field = FieldAt(fields, start);
      counts.Add(static_cast<size_t>(kGroupOf[static_cast<size_t>(field)]));
    }
    if (counts.packed() != 0) take(reader.doc(), Weigh(counts, reader.doc(), 0));
  }
}

template <typename Take>
void Matches::EachMatch(const Sequence& sequence, const Clause& clause, const Take& take) const {
  if (sequence.prefix) {
    const auto [begin, end] = segment_->Range(sequence.slots.back().term);
    for (Segment::TermId term = begin; term < end; ++term) {
      if (sequence.slots.size() == 1) {
        EachOfTerm(term, clause, take);
      } else {
        EachOfRow(sequence, term, clause, take);
      }
    }
  } else if (sequence.slots.size() == 1) {
    const auto term = segment_->FindTerm(sequence.slots.front().term);
    if (term) EachOfTerm(*term, clause, take);
  } else {
    EachOfRow(sequence, std::nullopt, clause, take);
  }
}

void Matches::TakeUnion(const Clause& clause) {
  constexpr float kAbsent = -1;
  std::vector<float> weights(segment_->size(), kAbsent);
  for (const Sequence& sequence : clause.any) {
    EachMatch(sequence, clause, [&](DocId doc, float weight) {
      weights[doc] = std::max(weights[doc], 0.0F) + weight;
    });
  }
  for (size_t doc = 0; doc < weights.size(); ++doc) {
    if (weights[doc] < 0) continue;
    own_docs_.push_back(static_cast<DocId>(doc));
    weights_.push_back(weights[doc]);
  }
}

Matches::Matches(const Index& index, const Index::Part& part, const Clause& clause)
    : table_(&index.weights()), segment_(part.segment.get()), dead_(part.dead.get()) {
  const Sequence& first = clause.any.front();
  const bool simple = clause.any.size() == 1 && !first.prefix;
  if (simple && first.slots.size() == 1 && (clause.groups == 0 || clause.fact)) {
    const auto term = segment_->FindTerm(first.slots.front().term);
    if (!term) return;
    const Segment::Postings postings = segment_->Of(*term);
    docs_ = postings.docs;
    counts_ = postings.counts;
    live_ = dead_ == nullptr
                ? docs_.size()
                : static_cast<size_t>(std::count_if(docs_.begin(), docs_.end(), [this](DocId doc) {
                    return !IsDead(dead_, doc);
                  }));
    return;
  }
  if (simple) {
    EachMatch(first, clause, [&](DocId doc, float weight) {
      own_docs_.push_back(doc);
      weights_.push_back(weight);
    });
  } else {
    TakeUnion(clause);
  }
  docs_ = own_docs_;
  live_ = docs_.size();
}

}  // namespace paperwire::serve::search
