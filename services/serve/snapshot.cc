#include "services/serve/snapshot.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace paperwire::serve {

bool Before(std::string_view announced_a, std::string_view id_a, std::string_view announced_b,
            std::string_view id_b) {
  if (announced_a != announced_b) return announced_a > announced_b;
  return id_a > id_b;
}

Snapshot::Snapshot(std::string epoch, window::Cursor cursor, std::vector<EntryPtr> entries,
                   std::vector<Gone> gone, std::string_view oldest)
    : epoch_(std::move(epoch)),
      cursor_(cursor),
      owned_(std::move(entries)),
      gone_(std::move(gone)) {
  std::erase_if(owned_, [&](const EntryPtr& entry) { return entry->announced() < oldest; });
  std::sort(owned_.begin(), owned_.end(), [](const EntryPtr& a, const EntryPtr& b) {
    return Before(a->announced(), a->arxiv_id(), b->announced(), b->arxiv_id());
  });
  entries_.reserve(owned_.size());
  by_id_.reserve(owned_.size());
  const ServedEntry* newest = nullptr;
  for (const EntryPtr& owned : owned_) {
    const ServedEntry* entry = owned.get();
    entries_.push_back(entry);
    by_id_.emplace(entry->arxiv_id(), entry);
    ++dates_[entry->announced()];
    if (!entry->tag_model().empty() && (newest == nullptr || newest->tagged() < entry->tagged())) {
      newest = entry;
    }
    for (const std::string_view tag : entry->values(Facet::kTag)) {
      std::vector<const ServedEntry*>& tagged = by_tag_[std::string(tag)];
      if (tagged.empty() || tagged.back() != entry) tagged.push_back(entry);
    }
  }
  if (newest != nullptr) tag_model_ = newest->tag_model();
}

std::shared_ptr<const Snapshot> Snapshot::After(window::Cursor cursor,
                                                std::vector<EntryPtr> changed,
                                                std::span<const Gone> gone,
                                                std::string_view oldest) const {
  std::unordered_set<std::string_view> replaced;
  for (const Gone& paper : gone) replaced.insert(paper.arxiv_id);
  for (const EntryPtr& entry : changed) replaced.insert(entry->arxiv_id());
  std::vector<EntryPtr> entries;
  entries.reserve(owned_.size() + changed.size());
  for (const EntryPtr& entry : owned_) {
    if (!replaced.contains(entry->arxiv_id())) entries.push_back(entry);
  }
  std::vector<Gone> all_gone;
  for (const Gone& paper : gone_) {
    if (!replaced.contains(paper.arxiv_id)) all_gone.push_back(paper);
  }
  all_gone.insert(all_gone.end(), gone.begin(), gone.end());
  for (EntryPtr& entry : changed) entries.push_back(std::move(entry));
  return std::make_shared<const Snapshot>(epoch_, cursor, std::move(entries), std::move(all_gone),
                                          oldest);
}

EntryRange Snapshot::From(std::string_view oldest) const {
  const auto end =
      std::partition_point(entries_.begin(), entries_.end(),
                           [&](const ServedEntry* entry) { return entry->announced() >= oldest; });
  return EntryRange({entries_.begin(), end});
}

EntryRange Snapshot::OfDate(std::string_view date) const {
  const auto begin =
      std::partition_point(entries_.begin(), entries_.end(),
                           [&](const ServedEntry* entry) { return entry->announced() > date; });
  const auto end = std::partition_point(
      begin, entries_.end(), [&](const ServedEntry* entry) { return entry->announced() >= date; });
  return EntryRange({begin, end});
}

EntryRange Snapshot::OfTag(std::string_view slug) const {
  const auto found = by_tag_.find(slug);
  if (found == by_tag_.end()) return {};
  return EntryRange(found->second);
}

EntryPtr Snapshot::Find(const std::string& arxiv_id) const {
  const auto found = by_id_.find(arxiv_id);
  return found == by_id_.end() ? nullptr : found->second->Share();
}

std::vector<SnapshotChange> Snapshot::ChangesAfter(const window::Cursor& cursor,
                                                   size_t limit) const {
  std::vector<SnapshotChange> changes;
  for (const ServedEntry* entry : entries_) {
    if (cursor < entry->changed()) {
      changes.push_back({entry->changed(), entry->arxiv_id(), entry->Share()});
    }
  }
  for (const Gone& paper : gone_) {
    if (cursor < paper.changed) changes.push_back({paper.changed, paper.arxiv_id, nullptr});
  }
  std::sort(changes.begin(), changes.end(),
            [](const SnapshotChange& a, const SnapshotChange& b) { return a.cursor < b.cursor; });
  if (changes.size() > limit) changes.resize(limit);
  return changes;
}

}  // namespace paperwire::serve
