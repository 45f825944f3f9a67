#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/serve/search/fields.h"
#include "services/serve/served_entry.h"

namespace paperwire::serve::search {

// A paper's number within its segment.
using DocId = uint16_t;
inline constexpr size_t kLargestSegment = 65535;

// How long the groups of a paper are, each rounded to one of 256 lengths.
using Lengths = std::array<uint8_t, kGroups>;
uint8_t RoundedLength(uint32_t words);
// The length that a rounded one stands for.
uint32_t LengthOf(uint8_t rounded);

// Where the words of each field begin among those of the paper, and where the last ones end.
// Between values lie kValueGap positions that no word has, so that no phrase reaches across.
using FieldStarts = std::array<uint32_t, kFields + 1>;
inline constexpr uint32_t kValueGap = 32;

// Some papers and an inverted index of their words, with positions. Immutable, thread-safe.
// Which of the papers still count is not known here.
class Segment {
 public:
  // A term's number.
  using TermId = uint32_t;
  // Of one term: papers in ascending order, and how often it occurs in each.
  struct Postings {
    std::span<const DocId> docs;
    std::span<const uint32_t> counts;
    // Of the first one among all postings of the segment.
    size_t first = 0;
  };

  size_t size() const { return entries_.size(); }
  const EntryPtr& entry(DocId doc) const { return entries_[doc]; }
  std::string_view id(DocId doc) const { return Slice(id_bytes_, id_ends_, doc); }
  // The announcement date as a number that grows with it.
  int32_t day(DocId doc) const { return days_[doc]; }
  const Lengths& lengths(DocId doc) const { return lengths_[doc]; }
  const FieldStarts& starts(DocId doc) const { return starts_[doc]; }
  std::optional<DocId> FindId(std::string_view arxiv_id) const;

  size_t terms() const { return term_ends_.size(); }
  std::string_view term(TermId term) const { return Slice(term_bytes_, term_ends_, term); }
  std::optional<TermId> FindTerm(std::string_view term) const;
  // The terms that begin with `prefix`: first and behind the last.
  std::pair<TermId, TermId> Range(std::string_view prefix) const;
  // The first term that is not before `bound`.
  TermId LowerBound(std::string_view bound) const;

  Postings Of(TermId term) const;
  // Appends the positions of one posting.
  void Positions(size_t posting, std::vector<uint32_t>& out) const;

  // What it takes of memory, without the entries.
  size_t bytes() const;

 private:
  friend class SegmentBuilder;
  friend class SegmentMerger;

  static std::string_view Slice(const std::string& bytes, const std::vector<uint32_t>& ends,
                                size_t index) {
    const size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(bytes).substr(begin, ends[index] - begin);
  }
  // Once all of it is there.
  void Seal();

  std::vector<EntryPtr> entries_;
  std::string id_bytes_;
  std::vector<uint32_t> id_ends_;
  // By id.
  std::vector<DocId> by_id_;
  std::vector<int32_t> days_;
  std::vector<Lengths> lengths_;
  std::vector<FieldStarts> starts_;

  std::string term_bytes_;
  std::vector<uint32_t> term_ends_;
  // By term: behind its last posting.
  std::vector<uint32_t> posting_ends_;
  std::vector<DocId> docs_;
  std::vector<uint32_t> counts_;
  // By posting: behind its last byte. The distances between positions, seven bits a byte.
  std::vector<uint32_t> position_ends_;
  std::string position_bytes_;
};

}  // namespace paperwire::serve::search
