#pragma once

#include <algorithm>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace paperwire::llm {

// Keeps retries to a tenth of the first attempts, after ten that are free: an endpoint that fails
// is not asked much more often than one that works. Thread-safe.
class RetryBudget {
 public:
  void CountFirst() {
    const std::lock_guard lock(mutex_);
    tenths_ = std::min(tenths_ + 1, kMostTenths);
  }
  // False: none is left.
  bool TakeRetry() {
    const std::lock_guard lock(mutex_);
    if (tenths_ < 10) return false;
    tenths_ -= 10;
    return true;
  }

 private:
  static constexpr int kMostTenths = 100;

  std::mutex mutex_;
  int tenths_ ABSL_GUARDED_BY(mutex_) = kMostTenths;
};

}  // namespace paperwire::llm
