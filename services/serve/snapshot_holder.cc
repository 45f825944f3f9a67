#include "services/serve/snapshot_holder.h"

#include <utility>

namespace paperwire::serve {

SnapshotPtr SnapshotHolder::Get() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

SnapshotHolder::Freshness SnapshotHolder::freshness() const {
  const std::lock_guard lock(mutex_);
  return freshness_;
}

void SnapshotHolder::Swap(SnapshotPtr snapshot, absl::Time now) {
  {
    // Taken out of the lock's scope, so that the old snapshot is freed after it.
    SnapshotPtr old;
    const std::lock_guard lock(mutex_);
    old = std::exchange(snapshot_, std::move(snapshot));
    freshness_ = {.stale = false, .reason = "", .current_at = now};
  }
  subscribers_.Tell();
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
