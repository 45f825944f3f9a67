#include "services/serve/snapshot.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "google/protobuf/util/time_util.h"

namespace paperwire::serve {

bool Before(std::string_view announced_a, std::string_view id_a, std::string_view announced_b,
            std::string_view id_b) {
  if (announced_a != announced_b) return announced_a > announced_b;
  return id_a > id_b;
}

Snapshot::Snapshot(std::string epoch, window::Cursor cursor, std::vector<EntryPtr> entries,
                   std::string_view oldest)
    : epoch_(std::move(epoch)), cursor_(std::move(cursor)), entries_(std::move(entries)) {
  std::erase_if(entries_,
                [&](const EntryPtr& entry) { return entry->paper().announced() < oldest; });
  std::sort(entries_.begin(), entries_.end(), [](const EntryPtr& a, const EntryPtr& b) {
    return Before(a->paper().announced(), a->paper().arxiv_id(), b->paper().announced(),
                  b->paper().arxiv_id());
  });
  by_id_.reserve(entries_.size());
  const v1::TagProvenance* newest = nullptr;
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    const v1::Entry& entry = *entries_[i];
    by_id_.emplace(entry.paper().arxiv_id(), i);
    ++dates_[entry.paper().announced()];
    const v1::TagProvenance& tagged = entry.tag_provenance();
    if (!tagged.model().empty() &&
        (newest == nullptr || newest->create_time() < tagged.create_time())) {
      newest = &tagged;
    }
    for (const v1::Tag& tag : entry.tags()) {
      std::vector<uint32_t>& positions = by_tag_[tag.slug()];
      if (positions.empty() || positions.back() != i) positions.push_back(i);
    }
  }
  if (newest != nullptr) tag_model_ = newest->model();
}

std::shared_ptr<const Snapshot> Snapshot::After(window::Cursor cursor,
                                                std::vector<EntryPtr> changed,
                                                std::span<const std::string> removed,
                                                std::string_view oldest) const {
  std::unordered_set<std::string_view> gone(removed.begin(), removed.end());
  for (const EntryPtr& entry : changed) gone.insert(entry->paper().arxiv_id());
  std::vector<EntryPtr> entries;
  entries.reserve(entries_.size() + changed.size());
  for (const EntryPtr& entry : entries_) {
    if (!gone.contains(entry->paper().arxiv_id())) entries.push_back(entry);
  }
  for (EntryPtr& entry : changed) entries.push_back(std::move(entry));
  return std::make_shared<const Snapshot>(epoch_, std::move(cursor), std::move(entries), oldest);
}

std::span<const EntryPtr> Snapshot::From(std::string_view oldest) const {
  const auto end = std::partition_point(
      entries_.begin(), entries_.end(),
      [&](const EntryPtr& entry) { return entry->paper().announced() >= oldest; });
  return {entries_.begin(), end};
}

std::span<const EntryPtr> Snapshot::OfDate(std::string_view date) const {
  const auto begin = std::partition_point(
      entries_.begin(), entries_.end(),
      [&](const EntryPtr& entry) { return entry->paper().announced() > date; });
  const auto end = std::partition_point(begin, entries_.end(), [&](const EntryPtr& entry) {
    return entry->paper().announced() >= date;
  });
  return {begin, end};
}

std::span<const uint32_t> Snapshot::OfTag(std::string_view slug) const {
  const auto found = by_tag_.find(slug);
  if (found == by_tag_.end()) return {};
  return found->second;
}

EntryPtr Snapshot::Find(const std::string& arxiv_id) const {
  const auto found = by_id_.find(arxiv_id);
  return found == by_id_.end() ? nullptr : entries_[found->second];
}

SnapshotPtr SnapshotHolder::Get() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

SnapshotHolder::Freshness SnapshotHolder::freshness() const {
  const std::lock_guard lock(mutex_);
  return freshness_;
}

void SnapshotHolder::Swap(SnapshotPtr snapshot, absl::Time now) {
  // Taken out of the lock's scope, so that the old snapshot is freed after it.
  SnapshotPtr old;
  const std::lock_guard lock(mutex_);
  old = std::exchange(snapshot_, std::move(snapshot));
  freshness_ = {.stale = false, .reason = "", .current_at = now};
}

void SnapshotHolder::MarkCurrent(absl::Time now) {
  const std::lock_guard lock(mutex_);
  freshness_ = {.stale = false, .reason = "", .current_at = now};
}

void SnapshotHolder::MarkStale(std::string reason) {
  const std::lock_guard lock(mutex_);
  freshness_.stale = true;
  freshness_.reason = std::move(reason);
}

}  // namespace paperwire::serve
