#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"

namespace paperwire::access {

// A token bucket for each key, of bounded memory: of more keys than `max_keys` the one longest
// unused is forgotten, and begins with a full bucket when it comes back. Thread-safe.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    // 0: no limit.
    double per_second = 0;
    // How many may come at once after a pause.
    double burst = 1;
    size_t max_keys = 10000;
  };
  explicit RateLimiter(Options options) : options_(options) {}

  // Takes one from the bucket of `key`. Zero: there was one; else how long until there is one.
  absl::Duration Take(std::string_view key, Time now);

  size_t keys() const;

 private:
  struct Bucket {
    std::string key;
    double level = 0;
    Time filled_at;
  };
  double LevelAt(const Bucket& bucket, Time now) const;
  absl::Duration UntilOne(double level) const;

  const Options options_;
  mutable std::mutex mutex_;
  // The one used last first.
  std::list<Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
  // Keys are those of the buckets.
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::access
