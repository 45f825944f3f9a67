#pragma once

#include <functional>
#include <list>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace paperwire::serve {

// Who wants to be told that something changed. Thread-safe.
class Subscribers {
 public:
  // Calls end with its life: once it is gone, none is under way. The subscribers must outlive it.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

   private:
    friend class Subscribers;
    using Calls = std::list<std::function<void()>>;
    Subscription(Subscribers& subscribers, Calls::iterator call)
        : subscribers_(&subscribers), call_(call) {}

    Subscribers* subscribers_ = nullptr;
    Calls::iterator call_;
  };

  // `call` must be short and must not subscribe or end a subscription.
  [[nodiscard]] Subscription Subscribe(std::function<void()> call);

  // Calls them all, one after another; two threads do not call at the same time.
  void Tell();

 private:
  std::mutex mutex_;
  Subscription::Calls calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::serve
