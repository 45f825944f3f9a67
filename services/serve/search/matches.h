#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "services/serve/search/index.h"
#include "services/serve/search/query.h"

namespace paperwire::serve::search {

// The papers of one segment that a clause matches, in ascending order, with what the clause's words
// weigh in each. Where a clause is one term they are read as they lie in the segment, the dead ones
// with them. Movable; the segment must outlive it.
class Matches {
 public:
  Matches(const Index& index, const Index::Part& part, const Clause& clause);

  std::span<const DocId> docs() const { return docs_; }
  // Of the paper at `index` of docs().
  float weight(size_t index) const {
    return counts_.empty() ? weights_[index] : Weigh(Counts(counts_[index]), docs_[index], 0);
  }
  // How many of them live.
  size_t live() const { return live_; }

 private:
  float Weigh(Counts counts, DocId doc, GroupSet groups) const;
  // Calls `take(doc, weight)` for each paper of one sequence, in ascending order unless it is a
  // prefix.
  template <typename Take>
  void EachMatch(const Sequence& sequence, const Clause& clause, const Take& take) const;
  template <typename Take>
  void EachOfTerm(Segment::TermId term, const Clause& clause, const Take& take) const;
  template <typename Take>
  void EachOfRow(const Sequence& sequence, std::optional<Segment::TermId> last,
                 const Clause& clause, const Take& take) const;
  void TakeUnion(const Clause& clause);

  const Index::WeightTable* table_;
  const Segment* segment_;
  const DeadBits* dead_;
  std::span<const DocId> docs_;
  std::span<const uint32_t> counts_;
  std::vector<DocId> own_docs_;
  std::vector<float> weights_;
  size_t live_ = 0;
};

}  // namespace paperwire::serve::search
