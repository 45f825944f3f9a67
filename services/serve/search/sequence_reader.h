#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "services/serve/search/query.h"
#include "services/serve/search/segment.h"

namespace paperwire::serve::search {

// Finds where the slots of one sequence stand together in the papers of one segment. Not
// thread-safe; the segment must outlive it.
class SequenceReader {
 public:
  // `last` stands for the last slot's own term. Where a term is not in the segment nothing is
  // found.
  SequenceReader(const Segment& segment, const Sequence& sequence,
                 std::optional<Segment::TermId> last = std::nullopt);
  // With the terms of the slots found already.
  SequenceReader(const Segment& segment, const Sequence& sequence,
                 std::span<const Segment::TermId> terms);

  // Goes on to the next paper that holds all terms, or to `doc`; false: none does.
  bool NextDoc();
  bool GoTo(DocId doc);
  DocId doc() const { return doc_; }

  // Where the sequence begins in the paper, in `groups`; ascending, until the next call.
  std::span<const uint32_t> Starts(GroupSet groups);
  // The words of a name that has its first one at `start`.
  std::vector<uint32_t> Near(uint32_t start) const;

 private:
  struct Cursor {
    Segment::Postings postings;
    size_t at = 0;
    uint32_t offset = 0;
    std::vector<uint32_t> positions;
  };

  void AddCursor(const Slot& slot, Segment::TermId term);
  // Puts `cursor` on the first paper that is not before `doc`; false: there is none.
  static bool Advance(Cursor& cursor, DocId doc);
  // `doc`, on which all cursors stand.
  void Take(DocId doc);
  bool Fits(uint32_t start) const;

  const Segment& segment_;
  bool near_;
  std::vector<Cursor> cursors_;
  // The cursor of fewest papers.
  size_t rarest_ = 0;
  DocId doc_ = 0;
  std::vector<uint32_t> starts_;
};

// The field that a position of the paper lies in.
Field FieldAt(const FieldStarts& starts, uint32_t position);

}  // namespace paperwire::serve::search
