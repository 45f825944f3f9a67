#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

namespace paperwire::clock {

using WallTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

// Where the time comes from. Only libs/clock asks the operating system; everything else is given
// a Clock, so that tests decide what time it is. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // For what is stored or shown. May jump.
  virtual WallTime Now() const = 0;

  // For intervals and time-outs. Never goes back.
  virtual SteadyTime SteadyNow() const = 0;

  // Sleeps for `duration` or until `stop` is requested. Returns false when stopped.
  virtual bool SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const = 0;
};

// The operating system's clock.
class SystemClock final : public Clock {
 public:
  WallTime Now() const override;
  SteadyTime SteadyNow() const override;
  bool SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const override;
};

// A clock that stands until a test moves it. SleepFor advances it and returns at once.
class FakeClock final : public Clock {
 public:
  // `now` is the wall time it starts at; steady time starts at zero.
  explicit FakeClock(WallTime now);
  ~FakeClock() override;
  FakeClock(const FakeClock&) = delete;
  FakeClock& operator=(const FakeClock&) = delete;

  void Advance(std::chrono::milliseconds duration);

  WallTime Now() const override;
  SteadyTime SteadyNow() const override;
  bool SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace paperwire::clock
