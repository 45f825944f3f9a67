// What every store of the state shared by those who ask arXiv promises, in memory and in Redis.

#include "services/ingest/arxiv_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "libs/clock/clock.h"
#include "libs/redis/client.h"
#include "services/ingest/arxiv_lease.h"
#include "services/ingest/memory_arxiv_state.h"
#include "services/ingest/redis_arxiv_state.h"
#include "tests/support/redis_process.h"
#include "tests/support/wait.h"

namespace paperwire::ingest {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

tests::RedisProcess& SharedRedis() {
  static const auto kRedis = [] {
    auto started = tests::RedisProcess::Start();
    if (!started.ok()) throw std::runtime_error(started.status().ToString());
    return *std::move(started);
  }();
  return *kRedis;
}

// A store as two processes see it, and a way to let time pass for it.
struct Store {
  virtual ~Store() = default;
  virtual ArxivState& one() = 0;
  virtual ArxivState& other() = 0;
  virtual void Pass(milliseconds time) = 0;
};

struct MemoryStore final : Store {
  ArxivState& one() override { return state; }
  ArxivState& other() override { return state; }
  void Pass(milliseconds time) override { clock.Advance(time); }
  clock::FakeClock clock{clock::WallTime{}};
  MemoryArxivState state{clock};
};

struct RedisStore final : Store {
  RedisStore() { EXPECT_TRUE(first_client->Call({"FLUSHALL"}).ok()); }
  ArxivState& one() override { return first; }
  ArxivState& other() override { return second; }
  void Pass(milliseconds time) override { clock::SystemClock().SleepFor(time, {}); }
  std::unique_ptr<redis::Client> first_client =
      redis::Client::Create({.url = SharedRedis().Url()}).value();
  std::unique_ptr<redis::Client> second_client =
      redis::Client::Create({.url = SharedRedis().Url()}).value();
  RedisArxivState first{*first_client, "test", "cluster"};
  RedisArxivState second{*second_client, "test", "cluster"};
};

class ArxivStateContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "Memory") {
      store_ = std::make_unique<MemoryStore>();
      return;
    }
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    store_ = std::make_unique<RedisStore>();
  }

  // Lets time pass until `done`; false after ten seconds of it.
  bool Until(const std::function<bool()>& done) {
    for (int tries = 0; tries < 1000; ++tries) {
      if (done()) return true;
      store_->Pass(milliseconds(10));
    }
    return false;
  }

  ArxivState& one() { return store_->one(); }
  ArxivState& other() { return store_->other(); }

  std::unique_ptr<Store> store_;
};

INSTANTIATE_TEST_SUITE_P(Stores, ArxivStateContract, testing::Values("Memory", "Redis"),
                         [](const auto& kind) { return kind.param; });

TEST_P(ArxivStateContract, OneOwnerHoldsTheLeaseAndMayProlongIt) {
  EXPECT_TRUE(*one().TakeLease("a", minutes(5)));
  EXPECT_TRUE(*one().TakeLease("a", minutes(5)));
  EXPECT_FALSE(*other().TakeLease("b", minutes(5)));
}

TEST_P(ArxivStateContract, ALeaseThatIsNotProlongedRunsOut) {
  ASSERT_TRUE(*one().TakeLease("a", milliseconds(30)));
  EXPECT_TRUE(Until([this] { return *other().TakeLease("b", minutes(5)); }));
  EXPECT_FALSE(*one().TakeLease("a", minutes(5)));
}

TEST_P(ArxivStateContract, OnlyTheOwnerGivesTheLeaseBack) {
  ASSERT_TRUE(*one().TakeLease("a", minutes(5)));
  EXPECT_TRUE(other().DropLease("b").ok());
  EXPECT_FALSE(*other().TakeLease("b", minutes(5)));
  EXPECT_TRUE(one().DropLease("a").ok());
  EXPECT_TRUE(*other().TakeLease("b", minutes(5)));
}

TEST_P(ArxivStateContract, TurnsAreAnIntervalApart) {
  EXPECT_EQ(*one().TakeTurn("a", minutes(5), milliseconds(40)), milliseconds(0));
  const milliseconds wait = *one().TakeTurn("a", minutes(5), minutes(1));
  EXPECT_LE(wait, milliseconds(40));
  EXPECT_TRUE(Until(
      [this] { return *one().TakeTurn("a", minutes(5), milliseconds(40)) == milliseconds(0); }));
}

TEST_P(ArxivStateContract, TurnsAreApartOverProcessesToo) {
  ASSERT_EQ(*one().TakeTurn("a", minutes(5), minutes(1)), milliseconds(0));
  ASSERT_TRUE(one().DropLease("a").ok());
  EXPECT_GT(*other().TakeTurn("b", minutes(5), minutes(1)), seconds(30));
}

TEST_P(ArxivStateContract, WhoeverHasNoLeaseGetsNoTurn) {
  ASSERT_TRUE(*one().TakeLease("a", minutes(5)));
  EXPECT_TRUE(absl::IsAborted(other().TakeTurn("b", minutes(5), milliseconds(0)).status()));
  EXPECT_EQ(*one().TakeTurn("a", minutes(5), milliseconds(0)), milliseconds(0));
}

TEST_P(ArxivStateContract, ATurnTakesALeaseThatNobodyHas) {
  EXPECT_TRUE(one().TakeTurn("a", minutes(5), milliseconds(0)).ok());
  EXPECT_FALSE(*other().TakeLease("b", minutes(5)));
}

TEST_P(ArxivStateContract, AnUnknownHostHasNoHistory) {
  EXPECT_EQ(*one().Host("rss.arxiv.org"), HostState());
}

TEST_P(ArxivStateContract, AHostRestsUntilItsTimeIsOverAndIsRemembered) {
  const HostState state{
      .limited = 2, .failed = 1, .rests = milliseconds(50), .reason = "rate-limited"};
  ASSERT_TRUE(one().SetHost("rss.arxiv.org", state).ok());
  EXPECT_TRUE(Until([this] { return other().Host("rss.arxiv.org")->rests == milliseconds(0); }));

  const HostState later = *other().Host("rss.arxiv.org");
  EXPECT_EQ(later.limited, 2);
  EXPECT_EQ(later.failed, 1);
  EXPECT_EQ(later.reason, "rate-limited");
  EXPECT_EQ(*other().Host("oaipmh.arxiv.org"), HostState());
}

TEST_P(ArxivStateContract, ALongRestIsToldByWhatIsLeftOfIt) {
  ASSERT_TRUE(one().SetHost("*", {.rests = hours(24), .reason = "forbidden"}).ok());
  const HostState state = *other().Host("*");
  EXPECT_LE(state.rests, hours(24));
  EXPECT_GT(state.rests, hours(23));
}

TEST_P(ArxivStateContract, ValidatorsAreKeptByUrl) {
  const std::string url = "https://rss.arxiv.org/rss/cs.LG";
  const Validators validators{.etag = "\"a b\"", .last_modified = "Tue, 23 Jun 2026 04:00:00 GMT"};
  ASSERT_TRUE(one().Keep({{url, validators}}).ok());
  EXPECT_EQ(*other().Known(url), validators);
  EXPECT_TRUE(other().Known(url + "2")->empty());
  ASSERT_TRUE(one().Keep({{url, {}}}).ok());
  EXPECT_TRUE(other().Known(url)->empty());
  EXPECT_TRUE(one().Keep({}).ok());
}

class RedisArxiv : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    redis_ = tests::RedisProcess::Start().value();
    client_ = redis::Client::Create({.url = redis_->Url()}).value();
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<redis::Client> client_;
};

TEST_F(RedisArxiv, KeepsValidatorsOfEveryKafkaClusterApart) {
  RedisArxivState one(*client_, "test", "one");
  RedisArxivState two(*client_, "test", "two");
  ASSERT_TRUE(one.Keep({{"https://rss.arxiv.org/rss/cs.LG", {.etag = "e"}}}).ok());
  EXPECT_TRUE(two.Known("https://rss.arxiv.org/rss/cs.LG")->empty());
  ASSERT_TRUE(*one.TakeLease("a", minutes(5)));
  EXPECT_FALSE(*two.TakeLease("b", minutes(5)));
}

TEST_F(RedisArxiv, ForgetsNothingForEver) {
  RedisArxivState state(*client_, "test", "one");
  ASSERT_TRUE(state.TakeTurn("a", minutes(5), seconds(3)).ok());
  ASSERT_TRUE(state.SetHost("h", {.limited = 1, .rests = minutes(5)}).ok());
  ASSERT_TRUE(state.Keep({{"u", {.etag = "e"}}}).ok());

  const auto keys = client_->Call({"KEYS", "*"});
  ASSERT_TRUE(keys.ok());
  ASSERT_EQ(keys->elements.size(), 4u);
  for (const redis::Reply& key : keys->elements) {
    EXPECT_GT(client_->Call({"PTTL", key.text})->integer, 0) << key.text;
  }
}

TEST_F(RedisArxiv, AClockThatJumpedBackDelaysByOneIntervalAtMost) {
  RedisArxivState state(*client_, "test", "one");
  ASSERT_TRUE(client_->Call({"SET", "{test}:arxiv:next", "99999999999999"}).ok());
  EXPECT_EQ(*state.TakeTurn("a", minutes(5), minutes(1)), minutes(1));
  EXPECT_LE(*state.TakeTurn("a", minutes(5), minutes(1)), minutes(1));
  EXPECT_EQ(*state.TakeTurn("a", minutes(5), milliseconds(0)), milliseconds(0));
}

TEST_F(RedisArxiv, SaysSoWhenItIsAway) {
  RedisArxivState state(*client_, "test", "one");
  redis_->Kill();
  EXPECT_TRUE(absl::IsUnavailable(state.TakeLease("a", seconds(1)).status()));
  EXPECT_TRUE(absl::IsUnavailable(state.TakeTurn("a", seconds(1), seconds(1)).status()));
  EXPECT_TRUE(absl::IsUnavailable(state.Host("h").status()));
  EXPECT_TRUE(absl::IsUnavailable(state.SetHost("h", {})));
  EXPECT_TRUE(absl::IsUnavailable(state.Known("u").status()));
  EXPECT_TRUE(absl::IsUnavailable(state.Keep({{"u", {}}})));
}

TEST_F(RedisArxiv, ALeaseOutlivesItsTimeWhileItIsHeldAndIsTakenAgainFromAnEmptiedServer) {
  const clock::SystemClock clock;
  RedisArxivState state(*client_, "test", "one");
  const auto watching = redis::Client::Create({.url = redis_->Url()}).value();
  const auto holder = [&] { return watching->Call({"GET", "{test}:arxiv:lease"})->text; };
  ArxivLease lease(state, clock, {.ttl = seconds(60), .prolong_every = milliseconds(20)});
  ASSERT_TRUE(lease.Acquire(std::nullopt, {}).ok());
  ASSERT_EQ(holder(), lease.owner());

  ASSERT_TRUE(watching->Call({"PEXPIRE", "{test}:arxiv:lease", "30000"}).ok());
  EXPECT_TRUE(support::WaitUntil(seconds(20), [&] {
    return watching->Call({"PTTL", "{test}:arxiv:lease"})->integer > 30000;
  }));
  ASSERT_TRUE(watching->Call({"FLUSHALL"}).ok());
  EXPECT_TRUE(support::WaitUntil(seconds(20), [&] { return holder() == lease.owner(); }));
  ASSERT_TRUE(watching->Call({"SET", "{test}:arxiv:lease", "another"}).ok());
  EXPECT_TRUE(support::WaitUntil(seconds(20), [&] { return !lease.held(); }));
  lease.Release();
  EXPECT_EQ(holder(), "another");
}

}  // namespace
}  // namespace paperwire::ingest
