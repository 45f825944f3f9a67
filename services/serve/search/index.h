#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/serve/search/segment.h"
#include "services/serve/search/segment_merger.h"

namespace paperwire::serve::search {

// The full-text index of one state of the window. Immutable, thread-safe. It is made of segments:
// a change makes a small one and marks what it replaces as dead; smaller segments are merged into
// larger ones, so that a change costs in proportion to itself (amortized) and all but what changed
// is shared with the index before.
class Index {
 public:
  struct Part {
    std::shared_ptr<const Segment> segment;
    // Null: all live.
    std::shared_ptr<const DeadBits> dead;
    uint32_t dead_count = 0;

    size_t live() const { return segment->size() - dead_count; }
  };
  // A paper: the part's place, and its number there.
  struct Place {
    uint32_t part = 0;
    DocId doc = 0;

    friend bool operator==(const Place&, const Place&) = default;
  };
  // By group and rounded length: what one occurrence adds to a paper's weight.
  using WeightTable = std::array<std::array<float, 256>, kGroups>;

  static std::shared_ptr<const Index> Empty();

  // This index after some changes: `changed` replaces what there was of the same id, the last one
  // of several; an id that is both removed and changed stays.
  std::shared_ptr<const Index> After(std::span<const EntryPtr> changed,
                                     std::span<const std::string> removed) const;

  // Oldest first.
  const std::vector<Part>& parts() const { return parts_; }
  // Papers that live.
  size_t size() const { return live_; }
  std::optional<Place> Find(std::string_view arxiv_id) const;
  const WeightTable& weights() const { return weights_; }
  // What it takes of memory, without the entries.
  size_t bytes() const;

 private:
  Index() = default;

  void Kill(std::string_view arxiv_id, std::vector<std::shared_ptr<DeadBits>>& own);
  void Count(const Segment& segment, DocId doc, int sign);
  // Merges what has become too many or too dead.
  void Tidy();
  void WeighLengths();

  std::vector<Part> parts_;
  size_t live_ = 0;
  // Words of all live papers.
  std::array<uint64_t, kGroups> words_ = {};
  WeightTable weights_ = {};
};

using IndexPtr = std::shared_ptr<const Index>;

}  // namespace paperwire::serve::search
