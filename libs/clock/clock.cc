#include "libs/clock/clock.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace paperwire::clock {
namespace {

// Longer sleeps would overflow the deadline that the condition variable computes.
constexpr std::chrono::milliseconds kLongestSleep = std::chrono::hours(24 * 365);

}  // namespace

WallTime SystemClock::Now() const { return std::chrono::system_clock::now(); }

SteadyTime SystemClock::SteadyNow() const { return std::chrono::steady_clock::now(); }

bool SystemClock::SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any never_notified;
  std::unique_lock lock(mutex);
  never_notified.wait_for(lock, stop, std::min(duration, kLongestSleep), [] { return false; });
  return !stop.stop_requested();
}

struct FakeClock::State {
  mutable std::mutex mutex;
  WallTime wall;
  SteadyTime steady;

  void Advance(std::chrono::milliseconds duration) {
    std::lock_guard lock(mutex);
    wall += duration;
    steady += duration;
  }
};

FakeClock::FakeClock(WallTime now) : state_(std::make_unique<State>()) { state_->wall = now; }
FakeClock::~FakeClock() = default;

void FakeClock::Advance(std::chrono::milliseconds duration) { state_->Advance(duration); }

WallTime FakeClock::Now() const {
  std::lock_guard lock(state_->mutex);
  return state_->wall;
}

SteadyTime FakeClock::SteadyNow() const {
  std::lock_guard lock(state_->mutex);
  return state_->steady;
}

bool FakeClock::SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const {
  if (stop.stop_requested()) return false;
  state_->Advance(duration);
  return !stop.stop_requested();
}

}  // namespace paperwire::clock
