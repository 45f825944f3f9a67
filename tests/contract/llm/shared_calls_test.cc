// Several workers that call one endpoint through one Redis, each with a Caller of its own.

#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <vector>

#include "libs/llm/caller.h"
#include "prometheus/registry.h"
#include "tests/contract/llm/stores.h"
#include "tests/unit/llm/scripted_chat.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// One process, as far as Redis can tell.
struct Worker {
  Worker(Chat& chat, const LimiterOptions& options, const DailyLimits& limits, uint32_t seed)
      : redis(SharedRedis().Url()),
        limiter(redis.store, options),
        budget(redis.store, limits),
        caller({chat, limiter, budget, redis.clock, metrics}, {.position = "1", .seed = seed}) {}

  RedisWorker redis;
  RedisLimiter limiter;
  RedisDailyBudget budget;
  prometheus::Registry metrics;
  Caller caller;
};

class SharedCalls : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    watcher_ = std::make_unique<RedisWorker>(SharedRedis().Url());
    ASSERT_TRUE(watcher_->client->Call({"FLUSHALL"}).ok());
    ASSERT_TRUE(watcher_->client->Call({"CONFIG", "RESETSTAT"}).ok());
    chat_.Meanwhile([this](const std::stop_token&) {
      const int now = ++under_way_;
      for (int seen = most_; seen < now && !most_.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::sleep_for(latency_);
      --under_way_;
    });
  }

  void Start(int workers) {
    for (int i = 0; i < workers; ++i) {
      workers_.push_back(
          std::make_unique<Worker>(chat_, options_, limits_, static_cast<uint32_t>(i + 1)));
    }
  }
  // Each worker makes calls with so many threads until all together have made `calls`, or were
  // refused one. Returns how often each refusal was given.
  std::map<Refusal, int> CallUntil(int calls, int threads) {
    std::map<Refusal, int> ends;
    std::mutex mutex;
    std::atomic<int> begun{0};
    {
      std::vector<std::jthread> running;
      for (const auto& worker : workers_) {
        for (int i = 0; i < threads; ++i) {
          running.emplace_back([&] {
            while (begun++ < calls) {
              const CallResult result = worker->caller.Call(request_, Purpose::kNewPaper, {});
              const std::lock_guard lock(mutex);
              ++ends[result.refusal];
            }
          });
        }
      }
    }
    return ends;
  }
  // How many commands the server has done since the beginning, scripts as one.
  int64_t Commands() {
    const std::string text = watcher_->client->Call({"INFO", "commandstats"}).value().text;
    int64_t sum = 0;
    for (const std::string name : {"cmdstat_evalsha:calls="}) {
      const size_t at = text.find(name);
      if (at != std::string::npos) sum += std::stoll(text.substr(at + name.size()));
    }
    return sum;
  }

  LimiterOptions options_{.cap = 8};
  DailyLimits limits_;
  milliseconds latency_{5};
  ScriptedChat chat_;
  std::atomic<int> under_way_{0};
  std::atomic<int> most_{0};
  // 100 + 256 + 100 tokens at most, 150 in the end.
  ChatRequest request_{.user = std::string(200, 'x'), .max_output_tokens = 100};
  std::unique_ptr<RedisWorker> watcher_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

TEST_F(SharedCalls, AllWorkersTogetherStayUnderTheCapAndReachIt) {
  latency_ = milliseconds(20);
  Start(4);
  EXPECT_EQ(CallUntil(400, 4)[Refusal::kNone], 400);
  EXPECT_EQ(chat_.calls(), 400);
  EXPECT_LE(most_, 8);
  EXPECT_EQ(most_, 8);
}

TEST_F(SharedCalls, NoNumberOfWorkersGoesOverTheHardBudget) {
  limits_ = {.hard_tokens = 10'000};
  latency_ = milliseconds(1);
  Start(4);
  auto ends = CallUntil(400, 4);
  EXPECT_EQ(ends[Refusal::kNone], chat_.calls());
  EXPECT_GT(ends[Refusal::kBudgetHard], 0);
  EXPECT_LE(chat_.calls() * 150, 10'000);
  // What is left at the end is less than one call may need.
  EXPECT_GE(chat_.calls() * 150, 10'000 - 456 - 150);
}

TEST_F(SharedCalls, ARetryAfterToOneIsRespectedByAll) {
  Start(3);
  ChatAnswer limited = Failed(CallOutcome::kRateLimited);
  limited.retry_after = seconds(30);
  chat_.Then(limited);
  EXPECT_EQ(workers_[0]->caller.Call(request_, Purpose::kNewPaper, {}).answer.outcome,
            CallOutcome::kRateLimited);
  for (const auto& worker : workers_) {
    EXPECT_EQ(worker->caller.Call(request_, Purpose::kNewPaper, {}).refusal, Refusal::kBlocked);
  }
  EXPECT_EQ(chat_.calls(), 1);
}

TEST_F(SharedCalls, AWorkerThatDiesInMidCallBlocksNobodyAndItsCallIsPaidFor) {
  options_ = {.cap = 1, .member_life = milliseconds(200)};
  limits_ = {.hard_tokens = 1'000'000};
  {
    // A worker that is killed leaves just this behind.
    RedisWorker dead(SharedRedis().Url());
    ASSERT_TRUE(RedisLimiter(dead.store, options_).Admit(chat_.endpoint().Key(), "dead").ok());
    ASSERT_TRUE(RedisDailyBudget(dead.store, limits_, milliseconds(100))
                    .Reserve("dead", {.tokens = 456}, Purpose::kNewPaper)
                    .ok());
  }
  Start(1);
  EXPECT_EQ(workers_[0]->caller.Call(request_, Purpose::kNewPaper, {}).refusal, Refusal::kNone);
  EXPECT_EQ(workers_[0]->budget.Reserve("a", {}, Purpose::kNewPaper)->tokens_left,
            1'000'000 - 456 - 150);
}

TEST_F(SharedCalls, ACallThatWaitsForNobodyAsksRedisFourTimes) {
  Start(1);
  CallUntil(1, 1);
  const int64_t before = Commands();
  CallUntil(100, 1);
  // Renewals may come between on a machine that stands still.
  EXPECT_LE(Commands() - before, 410);
}

TEST_F(SharedCalls, WaitingForATurnDoesNotFloodRedis) {
  latency_ = milliseconds(50);
  options_.cap = 4;
  Start(4);
  const int64_t before = Commands();
  const auto start = clock::SystemClock().SteadyNow();
  CallUntil(200, 8);
  const std::chrono::duration<double, std::milli> took = clock::SystemClock().SteadyNow() - start;
  const auto asked = static_cast<double>(Commands() - before);
  RecordProperty("redis_calls_per_call", fmt::format("{:.1f}", asked / 200));
  // Each of the 28 who wait asks again after 15 ms at the soonest, or when a place is given back
  // beside him, which happens at most twice a call; and four times for the call itself.
  EXPECT_LE(asked, 28 * took.count() / 15 + 200 * 6);
}

}  // namespace
}  // namespace paperwire::llm
