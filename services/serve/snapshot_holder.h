#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "services/serve/snapshot.h"
#include "services/serve/subscribers.h"

namespace paperwire::serve {

// Where the current snapshot hangs; swapped whole. Thread-safe.
class SnapshotHolder {
 public:
  struct Freshness {
    // The snapshot cannot be refreshed now, and why.
    bool stale = false;
    std::string reason;
    // When it was last known to be current.
    absl::Time current_at = absl::InfinitePast();
  };

  // Null before the first one.
  SnapshotPtr Get() const;
  Freshness freshness() const;

  // `call` is called after each swap, by the thread that swapped.
  [[nodiscard]] Subscribers::Subscription Subscribe(std::function<void()> call) {
    return subscribers_.Subscribe(std::move(call));
  }

  void Swap(SnapshotPtr snapshot, absl::Time now);
  void MarkCurrent(absl::Time now);
  void MarkStale(std::string reason);

 private:
  mutable std::mutex mutex_;
  SnapshotPtr snapshot_ ABSL_GUARDED_BY(mutex_);
  Freshness freshness_ ABSL_GUARDED_BY(mutex_);
  Subscribers subscribers_;
};

}  // namespace paperwire::serve
