#include "services/serve/candidates.h"

#include <algorithm>
#include <iterator>
#include <utility>

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
  const EntryRange all = snapshot.entries().Between(from, to);
  if (smallest.empty()) {
    range_ = all;
  } else if (smallest.size() == 1) {
    range_ = smallest.front();
  } else if (fewest >= all.size()) {
    range_ = all;
    meet_all_ = false;
  } else {
    Gather(smallest);
  }
}

void Candidates::Gather(const std::vector<EntryRange>& ranges) {
  is_gathered_ = true;
  std::vector<std::vector<const ServedEntry*>> runs;
  for (const EntryRange& range : ranges) {
    if (range.empty()) continue;
    runs.emplace_back().reserve(range.size());
    for (const ServedEntry& entry : range) runs.back().push_back(&entry);
  }
  // By twos, so that each entry is moved as often as the number of ranges can be halved.
  while (runs.size() > 1) {
    std::vector<std::vector<const ServedEntry*>> merged;
    for (size_t i = 0; i + 1 < runs.size(); i += 2) {
      std::set_union(runs[i].begin(), runs[i].end(), runs[i + 1].begin(), runs[i + 1].end(),
                     std::back_inserter(merged.emplace_back()), InOrder);
    }
    if (runs.size() % 2 == 1) merged.push_back(std::move(runs.back()));
    runs = std::move(merged);
  }
  if (!runs.empty()) gathered_ = std::move(runs.front());
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
