#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "libs/clock/clock.h"
#include "libs/llm/memory_daily_budget.h"
#include "libs/llm/memory_limiter.h"
#include "libs/llm/redis_daily_budget.h"
#include "libs/llm/redis_leases.h"
#include "libs/llm/redis_limiter.h"
#include "libs/llm/redis_result_cache.h"
#include "libs/redis/client.h"
#include "tests/support/redis_process.h"
#include "tests/support/shared_redis.h"

namespace paperwire::llm {

using tests::SharedRedis;

// One worker's way to the store in Redis: a connection of its own.
struct RedisWorker {
  explicit RedisWorker(const std::string& url, RedisStore::Options options = {})
      : client(redis::Client::Create({.url = url,
                                      .connect_timeout = std::chrono::milliseconds(500),
                                      .command_timeout = std::chrono::milliseconds(500)})
                   .value()),
        store(*client, clock, std::move(options)) {}

  clock::SystemClock clock;
  std::unique_ptr<redis::Client> client;
  RedisStore store;
};

// Two workers that share one store: of a kind, with what a test needs of it.
struct Stores {
  virtual ~Stores() = default;
  // `worker` is 0 or 1. Each is made once for a test, with the first options it is asked for.
  virtual Limiter& limiter(int worker, const LimiterOptions& options = {}) = 0;
  virtual DailyBudget& budget(int worker, const DailyLimits& limits,
                              std::chrono::milliseconds life = DailyBudget::kReservationLife) = 0;
  virtual Leases& leases(int worker) = 0;
  virtual ResultCache& cache(int worker) = 0;
  // Lets time pass on the store's clock.
  virtual void Pass(std::chrono::milliseconds duration) = 0;
  // Makes the day of the budget one that is over.
  virtual void EndDay() = 0;
};

struct MemoryStores final : Stores {
  Limiter& limiter(int /*worker*/, const LimiterOptions& options) override {
    if (!limiter_) limiter_ = std::make_unique<MemoryLimiter>(clock_, options);
    return *limiter_;
  }
  DailyBudget& budget(int /*worker*/, const DailyLimits& limits,
                      std::chrono::milliseconds life) override {
    if (!budget_) budget_ = std::make_unique<MemoryDailyBudget>(clock_, limits, life);
    return *budget_;
  }
  Leases& leases(int /*worker*/) override { return leases_; }
  ResultCache& cache(int /*worker*/) override { return cache_; }
  void Pass(std::chrono::milliseconds duration) override { clock_.Advance(duration); }
  void EndDay() override { clock_.Advance(std::chrono::hours(24)); }

  clock::FakeClock clock_{clock::WallTime{std::chrono::hours(24) * 20'000}};
  std::unique_ptr<MemoryLimiter> limiter_;
  std::unique_ptr<MemoryDailyBudget> budget_;
  MemoryLeases leases_{clock_};
  MemoryResultCache cache_{clock_};
};

struct RedisStores final : Stores {
  RedisStores() { EXPECT_TRUE(workers_[0].client->Call({"FLUSHALL"}).ok()); }
  Limiter& limiter(int worker, const LimiterOptions& options) override {
    auto& limiter = limiters_[worker];
    if (!limiter) limiter = std::make_unique<RedisLimiter>(workers_[worker].store, options);
    return *limiter;
  }
  DailyBudget& budget(int worker, const DailyLimits& limits,
                      std::chrono::milliseconds life) override {
    auto& budget = budgets_[worker];
    if (!budget) {
      budget = std::make_unique<RedisDailyBudget>(workers_[worker].store, limits, life);
    }
    return *budget;
  }
  Leases& leases(int worker) override { return leases_[worker]; }
  ResultCache& cache(int worker) override { return caches_[worker]; }
  void Pass(std::chrono::milliseconds duration) override {
    // Redis' own clock cannot be moved.
    std::this_thread::sleep_for(duration);
  }
  void EndDay() override {
    ASSERT_TRUE(
        workers_[0].client->Call({"HSET", workers_[0].store.Key("budget:day"), "day", "1"}).ok());
    // Nobody may remember what was spent today.
    for (auto& budget : budgets_) budget.reset();
  }

  RedisWorker workers_[2]{RedisWorker(SharedRedis().Url()), RedisWorker(SharedRedis().Url())};
  std::unique_ptr<RedisLimiter> limiters_[2];
  std::unique_ptr<RedisDailyBudget> budgets_[2];
  RedisLeases leases_[2]{RedisLeases(workers_[0].store), RedisLeases(workers_[1].store)};
  RedisResultCache caches_[2]{RedisResultCache(workers_[0].store),
                              RedisResultCache(workers_[1].store)};
};

class StoresContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "Memory") {
      stores_ = std::make_unique<MemoryStores>();
    } else if (!tests::RedisProcess::Available()) {
      GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    } else {
      stores_ = std::make_unique<RedisStores>();
    }
  }

  std::unique_ptr<Stores> stores_;
};

inline const auto kKinds = testing::Values("Memory", "Redis");
inline std::string KindName(const testing::TestParamInfo<std::string>& kind) { return kind.param; }

}  // namespace paperwire::llm
