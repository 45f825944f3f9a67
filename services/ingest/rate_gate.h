#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "libs/clock/clock.h"

namespace paperwire::ingest {

// Keeps requests to arXiv apart, over all its hosts: arXiv asks for one in three seconds, from all
// machines of one user together. Not thread-safe: there is one caller.
class RateGate {
 public:
  RateGate(const clock::Clock& clock, std::chrono::milliseconds interval)
      : clock_(clock), interval_(interval) {}

  // Waits until a request may be made, and counts it as made. False when stopped.
  bool Pass(std::stop_token stop);

  // No request before `pause` is over: an answer asked for it.
  void HoldBack(std::chrono::milliseconds pause);

 private:
  const clock::Clock& clock_;
  const std::chrono::milliseconds interval_;
  std::optional<clock::SteadyTime> next_;
};

}  // namespace paperwire::ingest
