#include "services/ingest/rate_gate.h"

#include <algorithm>

namespace paperwire::ingest {

bool RateGate::Pass(std::stop_token stop) {
  while (next_ && clock_.SteadyNow() < *next_) {
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(*next_ - clock_.SteadyNow());
    if (!clock_.SleepFor(rest, stop)) return false;
  }
  if (stop.stop_requested()) return false;
  next_ = clock_.SteadyNow() + interval_;
  return true;
}

void RateGate::HoldBack(std::chrono::milliseconds pause) {
  const clock::SteadyTime until = clock_.SteadyNow() + pause;
  next_ = next_ ? std::max(*next_, until) : until;
}

}  // namespace paperwire::ingest
