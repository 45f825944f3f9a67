#include "services/summarize/caller_asker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/llm/memory_daily_budget.h"
#include "libs/llm/memory_limiter.h"
#include "prometheus/registry.h"

namespace paperwire::llm_cards {
namespace {

// Answers when it is let, and counts who waits for it.
class HeldChat final : public llm::Chat {
 public:
  const llm::Endpoint& endpoint() const override { return endpoint_; }
  llm::ChatAnswer Ask(const llm::ChatRequest& /*request*/, llm::SchemaMode /*mode*/,
                      std::stop_token /*stop*/) override {
    const int now = ++under_way;
    int seen = most.load();
    while (seen < now && !most.compare_exchange_weak(seen, now)) continue;
    while (held) std::this_thread::yield();
    --under_way;
    ++asked;
    return {.outcome = llm::CallOutcome::kAnswered, .content = "{}"};
  }

  std::atomic<bool> held = true;
  std::atomic<int> under_way = 0;
  std::atomic<int> most = 0;
  std::atomic<int> asked = 0;

 private:
  const llm::Endpoint endpoint_{.base_url = "http://127.0.0.1:1/v1", .model = "m"};
};

class CallerAskers : public testing::Test {
 protected:
  clock::SystemClock clock_;
  prometheus::Registry metrics_;
  HeldChat chat_;
  llm::MemoryLimiter limiter_{clock_};
  llm::MemoryDailyBudget budget_{clock_, llm::DailyLimits()};
  llm::Caller caller_{
      {.chat = chat_, .limiter = limiter_, .budget = budget_, .clock = clock_, .metrics = metrics_},
      {.position = "1", .seed = 5}};
  summarize::CallPlaces places_{2};
  summarize::CallerAsker one_{caller_, places_};
  summarize::CallerAsker other_{caller_, places_};
};

TEST_F(CallerAskers, OfOneProcessMakeNoMoreCallsAtOnceThanItHasPlaces) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] { (i % 2 == 0 ? one_ : other_).Ask({}, true, {}); });
  }
  while (chat_.under_way < 2) std::this_thread::yield();
  chat_.held = false;
  threads.clear();

  EXPECT_EQ(chat_.asked, 6);
  EXPECT_LE(chat_.most, 2);
}

TEST_F(CallerAskers, ThatLeaveFinishTheirCallAndBeginNone) {
  std::stop_source leaving;
  std::vector<std::jthread> threads;
  std::atomic<int> answered = 0;
  std::atomic<int> stopped = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      ++(one_.Ask({}, true, {.leaving = leaving.get_token()}).stopped ? stopped : answered);
    });
  }
  while (chat_.under_way < 2) std::this_thread::yield();
  leaving.request_stop();
  chat_.held = false;
  threads.clear();

  EXPECT_EQ(answered, 2);
  EXPECT_EQ(stopped, 2);
  EXPECT_EQ(chat_.asked, 2);
}

TEST_F(CallerAskers, BeginNoCallForWhomItIsTooLateAtTheEndpoint) {
  std::stop_source leaving;
  leaving.request_stop();
  chat_.held = false;

  EXPECT_EQ(caller_.Call({}, llm::Purpose::kNewPaper, {}, leaving.get_token()).refusal,
            llm::Refusal::kStopped);

  EXPECT_EQ(chat_.asked, 0);
}

}  // namespace
}  // namespace paperwire::llm_cards
