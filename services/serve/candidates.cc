#include "services/serve/candidates.h"

#include <algorithm>

namespace paperwire::serve {
namespace {

bool InOrder(const ServedEntry* a, const ServedEntry* b) {
  return Before(a->announced(), a->arxiv_id(), b->announced(), b->arxiv_id());
}

}  // namespace

Candidates::Candidates(const Snapshot& snapshot, std::string_view from, std::string_view to,
                       const std::vector<FacetCondition>& conditions)
    : meet_all_(conditions.size() < 2) {
  std::vector<EntryRange> smallest;
  size_t fewest = 0;
  for (const FacetCondition& condition : conditions) {
    std::vector<std::string_view> values(condition.values.begin(), condition.values.end());
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::vector<EntryRange> ranges;
    size_t count = 0;
    for (const std::string_view value : values) {
      ranges.push_back(snapshot.Of(condition.facet, value).Between(from, to));
      count += ranges.back().size();
    }
    if (smallest.empty() || count < fewest) {
      fewest = count;
      smallest = std::move(ranges);
    }
  }
  if (smallest.empty()) {
    range_ = snapshot.entries().Between(from, to);
  } else if (smallest.size() == 1) {
    range_ = smallest.front();
  } else {
    Gather(smallest);
  }
}

void Candidates::Gather(const std::vector<EntryRange>& ranges) {
  is_gathered_ = true;
  for (const EntryRange& range : ranges) {
    const auto middle = static_cast<std::ptrdiff_t>(gathered_.size());
    for (const ServedEntry& entry : range) gathered_.push_back(&entry);
    std::inplace_merge(gathered_.begin(), gathered_.begin() + middle, gathered_.end(), InOrder);
  }
  gathered_.erase(std::unique(gathered_.begin(), gathered_.end()), gathered_.end());
}

size_t Candidates::PositionAfter(std::string_view announced, std::string_view arxiv_id) const {
  if (!is_gathered_) return range_.size() - range_.After(announced, arxiv_id).size();
  const auto found =
      std::partition_point(gathered_.begin(), gathered_.end(), [&](const ServedEntry* entry) {
        return !Before(announced, arxiv_id, entry->announced(), entry->arxiv_id());
      });
  return static_cast<size_t>(found - gathered_.begin());
}

}  // namespace paperwire::serve
