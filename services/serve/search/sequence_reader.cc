#include "services/serve/search/sequence_reader.h"

#include <algorithm>

namespace paperwire::serve::search {

Field FieldAt(const FieldStarts& starts, uint32_t position) {
  // Of empty fields that begin at the same position the last one has it.
  const auto* behind = std::upper_bound(starts.begin(), starts.begin() + kFields, position);
  return static_cast<Field>(behind - starts.begin() - 1);
}

SequenceReader::SequenceReader(const Segment& segment, const Sequence& sequence,
                               std::optional<Segment::TermId> last)
    : segment_(segment), near_(sequence.near) {
  for (size_t i = 0; i < sequence.slots.size(); ++i) {
    const Slot& slot = sequence.slots[i];
    const bool given = last && i + 1 == sequence.slots.size();
    const auto term = given ? last : segment.FindTerm(slot.term);
    if (!term) {
      cursors_.clear();
      return;
    }
    AddCursor(slot, *term);
  }
}

SequenceReader::SequenceReader(const Segment& segment, const Sequence& sequence,
                               std::span<const Segment::TermId> terms)
    : segment_(segment), near_(sequence.near) {
  for (size_t i = 0; i < terms.size(); ++i) AddCursor(sequence.slots[i], terms[i]);
}

void SequenceReader::AddCursor(const Slot& slot, Segment::TermId term) {
  cursors_.push_back(
      {.postings = segment_.Of(term), .at = 0, .offset = slot.offset, .positions = {}});
  if (cursors_.back().postings.docs.size() < cursors_[rarest_].postings.docs.size()) {
    rarest_ = cursors_.size() - 1;
  }
}

bool SequenceReader::Advance(Cursor& cursor, DocId doc) {
  const std::span<const DocId> docs = cursor.postings.docs;
  size_t step = 1;
  size_t end = cursor.at;
  while (end < docs.size() && docs[end] < doc) {
    cursor.at = end + 1;
    end += step;
    step *= 2;
  }
  end = std::min(end, docs.size());
  cursor.at =
      static_cast<size_t>(std::lower_bound(docs.begin() + static_cast<ptrdiff_t>(cursor.at),
                                           docs.begin() + static_cast<ptrdiff_t>(end), doc) -
                          docs.begin());
  return cursor.at < docs.size();
}

void SequenceReader::Take(DocId doc) {
  doc_ = doc;
  for (Cursor& cursor : cursors_) {
    cursor.positions.clear();
    segment_.Positions(cursor.postings.first + cursor.at, cursor.positions);
  }
}

bool SequenceReader::GoTo(DocId doc) {
  if (cursors_.empty()) return false;
  for (Cursor& cursor : cursors_) {
    if (!Advance(cursor, doc) || cursor.postings.docs[cursor.at] != doc) return false;
  }
  Take(doc);
  return true;
}

bool SequenceReader::NextDoc() {
  if (cursors_.empty()) return false;
  Cursor& rarest = cursors_[rarest_];
  while (rarest.at < rarest.postings.docs.size()) {
    const DocId doc = rarest.postings.docs[rarest.at];
    bool in_all = true;
    for (Cursor& cursor : cursors_) {
      if (!Advance(cursor, doc)) return false;
      if (cursor.postings.docs[cursor.at] != doc) {
        in_all = false;
        break;
      }
    }
    if (in_all) {
      Take(doc);
      ++rarest.at;
      return true;
    }
    ++rarest.at;
  }
  return false;
}

namespace {

// Words of one value are nearer to each other than values are.
std::vector<uint32_t>::const_iterator FirstNear(const std::vector<uint32_t>& positions,
                                                uint32_t start) {
  const uint32_t from = start < kValueGap ? 0 : start - kValueGap + 1;
  const auto found = std::lower_bound(positions.begin(), positions.end(), from);
  return found != positions.end() && *found < start + kValueGap ? found : positions.end();
}

}  // namespace

bool SequenceReader::Fits(uint32_t start) const {
  return std::all_of(cursors_.begin() + 1, cursors_.end(), [&](const Cursor& cursor) {
    const std::vector<uint32_t>& positions = cursor.positions;
    return near_ ? FirstNear(positions, start) != positions.end()
                 : std::binary_search(positions.begin(), positions.end(), start + cursor.offset);
  });
}

std::vector<uint32_t> SequenceReader::Near(uint32_t start) const {
  std::vector<uint32_t> near = {start};
  for (size_t i = 1; i < cursors_.size(); ++i) {
    const auto found = FirstNear(cursors_[i].positions, start);
    if (found != cursors_[i].positions.end()) near.push_back(*found);
  }
  return near;
}

std::span<const uint32_t> SequenceReader::Starts(GroupSet groups) {
  starts_.clear();
  const FieldStarts& fields = segment_.starts(doc_);
  for (const uint32_t position : cursors_.front().positions) {
    if (groups != 0) {
      const Group group = kGroupOf[static_cast<size_t>(FieldAt(fields, position))];
      if ((groups & SetOf(group)) == 0) continue;
    }
    if (Fits(position)) starts_.push_back(position);
  }
  return starts_;
}

}  // namespace paperwire::serve::search
