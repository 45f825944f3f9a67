#include "libs/clock/clock.h"

#include <gtest/gtest.h>

#include <thread>

namespace paperwire::clock {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(FakeClock, StandsUntilItIsMoved) {
  FakeClock clock(WallTime(hours(1000)));
  EXPECT_EQ(clock.Now(), WallTime(hours(1000)));
  EXPECT_EQ(clock.SteadyNow(), SteadyTime());

  clock.Advance(milliseconds(1500));

  EXPECT_EQ(clock.Now(), WallTime(hours(1000)) + milliseconds(1500));
  EXPECT_EQ(clock.SteadyNow(), SteadyTime() + milliseconds(1500));
}

TEST(FakeClock, SleepsByMovingItself) {
  FakeClock clock(WallTime(hours(0)));

  EXPECT_TRUE(clock.SleepFor(hours(24), {}));

  EXPECT_EQ(clock.SteadyNow(), SteadyTime() + hours(24));
}

TEST(FakeClock, DoesNotSleepWhenStopped) {
  FakeClock clock(WallTime(hours(0)));
  std::stop_source stop;
  stop.request_stop();

  EXPECT_FALSE(clock.SleepFor(hours(24), stop.get_token()));

  EXPECT_EQ(clock.SteadyNow(), SteadyTime());
}

TEST(SystemClock, SleepsAtLeastAsLongAsAsked) {
  const SystemClock clock;
  const SteadyTime before = clock.SteadyNow();

  EXPECT_TRUE(clock.SleepFor(milliseconds(5), {}));

  EXPECT_GE(clock.SteadyNow() - before, milliseconds(5));
}

TEST(SystemClock, AStopRequestEndsTheLongestSleep) {
  const SystemClock clock;
  std::stop_source stop;
  std::thread stopper([&] { stop.request_stop(); });

  EXPECT_FALSE(clock.SleepFor(milliseconds::max(), stop.get_token()));

  stopper.join();
}

}  // namespace
}  // namespace paperwire::clock
