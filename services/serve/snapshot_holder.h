#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "services/serve/snapshot.h"

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

  // Calls end with its life: once it is gone, none is under way. The holder must outlive it.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

   private:
    friend class SnapshotHolder;
    using Calls = std::list<std::function<void()>>;
    Subscription(SnapshotHolder& holder, Calls::iterator call) : holder_(&holder), call_(call) {}

    SnapshotHolder* holder_ = nullptr;
    Calls::iterator call_;
  };

  // Null before the first one.
  SnapshotPtr Get() const;
  Freshness freshness() const;

  // `call` is called after each swap by the thread that swapped, one call at a time. It must be
  // short and must not subscribe or end a subscription.
  [[nodiscard]] Subscription Subscribe(std::function<void()> call);

  void Swap(SnapshotPtr snapshot, absl::Time now);
  void MarkCurrent(absl::Time now);
  void MarkStale(std::string reason);

 private:
  mutable std::mutex mutex_;
  SnapshotPtr snapshot_ ABSL_GUARDED_BY(mutex_);
  Freshness freshness_ ABSL_GUARDED_BY(mutex_);
  std::mutex calls_mutex_;
  Subscription::Calls calls_ ABSL_GUARDED_BY(calls_mutex_);
};

}  // namespace paperwire::serve
