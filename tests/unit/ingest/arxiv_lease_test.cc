#include "services/ingest/arxiv_lease.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "services/ingest/memory_arxiv_state.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

// Stands until it is moved; who sleeps sleeps until then.
class ManualClock final : public clock::Clock {
 public:
  void Advance(milliseconds duration) {
    const std::lock_guard lock(mutex_);
    now_ += duration;
    moved_.notify_all();
  }
  // Returns when somebody sleeps who is not due yet.
  void AwaitSleeper() {
    std::unique_lock lock(mutex_);
    slept_.wait(lock, [this] { return wakes_ > now_; });
  }

  clock::WallTime Now() const override { return clock::WallTime(SteadyNow().time_since_epoch()); }
  clock::SteadyTime SteadyNow() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  bool SleepFor(milliseconds duration, std::stop_token stop) const override {
    std::unique_lock lock(mutex_);
    const clock::SteadyTime end = now_ + duration;
    wakes_ = end;
    slept_.notify_all();
    moved_.wait(lock, stop, [&] { return now_ >= end; });
    return !stop.stop_requested();
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any moved_;
  mutable std::condition_variable_any slept_;
  mutable clock::SteadyTime wakes_{};
  clock::SteadyTime now_{};
};

class ArxivLeaseTest : public testing::Test {
 protected:
  // The prolonging thread has done all that is due.
  void Pass(milliseconds duration) {
    clock_.Advance(duration);
    clock_.AwaitSleeper();
  }

  ManualClock clock_;
  MemoryArxivState state_{clock_};
};

TEST_F(ArxivLeaseTest, OutlivesItsTimeWhileItIsHeld) {
  ArxivLease lease(state_, clock_);
  ASSERT_TRUE(lease.Acquire(milliseconds(0), {}).ok());
  clock_.AwaitSleeper();
  for (int i = 0; i < 10; ++i) {
    Pass(seconds(5));
    ASSERT_TRUE(lease.held());
    ASSERT_FALSE(*state_.TakeLease("another", seconds(15)));
  }
}

TEST_F(ArxivLeaseTest, IsGivenBackWhenItGoes) {
  {
    ArxivLease lease(state_, clock_);
    ASSERT_TRUE(lease.Acquire(milliseconds(0), {}).ok());
  }
  EXPECT_TRUE(*state_.TakeLease("another", seconds(15)));
}

TEST_F(ArxivLeaseTest, CanBeAcquiredAgainBeforeEveryCycle) {
  ArxivLease lease(state_, clock_);
  EXPECT_TRUE(lease.Acquire(milliseconds(0), {}).ok());
  EXPECT_TRUE(lease.Acquire(milliseconds(0), {}).ok());
  lease.Release();
  EXPECT_FALSE(lease.held());
  EXPECT_TRUE(lease.Acquire(milliseconds(0), {}).ok());
  EXPECT_TRUE(lease.held());
}

TEST_F(ArxivLeaseTest, IsLostToAnotherAfterAnOutageAndTakenAgainWhenThatOneGoes) {
  ArxivLease lease(state_, clock_);
  ASSERT_TRUE(lease.Acquire(milliseconds(0), {}).ok());
  clock_.AwaitSleeper();
  state_.Lose();
  ASSERT_TRUE(*state_.TakeLease("another", minutes(5)));
  Pass(seconds(5));
  EXPECT_FALSE(lease.held());
  EXPECT_TRUE(absl::IsFailedPrecondition(lease.Acquire(milliseconds(0), {})));

  ASSERT_TRUE(state_.DropLease("another").ok());
  Pass(seconds(5));
  EXPECT_TRUE(lease.held());
}

TEST_F(ArxivLeaseTest, IsTakenAgainFromAStoreThatWasAway) {
  ArxivLease lease(state_, clock_);
  ASSERT_TRUE(lease.Acquire(milliseconds(0), {}).ok());
  clock_.AwaitSleeper();
  state_.FailWith(absl::UnavailableError("connection refused"));
  for (int i = 0; i < 10; ++i) Pass(seconds(5));
  state_.FailWith(absl::OkStatus());
  Pass(seconds(5));
  EXPECT_TRUE(lease.held());
  EXPECT_FALSE(*state_.TakeLease("another", seconds(15)));
}

TEST_F(ArxivLeaseTest, ASecondOneWaitsUntilTheFirstGoes) {
  ArxivLease first(state_, clock_);
  ASSERT_TRUE(first.Acquire(milliseconds(0), {}).ok());
  ArxivLease second(state_, clock_);
  absl::Status waited = absl::UnknownError("still waiting");
  std::jthread waiting([&] { waited = second.Acquire(std::nullopt, {}); });
  first.Release();
  // Once more where it looked just before.
  while (!second.held()) clock_.Advance(seconds(5));
  waiting.join();
  EXPECT_TRUE(waited.ok()) << waited;
}

// Time passes only by waiting.
class ArxivLeasePatience : public testing::Test {
 protected:
  clock::FakeClock clock_{clock::WallTime{}};
  MemoryArxivState state_{clock_};
};

// Another ingest, alive: prolongs its lease whenever somebody looks.
class LiveOther final : public ArxivState {
 public:
  explicit LiveOther(ArxivState& state) : state_(state) {}
  absl::StatusOr<bool> TakeLease(const std::string& owner, milliseconds ttl) override {
    EXPECT_TRUE(*state_.TakeLease("another", kLeaseTtl));
    return state_.TakeLease(owner, ttl);
  }
  absl::Status DropLease(const std::string& owner) override { return state_.DropLease(owner); }
  absl::StatusOr<milliseconds> TakeTurn(const std::string& owner, milliseconds ttl,
                                        milliseconds interval) override {
    return state_.TakeTurn(owner, ttl, interval);
  }
  absl::StatusOr<HostState> Host(const std::string& host) override { return state_.Host(host); }
  absl::Status SetHost(const std::string& host, const HostState& state) override {
    return state_.SetHost(host, state);
  }
  absl::StatusOr<Validators> Known(const std::string& url) override { return state_.Known(url); }
  absl::Status Keep(const std::map<std::string, Validators>& all) override {
    return state_.Keep(all);
  }

 private:
  ArxivState& state_;
};

TEST_F(ArxivLeasePatience, LeavesWithOneLineWhenTheOtherIsAlive) {
  LiveOther state(state_);
  ArxivLease lease(state, clock_);
  const absl::Status status = lease.Acquire(ArxivLease::kOutlivesTheDead, {});
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("another ingest asks arXiv"));
  EXPECT_FALSE(lease.held());
  EXPECT_EQ(clock_.SteadyNow().time_since_epoch(), ArxivLease::kOutlivesTheDead);
}

TEST_F(ArxivLeasePatience, OutwaitsADeadOwner) {
  ASSERT_TRUE(*state_.TakeLease("dead", kLeaseTtl));
  ArxivLease lease(state_, clock_);
  EXPECT_TRUE(lease.Acquire(ArxivLease::kOutlivesTheDead, {}).ok());
}

TEST_F(ArxivLeasePatience, LeavesWhenItIsStopped) {
  ASSERT_TRUE(*state_.TakeLease("another", minutes(5)));
  ArxivLease lease(state_, clock_);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(absl::IsCancelled(lease.Acquire(std::nullopt, stop.get_token())));
}

TEST_F(ArxivLeasePatience, SaysThatTheStoreIsAway) {
  state_.FailWith(absl::UnavailableError("connection refused"));
  ArxivLease lease(state_, clock_);
  EXPECT_TRUE(absl::IsUnavailable(lease.Acquire(seconds(3), {})));
}

TEST(ArxivLease, OwnersDiffer) {
  clock::FakeClock clock{clock::WallTime{}};
  MemoryArxivState state(clock);
  EXPECT_NE(ArxivLease(state, clock).owner(), ArxivLease(state, clock).owner());
}

}  // namespace
}  // namespace paperwire::ingest
