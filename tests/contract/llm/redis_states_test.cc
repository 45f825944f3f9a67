// A Redis that is away, slow, not itself, or has forgotten everything, under all that workers
// share.

#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "tests/contract/llm/stores.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::StartsWith;

constexpr Spend kCall{.tokens = 100, .microdollars = 1000};
constexpr DailyLimits kLimits{.hard_tokens = 1000};

class RedisStates : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    redis_ = tests::RedisProcess::Start().value();
    worker_ = std::make_unique<RedisWorker>(
        redis_->Url(), RedisStore::Options{.prefix = "pw:{llm}:", .silence = milliseconds(0)});
  }

  void ExpectAllAway(const std::string& state) {
    const auto expect = [&](const absl::Status& status) {
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
      EXPECT_THAT(std::string(status.message()), StartsWith(state));
    };
    expect(limiter().Admit("endpoint", "call").status());
    expect(limiter().Release("endpoint", "call", {}));
    expect(budget().Reserve("call", kCall, Purpose::kNewPaper).status());
    expect(budget().Settle("call", kCall));
    expect(leases().TryTake("paper", "owner", seconds(15)).status());
    expect(cache().Put("key", "card"));
  }
  bool AllIsWell() {
    return limiter().Admit("endpoint", "call").ok() &&
           budget().Reserve("other", {}, Purpose::kNewPaper).ok() &&
           cache().Put("key", "card").ok();
  }
  Limiter& limiter() { return limiter_ ? *limiter_ : *(limiter_ = Make<RedisLimiter>()); }
  Leases& leases() { return leases_ ? *leases_ : *(leases_ = Make<RedisLeases>()); }
  ResultCache& cache() { return cache_ ? *cache_ : *(cache_ = Make<RedisResultCache>()); }
  DailyBudget& budget() {
    if (!budget_) budget_ = std::make_unique<RedisDailyBudget>(worker_->store, kLimits);
    return *budget_;
  }
  template <typename Part>
  std::unique_ptr<Part> Make() {
    return std::make_unique<Part>(worker_->store);
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<RedisWorker> worker_;
  std::unique_ptr<RedisLimiter> limiter_;
  std::unique_ptr<RedisDailyBudget> budget_;
  std::unique_ptr<RedisLeases> leases_;
  std::unique_ptr<RedisResultCache> cache_;
};

TEST_F(RedisStates, AKilledServerIsAwayAndARestartedOneIsBack) {
  ASSERT_TRUE(AllIsWell());
  redis_->Kill();
  ExpectAllAway("connection");
  ASSERT_TRUE(redis_->Restart().ok());
  while (!AllIsWell()) std::this_thread::yield();
}

TEST_F(RedisStates, AServerThatStandsStillIsAway) {
  ASSERT_TRUE(AllIsWell());
  redis_->Pause();
  EXPECT_TRUE(absl::IsUnavailable(budget().Reserve("a", kCall, Purpose::kNewPaper).status()));
  redis_->Resume();
  while (!AllIsWell()) std::this_thread::yield();
}

TEST_F(RedisStates, AServerThatStandsStillDelaysOneCallAndNotEach) {
  clock::FakeClock clock(clock::WallTime{});
  RedisStore store(*worker_->client, clock);
  RedisResultCache cache(store);
  ASSERT_TRUE(cache.Put("key", "card").ok());
  const uint64_t before = worker_->client->connections();
  redis_->Pause();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 32; ++i) {
      threads.emplace_back([&] { EXPECT_TRUE(absl::IsUnavailable(cache.Get("key").status())); });
    }
  }
  EXPECT_EQ(worker_->client->connections(), before) << "who had waited for his turn asked too";
  redis_->Resume();
  EXPECT_TRUE(absl::IsUnavailable(cache.Get("key").status())) << "not at once";
  while (!cache.Get("key").ok()) clock.Advance(seconds(1));
}

TEST_F(RedisStates, AReplicaIsAwayForWhoWrites) {
  ASSERT_TRUE(AllIsWell());
  ASSERT_TRUE(worker_->client->Call({"REPLICAOF", "127.0.0.1", "1"}).ok());
  ExpectAllAway("READONLY");
  ASSERT_TRUE(worker_->client->Call({"REPLICAOF", "NO", "ONE"}).ok());
  EXPECT_TRUE(AllIsWell());
}

TEST_F(RedisStates, AServerWithoutMemoryIsAway) {
  ASSERT_TRUE(AllIsWell());
  ASSERT_TRUE(worker_->client->Call({"CONFIG", "SET", "maxmemory", "1"}).ok());
  // What only makes room, or counts what was spent, may still be done.
  for (const absl::Status& status :
       {budget().Reserve("a", kCall, Purpose::kNewPaper).status(),
        leases().TryTake("paper", "owner", seconds(15)).status(), cache().Put("key", "card")}) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_THAT(std::string(status.message()), StartsWith("OOM"));
  }
  ASSERT_TRUE(worker_->client->Call({"CONFIG", "SET", "maxmemory", "0"}).ok());
  EXPECT_TRUE(AllIsWell());
}

TEST_F(RedisStates, ScriptsThatTheServerForgotAreLoadedAgain) {
  ASSERT_TRUE(AllIsWell());
  ASSERT_TRUE(worker_->client->Call({"SCRIPT", "FLUSH"}).ok());
  EXPECT_TRUE(AllIsWell());
}

TEST_F(RedisStates, ARestartForgetsNeitherMoneyNorLimit) {
  ASSERT_TRUE(budget().Reserve("a", {.tokens = 600}, Purpose::kNewPaper).ok());
  ASSERT_TRUE(budget().Settle("a", {.tokens = 600}).ok());
  ASSERT_TRUE(limiter().Release("endpoint", "a", {.retry_after = seconds(100)}).ok());
  redis_->Stop();
  ASSERT_TRUE(redis_->Restart().ok());
  // Another process, which remembers nothing.
  RedisWorker other(redis_->Url());
  RedisDailyBudget others(other.store, kLimits);
  EXPECT_EQ(others.Reserve("b", {}, Purpose::kNewPaper)->tokens_left, 400);
  EXPECT_EQ(RedisLimiter(other.store).Admit("endpoint", "b")->verdict,
            Admission::Verdict::kBlocked);
}

TEST_F(RedisStates, AnEmptiedServerIsToldWhatWasSpent) {
  ASSERT_TRUE(budget().Reserve("a", {.tokens = 600}, Purpose::kNewPaper).ok());
  ASSERT_TRUE(budget().Settle("a", {.tokens = 600}).ok());
  ASSERT_TRUE(budget().Reserve("under way", {.tokens = 300}, Purpose::kNewPaper).ok());
  ASSERT_TRUE(worker_->client->Call({"FLUSHALL"}).ok());
  EXPECT_EQ(budget().Reserve("b", {}, Purpose::kNewPaper)->tokens_left, 400);
  ASSERT_TRUE(budget().Settle("under way", {.tokens = 250}).ok());
  RedisWorker other(redis_->Url());
  EXPECT_EQ(
      RedisDailyBudget(other.store, kLimits).Reserve("c", {}, Purpose::kNewPaper)->tokens_left, 150)
      << "and so is everybody else";
}

TEST_F(RedisStates, AnEmptiedServerLearnsOfCallsUnderWayAgain) {
  const std::vector<std::string> calls = {"a", "b", "c"};
  for (const std::string& call : calls) ASSERT_TRUE(limiter().Admit("endpoint", call).ok());
  ASSERT_TRUE(worker_->client->Call({"FLUSHALL"}).ok());
  ASSERT_TRUE(limiter().Renew("endpoint", calls).ok());
  EXPECT_EQ(limiter().Admit("endpoint", "d")->in_flight, 4);
}

TEST_F(RedisStates, ADayNeverGoesBack) {
  ASSERT_TRUE(budget().Reserve("a", {.tokens = 600}, Purpose::kNewPaper).ok());
  ASSERT_TRUE(budget().Settle("a", {.tokens = 600}).ok());
  // As after a failover to a server whose clock was a day ahead, and is right again.
  ASSERT_TRUE(worker_->client->Call({"HINCRBY", "pw:{llm}:budget:day", "day", "1"}).ok());
  EXPECT_EQ(budget().Reserve("b", {}, Purpose::kNewPaper)->tokens_left, 400);
}

TEST_F(RedisStates, EveryKeyIsInOneSlotAndEndsByItself) {
  ASSERT_TRUE(AllIsWell());
  ASSERT_TRUE(limiter().Release("endpoint", "call", {.kind = Feedback::Kind::kBad}).ok());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(limiter().Admit("endpoint", "waits " + std::to_string(i)).ok());
  }
  ASSERT_TRUE(leases().TryTake("paper", "owner", seconds(15)).ok());
  const auto keys = worker_->client->Call({"KEYS", "*"}).value();
  EXPECT_GE(keys.elements.size(), 9u);
  for (const redis::Reply& key : keys.elements) {
    EXPECT_THAT(key.text, StartsWith("pw:{llm}:"));
    EXPECT_GT(worker_->client->Call({"PTTL", key.text})->integer, 0) << key.text;
    EXPECT_EQ(key.text.find('{'), key.text.rfind('{')) << key.text;
  }
}

// The rights that docs/operations.md names.
TEST_F(RedisStates, AUserWithTheRightsThatAreNeededIsEnough) {
  ASSERT_TRUE(worker_->client
                  ->Call({"ACL", "SETUSER", "paperwire", "on", ">pw", "~{pw}:*", "~pw:*", "+@read",
                          "+@write", "+@scripting", "+@connection", "-@dangerous", "+info", "+time",
                          "+role", "+config|get"})
                  .ok());
  const std::string address = redis_->Url().substr(std::string("redis://").size());
  RedisWorker user("redis://paperwire:pw@" + address);
  EXPECT_TRUE(RedisLimiter(user.store).Admit("endpoint", "a").ok());
  EXPECT_TRUE(RedisLimiter(user.store).Release("endpoint", "a", {}).ok());
  EXPECT_TRUE(RedisDailyBudget(user.store, kLimits).Reserve("a", {}, Purpose::kNewPaper).ok());
  EXPECT_TRUE(RedisLeases(user.store).TryTake("paper", "owner", seconds(15)).ok());
  EXPECT_TRUE(RedisResultCache(user.store).Put("key", "card").ok());
}

}  // namespace
}  // namespace paperwire::llm
