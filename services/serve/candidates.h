#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "services/serve/entry_range.h"
#include "services/serve/snapshot.h"

namespace paperwire::serve {

// Entries of which one value of a facet is asked for, whichever.
struct FacetCondition {
  Facet facet = Facet::kAny;
  std::vector<std::string> values;
};

// The entries that a listing has to look at, in the order of entries: those that the smallest index
// gives, or all where that is no less. As good as the snapshot lives.
class Candidates {
 public:
  // The entries announced from `from` to `to` that meet the condition that fewest meet. Each of
  // `conditions` must have a value.
  Candidates(const Snapshot& snapshot, std::string_view from, std::string_view to,
             const std::vector<FacetCondition>& conditions);

  // That they meet all conditions, not only one of several.
  bool meet_all() const { return meet_all_; }
  size_t size() const { return is_gathered_ ? gathered_.size() : range_.size(); }
  // The first position behind the place of this date and id.
  size_t PositionAfter(std::string_view announced, std::string_view arxiv_id) const;
  // Calls `visit` with each entry from `position` on until it returns false.
  template <typename Visit>
  void VisitFrom(size_t position, const Visit& visit) const {
    if (is_gathered_) {
      while (position < gathered_.size() && visit(*gathered_[position])) ++position;
      return;
    }
    if (position >= range_.size()) return;
    for (const ServedEntry& entry : range_.From(position)) {
      if (!visit(entry)) return;
    }
  }

 private:
  void Gather(const std::vector<EntryRange>& ranges);

  EntryRange range_;
  // Of several ranges, where one will not do.
  std::vector<const ServedEntry*> gathered_;
  bool is_gathered_ = false;
  bool meet_all_ = false;
};

}  // namespace paperwire::serve
