#include "services/serve/snapshot_holder.h"

#include <utility>

namespace paperwire::serve {

SnapshotHolder::Subscription::Subscription(Subscription&& other) noexcept
    : holder_(std::exchange(other.holder_, nullptr)), call_(other.call_) {}

SnapshotHolder::Subscription& SnapshotHolder::Subscription::operator=(
    Subscription&& other) noexcept {
  std::swap(holder_, other.holder_);
  std::swap(call_, other.call_);
  return *this;
}

SnapshotHolder::Subscription::~Subscription() {
  if (holder_ == nullptr) return;
  const std::lock_guard lock(holder_->calls_mutex_);
  holder_->calls_.erase(call_);
}

SnapshotPtr SnapshotHolder::Get() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

SnapshotHolder::Freshness SnapshotHolder::freshness() const {
  const std::lock_guard lock(mutex_);
  return freshness_;
}

SnapshotHolder::Subscription SnapshotHolder::Subscribe(std::function<void()> call) {
  const std::lock_guard lock(calls_mutex_);
  return Subscription(*this, calls_.insert(calls_.end(), std::move(call)));
}

void SnapshotHolder::Swap(SnapshotPtr snapshot, absl::Time now) {
  {
    // Taken out of the lock's scope, so that the old snapshot is freed after it.
    SnapshotPtr old;
    const std::lock_guard lock(mutex_);
    old = std::exchange(snapshot_, std::move(snapshot));
    freshness_ = {.stale = false, .reason = "", .current_at = now};
  }
  const std::lock_guard lock(calls_mutex_);
  for (const auto& call : calls_) call();
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
