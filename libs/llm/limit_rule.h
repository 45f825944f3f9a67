#pragma once

#include <chrono>
#include <cstdint>

#include "libs/llm/limiter.h"

namespace paperwire::llm {

// How the limit of one endpoint follows what its calls tell; the script of RedisLimiter does the
// same. Times are milliseconds of one clock. Not thread-safe.
//
// What answers take now is an average over about a round trip of them, at least some forty: single
// ones differ a lot, and that alone is no trouble. What they take usually is the least that this
// average was, and rises towards it slowly (a twentieth as fast as the average moves).
struct LimitRule {
  double limit = 4;
  bool slow_start = true;
  // Milliseconds; below zero: not known yet.
  double usual = -1;
  double recent = -1;
  // How many answers that is known from, as far as it matters.
  int answers = 0;
  // When the limit was last cut.
  int64_t cut_at = -1;

  // Calls that may be under way: at least one.
  int Allowed(int cap) const;
  // `in_flight` counts the call that is over.
  void Learn(const Feedback& feedback, int64_t now, int in_flight, int cap);
  // When to ask again for who has `ahead` waiters before him.
  std::chrono::milliseconds Turn(int ahead, int allowed) const;

 private:
  void Grow(int in_flight, int cap);
  void Cut(int64_t now, std::chrono::milliseconds latency);
};

}  // namespace paperwire::llm
