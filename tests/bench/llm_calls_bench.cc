// Sixteen workers of sixteen calls each that share one limit through a real Redis, against what the
// limit allows: a cap that all of them fit under, and one that three in four must wait for. And
// what the restraint itself takes: how often Redis is asked for a call, and for how long.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/llm/caller.h"
#include "libs/llm/redis_daily_budget.h"
#include "libs/llm/redis_limiter.h"
#include "libs/redis/client.h"
#include "prometheus/registry.h"
#include "tests/bench/row.h"
#include "tests/support/redis_process.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;

constexpr int kWorkers = 16;
constexpr int kCallsOfEach = 16;
constexpr milliseconds kCall{1000};
constexpr milliseconds kMeasured{10'000};
constexpr double kGoal = 0.95;

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// An endpoint that takes its time: a fifth more or less, in turn, so that calls do not end
// together.
class SlowChat final : public llm::Chat {
 public:
  SlowChat(std::string model, milliseconds latency) : latency_(latency) {
    endpoint_.base_url = "http://127.0.0.1:9/v1";
    endpoint_.model = std::move(model);
  }
  const llm::Endpoint& endpoint() const override { return endpoint_; }
  llm::ChatAnswer Ask(const llm::ChatRequest& /*request*/, llm::SchemaMode mode,
                      std::stop_token /*stop*/) override {
    const milliseconds latency = latency_ * (80 + calls_++ * 7 % 41) / 100;
    if (latency.count() > 0) std::this_thread::sleep_for(latency);
    ++ended_;
    return {.outcome = llm::CallOutcome::kAnswered,
            .usage = {.input_tokens = 1500, .output_tokens = 400},
            .latency = latency,
            .mode = mode};
  }
  int64_t calls() const { return ended_; }

 private:
  llm::Endpoint endpoint_;
  const milliseconds latency_;
  std::atomic<int64_t> calls_{0};
  std::atomic<int64_t> ended_{0};
};

// One process, as far as Redis can tell.
struct Worker {
  Worker(const std::string& url, llm::Chat& chat, int cap)
      : client(redis::Client::Create({.url = url}).value()),
        store(*client, clock),
        limiter(store, {.cap = cap}),
        budget(store, {.hard_tokens = 1'000'000'000}),
        caller({chat, limiter, budget, clock, metrics}, {}) {}

  clock::SystemClock clock;
  std::unique_ptr<redis::Client> client;
  llm::RedisStore store;
  llm::RedisLimiter limiter;
  llm::RedisDailyBudget budget;
  prometheus::Registry metrics;
  llm::Caller caller;
};

const llm::ChatRequest kRequest{.user = std::string(5000, 'x')};

// Scripts that the server has run, and the microseconds that it took.
std::pair<int64_t, int64_t> Scripts(redis::Client& client) {
  const std::string text = client.Call({"INFO", "commandstats"}).value().text;
  long long calls = 0;
  long long micros = 0;
  const size_t at = text.find("cmdstat_evalsha:");
  if (at != std::string::npos) {
    std::sscanf(text.c_str() + at, "cmdstat_evalsha:calls=%lld,usec=%lld", &calls, &micros);
  }
  return {calls, micros};
}

void MeasureThroughput(const std::string& url, redis::Client& watcher, int cap) {
  SlowChat chat(fmt::format("cap-{}", cap), kCall);
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < kWorkers; ++i) workers.push_back(std::make_unique<Worker>(url, chat, cap));
  std::stop_source stop;
  std::vector<std::jthread> threads;
  for (const auto& worker : workers) {
    for (int i = 0; i < kCallsOfEach; ++i) {
      threads.emplace_back([&] {
        while (!stop.stop_requested()) {
          worker->caller.Call(kRequest, llm::Purpose::kNewPaper, stop.get_token());
        }
      });
    }
  }
  // Until the slow start is over: from 4, about twice as many with each call's time.
  std::this_thread::sleep_for(kCall * 12);
  const auto [scripts_before, micros_before] = Scripts(watcher);
  const int64_t calls_before = chat.calls();
  const auto start = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(kMeasured);
  const auto calls = static_cast<double>(chat.calls() - calls_before);
  const double rate = calls / SecondsSince(start);
  const auto [scripts, micros] = Scripts(watcher);
  stop.request_stop();
  threads.clear();
  const double ideal = cap / std::chrono::duration<double>(kCall).count();
  bench::Print(
      {.name = fmt::format("llm calls, {} workers x {}, cap {}", kWorkers, kCallsOfEach, cap),
       .ours = rate,
       .limit = ideal,
       .ratio = rate / ideal,
       .goal = kGoal,
       .unit = "calls/s"});
  std::printf("cap %d: %.1f questions to Redis for each call, %.0f us of its processor\n", cap,
              static_cast<double>(scripts - scripts_before) / calls,
              static_cast<double>(micros - micros_before) / calls);
}

void MeasureOverhead(const std::string& url, redis::Client& watcher) {
  constexpr int kCalls = 2000;
  SlowChat chat("quick", milliseconds(0));
  Worker worker(url, chat, 16);
  worker.caller.Call(kRequest, llm::Purpose::kNewPaper, {});
  const auto [scripts_before, micros_before] = Scripts(watcher);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kCalls; ++i) worker.caller.Call(kRequest, llm::Purpose::kNewPaper, {});
  const double seconds = SecondsSince(start);
  const auto [scripts, micros] = Scripts(watcher);
  std::printf(
      "a call that waits for nobody: %.1f questions to Redis, %.0f us in all (%.0f us of its "
      "processor)\n",
      static_cast<double>(scripts - scripts_before) / kCalls, seconds / kCalls * 1e6,
      static_cast<double>(micros - micros_before) / kCalls);
}

int Run() {
  if (!tests::RedisProcess::Available()) {
    std::printf("SKIPPED PROGRAM: redis-server is not installed\n");
    return 0;
  }
  const auto server = tests::RedisProcess::Start();
  if (!server.ok()) {
    std::fprintf(stderr, "llm_calls: %s\n", server.status().ToString().c_str());
    return 1;
  }
  const auto watcher = redis::Client::Create({.url = (*server)->Url()}).value();
  MeasureOverhead((*server)->Url(), *watcher);
  for (const int cap : {kWorkers * kCallsOfEach, kWorkers * kCallsOfEach / 4}) {
    MeasureThroughput((*server)->Url(), *watcher, cap);
  }
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
