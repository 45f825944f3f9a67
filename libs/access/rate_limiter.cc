#include "libs/access/rate_limiter.h"

#include <algorithm>

namespace paperwire::access {

double RateLimiter::LevelAt(const Bucket& bucket, Time now) const {
  const std::chrono::duration<double> passed = now - bucket.filled_at;
  return std::min(options_.burst,
                  bucket.level + std::max(passed.count(), 0.0) * options_.per_second);
}

absl::Duration RateLimiter::UntilOne(double level) const {
  if (level >= 1) return absl::ZeroDuration();
  return absl::Seconds((1 - level) / options_.per_second);
}

absl::Duration RateLimiter::Take(std::string_view key, Time now) {
  if (options_.per_second <= 0) return absl::ZeroDuration();
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
  } else {
    if (by_key_.size() >= options_.max_keys) {
      by_key_.erase(buckets_.back().key);
      buckets_.pop_back();
    }
    buckets_.push_front({.key = std::string(key), .level = options_.burst, .filled_at = now});
    by_key_.emplace(buckets_.front().key, buckets_.begin());
  }
  Bucket& bucket = buckets_.front();
  bucket.level = LevelAt(bucket, now);
  bucket.filled_at = now;
  const absl::Duration wait = UntilOne(bucket.level);
  if (wait == absl::ZeroDuration()) bucket.level -= 1;
  return wait;
}

size_t RateLimiter::keys() const {
  const std::lock_guard lock(mutex_);
  return by_key_.size();
}

}  // namespace paperwire::access
