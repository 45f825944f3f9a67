#pragma once

#include <utility>

#include "libs/clock/clock.h"

namespace paperwire::clock {

// Another clock, some time ahead or behind: a replay's. Steady time and sleeping are the other's.
// Thread-safe.
class ShiftedClock final : public Clock {
 public:
  // `clock` must outlive it; it shows `now` at this moment, and goes on from there.
  ShiftedClock(const Clock& clock, WallTime now) : clock_(clock), shift_(now - clock.Now()) {}

  WallTime Now() const override { return clock_.Now() + shift_; }
  SteadyTime SteadyNow() const override { return clock_.SteadyNow(); }
  bool SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const override {
    return clock_.SleepFor(duration, std::move(stop));
  }

 private:
  const Clock& clock_;
  const WallTime::duration shift_;
};

}  // namespace paperwire::clock
