#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "libs/clock/clock.h"
#include "services/ingest/arxiv_state.h"

namespace paperwire::ingest {

// How long a lease lasts that its owner does not prolong: so long a dead owner keeps others away.
inline constexpr std::chrono::milliseconds kLeaseTtl = std::chrono::seconds(15);

// The right to ask arXiv, which one process has at a time. While it is held a thread of its own
// prolongs it; a store that is away for longer than it lasts loses it, and it is taken again when
// the store is back, unless another has it by then. Given back when this object goes.
// Acquire and Release are for one thread; the rest is thread-safe.
class ArxivLease {
 public:
  struct Options {
    std::chrono::milliseconds ttl = kLeaseTtl;
    std::chrono::milliseconds prolong_every = std::chrono::seconds(5);
  };

  // `state` and `clock` must outlive it.
  ArxivLease(ArxivState& state, const clock::Clock& clock, Options options);
  ArxivLease(ArxivState& state, const clock::Clock& clock) : ArxivLease(state, clock, Options{}) {}
  ~ArxivLease();
  ArxivLease(const ArxivLease&) = delete;
  ArxivLease& operator=(const ArxivLease&) = delete;

  // Waits until this process has it; OK at once when it has. With `patience` no longer than that:
  // FailedPrecondition then names what is wrong in one line. kOutlivesTheDead is long enough to be
  // sure that the other is alive. Cancelled: stopped. A store that is away is waited for likewise.
  absl::Status Acquire(std::optional<std::chrono::milliseconds> patience, std::stop_token stop);
  static constexpr std::chrono::milliseconds kOutlivesTheDead = kLeaseTtl + std::chrono::seconds(2);

  // Gives it back, for others to have at once.
  void Release();

  // Whether this process had it when it last looked.
  bool held() const { return held_; }
  // Random, and another one in every process.
  const std::string& owner() const { return owner_; }

 private:
  void Prolong(std::stop_token stop);

  ArxivState& state_;
  const clock::Clock& clock_;
  const Options options_;
  const std::string owner_;
  std::atomic<bool> held_ = false;
  std::jthread prolonging_;
};

}  // namespace paperwire::ingest
