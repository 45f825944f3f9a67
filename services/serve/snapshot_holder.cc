#include "services/serve/snapshot_holder.h"

#include <utility>

namespace paperwire::serve {

SnapshotHolder::~SnapshotHolder() { delete current_.load(); }

SnapshotHolder::Slot& SnapshotHolder::SlotOfThread(std::array<Slot, kSlots>& slots) {
  static std::atomic<size_t> threads = 0;
  thread_local const size_t kSlot = threads.fetch_add(1) % kSlots;
  return slots[kSlot];
}

// In the one order of these operations (all are sequentially consistent), a reader that finds the
// old pointer has announced itself before the swap. So who swapped and then sees its slot empty
// knows that it has gone, with a reference of its own if it took one.
SnapshotPtr SnapshotHolder::Get() const {
  std::atomic<uint32_t>& readers = SlotOfThread(slots_).readers;
  readers.fetch_add(1);
  const SnapshotPtr* current = current_.load();
  SnapshotPtr snapshot = current == nullptr ? nullptr : *current;
  readers.fetch_sub(1);
  return snapshot;
}

std::vector<SnapshotHolder::Held> SnapshotHolder::TakeUnread() {
  constexpr uint32_t kAll = (uint32_t{1} << kSlots) - 1;
  std::vector<Held> unread;
  for (Retired& retired : retired_) {
    for (size_t slot = 0; slot < kSlots; ++slot) {
      if (slots_[slot].readers.load() == 0) retired.left |= uint32_t{1} << slot;
    }
    // Once all have left, only those that hold it can copy it.
    if (retired.left == kAll && retired.snapshot->use_count() <= 1) {
      unread.push_back(std::move(retired.snapshot));
    }
  }
  std::erase_if(retired_, [](const Retired& retired) { return retired.snapshot == nullptr; });
  return unread;
}

SnapshotHolder::Freshness SnapshotHolder::freshness() const {
  const std::lock_guard lock(mutex_);
  return freshness_;
}

SnapshotHolder::Freshness SnapshotHolder::FreshnessOf(const Snapshot& snapshot) const {
  // Who swaps has the lock: what hangs there stays meanwhile.
  const std::lock_guard lock(mutex_);
  const SnapshotPtr* current = current_.load();
  if (current == nullptr || (*current)->epoch() == snapshot.epoch()) return freshness_;
  return {.stale = true,
          .lost = true,
          .reason = "a newer snapshot has taken its place",
          .current_at = freshness_.current_at};
}

void SnapshotHolder::Swap(SnapshotPtr snapshot, absl::Time now) {
  {
    // Outlives the lock, and with it what is freed.
    std::vector<Held> unread;
    auto held = std::make_unique<const SnapshotPtr>(std::move(snapshot));
    const std::lock_guard lock(mutex_);
    Held old(current_.exchange(held.release()));
    if (old != nullptr) retired_.push_back({.snapshot = std::move(old)});
    unread = TakeUnread();
    freshness_ = {.current_at = now};
  }
  subscribers_.Tell();
}

void SnapshotHolder::MarkCurrent(absl::Time now) {
  std::vector<Held> unread;
  const std::lock_guard lock(mutex_);
  freshness_ = {.current_at = now};
  unread = TakeUnread();
}

void SnapshotHolder::MarkStale(std::string reason, bool lost) {
  std::vector<Held> unread;
  const std::lock_guard lock(mutex_);
  freshness_.stale = true;
  freshness_.lost = freshness_.lost || lost;
  freshness_.reason = std::move(reason);
  unread = TakeUnread();
}

}  // namespace paperwire::serve
