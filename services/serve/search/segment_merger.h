#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "services/serve/search/segment.h"

namespace paperwire::serve::search {

// Which papers of a segment no longer count; a bit each.
using DeadBits = std::vector<uint64_t>;
inline bool IsDead(const DeadBits* dead, DocId doc) {
  return dead != nullptr && ((*dead)[doc / 64] >> (doc % 64) & 1U) != 0;
}

// Makes one segment of the living papers of several, in their order. Linear in what they hold.
class SegmentMerger {
 public:
  struct Source {
    const Segment* segment = nullptr;
    // Null: all live.
    const DeadBits* dead = nullptr;
  };

  // At least one paper lives, and at most kLargestSegment do.
  static std::shared_ptr<const Segment> Merge(std::span<const Source> sources);

 private:
  struct Input {
    const Segment* segment = nullptr;
    Segment::TermId next = 0;
    // By paper: its number in what is made, or kGone.
    std::vector<DocId> renumbered;
  };
  static constexpr DocId kGone = 65535;

  static Input AddDocs(const Source& source, Segment& out);
  // Appends what `input` holds of its next term, and goes on to the one after.
  static void AddPostings(Input& input, Segment& out);
};

}  // namespace paperwire::serve::search
