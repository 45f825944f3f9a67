#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "services/serve/snapshot.h"
#include "services/serve/subscribers.h"

namespace paperwire::serve {

// Where the current snapshot hangs; swapped whole. Thread-safe. Get takes no lock and waits for
// nobody, and an old snapshot is freed by who swaps, never by a reader.
class SnapshotHolder {
 public:
  struct Freshness {
    // The snapshot cannot be refreshed now, and why.
    bool stale = false;
    // The store is of another epoch than the snapshot by now.
    bool lost = false;
    std::string reason{};
    // When it was last known to be current.
    absl::Time current_at = absl::InfinitePast();
  };

  SnapshotHolder() = default;
  ~SnapshotHolder();
  SnapshotHolder(const SnapshotHolder&) = delete;
  SnapshotHolder& operator=(const SnapshotHolder&) = delete;

  // Null before the first one.
  SnapshotPtr Get() const;
  Freshness freshness() const;
  // What is known of `snapshot`, one that Get gave. Where one of another epoch has taken its place
  // since, it is stale and lost: what is current by now says nothing of what it had heard of.
  Freshness FreshnessOf(const Snapshot& snapshot) const;

  // `call` is called after each swap, by the thread that swapped.
  [[nodiscard]] Subscribers::Subscription Subscribe(std::function<void()> call) {
    return subscribers_.Subscribe(std::move(call));
  }

  // Each of these frees old snapshots that nobody reads any more.
  void Swap(SnapshotPtr snapshot, absl::Time now);
  void MarkCurrent(absl::Time now);
  void MarkStale(std::string reason, bool lost = false);

 private:
  static constexpr size_t kSlots = 16;
  using Held = std::unique_ptr<const SnapshotPtr>;

  // Readers of some threads that have come and not yet got a reference of their own.
  struct alignas(64) Slot {
    std::atomic<uint32_t> readers = 0;
  };
  struct Retired {
    Held snapshot;
    // A bit for each slot that was seen empty since: who comes later finds another snapshot.
    uint32_t left = 0;
  };

  static Slot& SlotOfThread(std::array<Slot, kSlots>& slots);
  // What can be freed, to be freed outside of the lock.
  std::vector<Held> TakeUnread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable std::array<Slot, kSlots> slots_;
  std::atomic<const SnapshotPtr*> current_ = nullptr;
  mutable std::mutex mutex_;
  std::vector<Retired> retired_ ABSL_GUARDED_BY(mutex_);
  Freshness freshness_ ABSL_GUARDED_BY(mutex_);
  Subscribers subscribers_;
};

}  // namespace paperwire::serve
