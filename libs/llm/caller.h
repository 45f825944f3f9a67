#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "libs/clock/clock.h"
#include "libs/llm/admissions.h"
#include "libs/llm/breaker.h"
#include "libs/llm/call_metrics.h"
#include "libs/llm/chat.h"
#include "libs/llm/daily_budget.h"
#include "libs/llm/limiter.h"
#include "libs/llm/retry_budget.h"
#include "prometheus/registry.h"

namespace paperwire::llm {

// Why no call was made.
enum class Refusal {
  kNone,
  kBreakerOpen,
  kBudgetSoft,
  kBudgetHard,
  // What is left of the budget is unknown.
  kStoreAway,
  // The endpoint wants to be left alone for longer than is worth waiting here.
  kBlocked,
  // Our own side gave up.
  kStopped,
};
// "none", "breaker-open", "budget-soft", …
std::string_view RefusalName(Refusal refusal);

struct CallResult {
  // Of the last call; means nothing where none was made.
  ChatAnswer answer = {};
  // Not kNone: no call was made; but for kStopped, which may come after some.
  Refusal refusal = Refusal::kNone;
  // One line for people, of a refusal.
  std::string why = {};
  // How many calls were made: retries are calls.
  int calls = 0;
  // Of all of them, as the budget counts them.
  Spend spent = {};
};

// The only door to an endpoint: nothing else calls it. It asks the breaker, waits for admission,
// reserves the budget (for each call anew), calls, retries, and tells everybody what became of it.
// Thread-safe.
//
// At most three attempts: after a rate limit, an error of the server's, a time-out, a connection
// that failed, and whatever the endpoint says is worth it; never where the endpoint says that it is
// not, nor where it asks for more than 10 s of patience. Between them it waits half a second, then
// twice as long up to 8 s, less up to a quarter, or as long as the endpoint asks for.
class Caller {
 public:
  struct Options {
    // Which endpoint it is, for metrics: "1", "2", …
    std::string position = "1";
    // Of everything that is left to chance.
    uint32_t seed = std::random_device()();
  };
  // All must outlive it.
  struct Parts {
    Chat& chat;
    Limiter& limiter;
    DailyBudget& budget;
    const clock::Clock& clock;
    prometheus::Registry& metrics;
  };
  Caller(const Parts& parts, const Options& options);

  // Blocks until it is over; soon after `stop` is requested. Once `leaving` is, no call is begun,
  // nor tried again; one that is under way is finished.
  CallResult Call(const ChatRequest& request, Purpose purpose, const std::stop_token& stop,
                  const std::stop_token& leaving = {});

  // Whether a call for something new would be made now, as far as is known here: then upgrades may
  // be taken up. Asks nobody, so it is cheap; true again by itself when it is worth trying.
  bool Healthy() const;
  // Why not: one line for people. Empty while healthy.
  std::string WhyNot() const;

  const Endpoint& endpoint() const { return chat_.endpoint(); }

 private:
  // One call, from the first question to the last word.
  struct Attempt;

  // Leave to make a call, or why there is none.
  std::optional<Refusal> Prepare(Attempt& attempt, const std::stop_token& stop);
  std::optional<Refusal> AwaitPlace(Attempt& attempt, const std::stop_token& stop);
  std::optional<Refusal> TakeBudget(Attempt& attempt);
  ChatAnswer Make(const ChatRequest& request, const Attempt& attempt, const std::stop_token& stop,
                  CallResult& result);
  Refusal StoreAway(Attempt& attempt, const absl::Status& status);
  // How long to wait before the next attempt; nothing: there is none.
  std::optional<std::chrono::milliseconds> PauseAfter(const ChatAnswer& answer, int attempts);
  void ShowBreaker();

  // What stands in the way of new calls, for how long, and that nothing does.
  void Note(Refusal what, std::chrono::milliseconds how_long, std::string why);
  void Forget();

  Chat& chat_;
  DailyBudget& budget_;
  const clock::Clock& clock_;
  // Of this object, among all workers.
  const std::string name_;
  std::atomic<uint64_t> attempts_{0};
  CallMetrics metrics_;
  Breaker breaker_;
  std::atomic<Breaker::State> shown_{Breaker::State::kClosed};
  // Whether the model has written anything since the start.
  std::atomic<bool> answered_{false};
  RetryBudget retries_;
  struct Obstacle {
    Refusal what = Refusal::kNone;
    clock::SteadyTime until;
    std::string why;
  };
  mutable std::mutex mutex_;
  std::minstd_rand random_ ABSL_GUARDED_BY(mutex_);
  Obstacle obstacle_ ABSL_GUARDED_BY(mutex_);
  // Last: its thread.
  Admissions admissions_;
};

}  // namespace paperwire::llm
