#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>

#include "absl/base/thread_annotations.h"
#include "libs/clock/clock.h"
#include "libs/llm/chat.h"

namespace paperwire::llm {

// Keeps this process from calling an endpoint that does not work. Thread-safe.
//
// It opens when at least ten of the last twenty calls failed, at five connection errors or
// time-outs in a row, and at once where asking again cannot help: the key, the model, the quota or
// the endpoint is wrong. It stays open for 10 s, give or take a tenth, and twice as long each time
// up to 5 min; then one call is let through, and its outcome closes it or opens it again.
class Breaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };

  // `clock` must outlive it; `seed` is the jitter's.
  Breaker(const clock::Clock& clock, uint32_t seed);

  // Leave for one call; each must be handed to Record once.
  struct Permit {
    uint64_t era = 0;
  };
  std::optional<Permit> Allow();
  // `detail` is for `why`. kCancelled: nothing was learnt, or no call was made. What was let
  // through before the state last changed says nothing of the endpoint now.
  void Record(Permit permit, CallOutcome outcome, const std::string& detail);

  // Whether a call let through with `permit` may still begin.
  bool Stands(Permit permit) const;
  // Whether Allow would let a call through.
  bool WouldAllow() const;
  // kHalfOpen: the time is over, and nothing is known yet.
  State state() const;
  // Empty while closed.
  std::string why() const;

 private:
  static constexpr size_t kWindow = 20;

  bool IsOverLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OpenLocked(std::string why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CloseLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const clock::Clock& clock_;
  mutable std::mutex mutex_;
  std::minstd_rand random_ ABSL_GUARDED_BY(mutex_);
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  bool probing_ ABSL_GUARDED_BY(mutex_) = false;
  // Counts the changes of state, probes too.
  uint64_t era_ ABSL_GUARDED_BY(mutex_) = 0;
  clock::SteadyTime until_ ABSL_GUARDED_BY(mutex_);
  std::chrono::milliseconds pause_ ABSL_GUARDED_BY(mutex_){0};
  std::string why_ ABSL_GUARDED_BY(mutex_);
  // Whether each of the latest calls failed.
  std::array<bool, kWindow> failed_ ABSL_GUARDED_BY(mutex_){};
  size_t recorded_ ABSL_GUARDED_BY(mutex_) = 0;
  int lost_in_a_row_ ABSL_GUARDED_BY(mutex_) = 0;
};

// "closed", "open", "half-open": a label of metrics.
std::string_view BreakerStateName(Breaker::State state);

}  // namespace paperwire::llm
