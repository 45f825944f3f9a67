#include "services/serve/search/segment.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace paperwire::serve::search {
namespace {

// Lengths below it are exact.
constexpr uint32_t kExact = 64;
// Steps between a length and its double.
constexpr uint32_t kSteps = 16;

}  // namespace

uint8_t RoundedLength(uint32_t words) {
  if (words < kExact) return static_cast<uint8_t>(words);
  const auto octave = static_cast<uint32_t>(std::bit_width(words)) - std::bit_width(kExact);
  const uint32_t step = (words >> (octave + 2)) - kSteps;
  return static_cast<uint8_t>(std::min(kExact + octave * kSteps + step, 255U));
}

uint32_t LengthOf(uint8_t rounded) {
  if (rounded < kExact) return rounded;
  const uint32_t octave = (rounded - kExact) / kSteps;
  return (kSteps + (rounded - kExact) % kSteps) << (octave + 2);
}

std::optional<DocId> Segment::FindId(std::string_view arxiv_id) const {
  const auto found = std::lower_bound(by_id_.begin(), by_id_.end(), arxiv_id,
                                      [&](DocId doc, std::string_view to) { return id(doc) < to; });
  if (found == by_id_.end() || id(*found) != arxiv_id) return std::nullopt;
  return *found;
}

Segment::TermId Segment::LowerBound(std::string_view bound) const {
  TermId begin = 0;
  auto end = static_cast<TermId>(terms());
  while (begin < end) {
    const TermId middle = begin + (end - begin) / 2;
    if (term(middle) < bound) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

std::optional<Segment::TermId> Segment::FindTerm(std::string_view wanted) const {
  const TermId found = LowerBound(wanted);
  if (found == terms() || term(found) != wanted) return std::nullopt;
  return found;
}

std::pair<Segment::TermId, Segment::TermId> Segment::Range(std::string_view prefix) const {
  // No byte of UTF-8 is 0xff.
  std::string behind(prefix);
  behind += '\xff';
  return {LowerBound(prefix), LowerBound(behind)};
}

Segment::Postings Segment::Of(TermId term) const {
  const size_t begin = term == 0 ? 0 : posting_ends_[term - 1];
  const size_t count = posting_ends_[term] - begin;
  return {.docs = std::span(docs_).subspan(begin, count),
          .counts = std::span(counts_).subspan(begin, count),
          .first = begin};
}

void Segment::Positions(size_t posting, std::vector<uint32_t>& out) const {
  size_t at = posting == 0 ? 0 : position_ends_[posting - 1];
  const size_t end = position_ends_[posting];
  uint32_t position = 0;
  while (at < end) {
    uint32_t distance = 0;
    int shift = 0;
    uint8_t byte = 0;
    do {
      byte = static_cast<uint8_t>(position_bytes_[at++]);
      distance |= static_cast<uint32_t>(byte & 0x7fU) << shift;
      shift += 7;
    } while ((byte & 0x80U) != 0);
    position += distance;
    out.push_back(position);
  }
}

size_t Segment::bytes() const {
  return entries_.capacity() * sizeof(EntryPtr) + id_bytes_.capacity() +
         id_ends_.capacity() * sizeof(uint32_t) + by_id_.capacity() * sizeof(DocId) +
         days_.capacity() * sizeof(int32_t) + lengths_.capacity() * sizeof(Lengths) +
         starts_.capacity() * sizeof(FieldStarts) + term_bytes_.capacity() +
         (term_ends_.capacity() + posting_ends_.capacity()) * sizeof(uint32_t) +
         docs_.capacity() * sizeof(DocId) +
         (counts_.capacity() + position_ends_.capacity()) * sizeof(uint32_t) +
         position_bytes_.capacity();
}

void Segment::Seal() {
  by_id_.resize(size());
  std::iota(by_id_.begin(), by_id_.end(), DocId{0});
  std::sort(by_id_.begin(), by_id_.end(), [this](DocId a, DocId b) { return id(a) < id(b); });
  id_bytes_.shrink_to_fit();
  term_bytes_.shrink_to_fit();
  position_bytes_.shrink_to_fit();
  entries_.shrink_to_fit();
  id_ends_.shrink_to_fit();
  days_.shrink_to_fit();
  lengths_.shrink_to_fit();
  starts_.shrink_to_fit();
  term_ends_.shrink_to_fit();
  posting_ends_.shrink_to_fit();
  docs_.shrink_to_fit();
  counts_.shrink_to_fit();
  position_ends_.shrink_to_fit();
}

}  // namespace paperwire::serve::search
