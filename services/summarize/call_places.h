#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "absl/base/thread_annotations.h"

namespace paperwire::summarize {

// So many calls of this process may be under way at once, whoever makes them. Thread-safe.
class CallPlaces {
 public:
  explicit CallPlaces(int places) : free_(places) {}

  // Blocks until there is a place. False: `stop` was requested first.
  bool Take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const bool found = freed_.wait(lock, stop, [this] { return free_ > 0; });
    if (!found || stop.stop_requested()) return false;
    --free_;
    return true;
  }
  // Only for who took one.
  void GiveBack() {
    const std::lock_guard lock(mutex_);
    ++free_;
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any freed_;
  int free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::summarize
