// How workers of summarize scale when a language model takes five seconds for each paper, what a
// worker needs with 64 calls under way, and how often a paper is asked for.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "tests/bench/llm_run.h"
#include "tests/bench/row.h"
#include "tests/bench/stage_run.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using bench::LlmRun;
using std::chrono::seconds;
using support::WaitUntil;

// Calls at once of each worker: 256 with 16 of them, which two cores can do.
constexpr int kConcurrency = 16;
constexpr int kManyCalls = 64;
// So many times all calls at once is measured.
constexpr int kRounds = 6;
constexpr double kMostMebibytes = 64;
constexpr double kMostCallsPerPaper = 1.01;

struct Measured {
  bool skipped = false;
  double rate = 0;
  double peak_mebibytes = 0;
  double calls_per_paper = 0;
};

// Nothing in it: it did not work.
Measured Measure(int workers, int concurrency) {
  const int calls = workers * concurrency;
  auto started = LlmRun::Start(concurrency, calls);
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return {.skipped = true};
  }
  LlmRun& run = **started;
  const auto fail = [&](const char* what) {
    std::fprintf(stderr, "%s\n%s\n", what, run.stack().LogTails().c_str());
    return Measured();
  };
  // The limit of calls grows from four; and no partition may run dry.
  if (!run.Publish(calls * (kRounds + 6) * 4 / 3 + 300) || !run.fleet().Add(workers)) {
    return fail("workers do not start");
  }
  if (!WaitUntil(seconds(120), [&] { return run.endpoint().counts().in_flight >= calls; })) {
    return fail("workers do not get to all their calls");
  }
  // By the middle of a round, so that rounds in step are counted whole.
  const auto first = static_cast<size_t>(run.Done() + calls + calls / 2);
  const auto last = first + static_cast<size_t>(kRounds * calls);
  if (!WaitUntil(seconds(120), [&] { return run.Done() > static_cast<int64_t>(last); })) {
    return fail("workers do not get on");
  }
  Measured measured{.rate = run.RateBetween(first, last)};
  for (size_t i = 0; i < run.fleet().size(); ++i) {
    measured.peak_mebibytes = std::max(measured.peak_mebibytes,
                                       bench::UsageOf(run.fleet().process(i).pid()).peak_mebibytes);
  }
  if (!run.fleet().StopAll()) return fail("a worker does not end");
  const LlmRun::Outcome outcome = run.Look();
  if (outcome.by_model != outcome.papers || outcome.dead > 0) {
    return fail("cards fell back, or died");
  }
  const stand_in::CallCounts counts = run.endpoint().counts();
  measured.calls_per_paper =
      static_cast<double>(counts.calls) / static_cast<double>(counts.by_paper.size());
  return measured;
}

void PrintScaling(int workers, int concurrency, const Measured& measured) {
  const double ideal = workers * concurrency / LlmRun::kCallSeconds;
  bench::Print({.name = "llm_" + std::to_string(workers) + "x" + std::to_string(concurrency),
                .ours = measured.rate,
                .limit = ideal,
                .ratio = measured.rate / ideal,
                .goal = 0.95,
                .unit = "papers/s"});
  std::printf("%d workers of %d calls: at most %.1f MiB, %.4f calls for each paper\n", workers,
              concurrency, measured.peak_mebibytes, measured.calls_per_paper);
  std::fflush(stdout);
}

int Run() {
  double calls_per_paper = 0;
  Measured measured;
  for (const auto& [workers, concurrency] :
       {std::pair(1, kConcurrency), std::pair(4, kConcurrency), std::pair(16, kConcurrency),
        std::pair(1, kManyCalls)}) {
    measured = Measure(workers, concurrency);
    if (measured.skipped) return 0;
    if (measured.rate <= 0) return 1;
    PrintScaling(workers, concurrency, measured);
    calls_per_paper = std::max(calls_per_paper, measured.calls_per_paper);
  }
  bench::Print({.name = "llm_worker_memory",
                .ours = measured.peak_mebibytes,
                .limit = kMostMebibytes,
                .ratio = kMostMebibytes / measured.peak_mebibytes,
                .goal = 1,
                .unit = "MiB"});
  bench::Print({.name = "llm_calls_per_paper",
                .ours = calls_per_paper,
                .limit = kMostCallsPerPaper,
                .ratio = kMostCallsPerPaper / calls_per_paper,
                .goal = 1,
                .unit = "calls"});
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
