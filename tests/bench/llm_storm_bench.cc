// How often papers are asked for while workers come, go and die.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include "tests/bench/llm_run.h"
#include "tests/bench/row.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using bench::LlmRun;
using std::chrono::seconds;
using support::WaitUntil;

constexpr int kWorkers = 4;
constexpr int kConcurrency = 16;
constexpr int kPapers = 1000;
constexpr double kMostCallsPerPaper = 1.01;
// Between two blows: so many papers more have their cards.
constexpr int kApart = 100;

// Deals `blow` after `blow` until all papers have their cards; then the calls that were made, less
// `paid_for_nothing`. Below zero: it did not work.
double CallsUnder(LlmRun& run, const std::function<bool(int turn)>& blow,
                  const int64_t& paid_for_nothing) {
  const int64_t calls_before = run.endpoint().counts().calls;
  const int target = run.published() + kPapers;
  if (!run.Publish(kPapers)) return -1;
  int turn = 0;
  int64_t next = run.Done() + kApart;
  const bool done = WaitUntil(seconds(400), [&] {
    const int64_t now = run.Done();
    if (now >= next && now + kApart < target) {
      next = now + kApart;
      if (!blow(turn++)) return true;
    }
    return now >= target && run.Look().papers >= target;
  });
  const LlmRun::Outcome outcome = run.Look();
  const int64_t calls = run.endpoint().counts().calls - calls_before;
  std::printf(
      "%d blows: %d papers have cards, %d of them by the model, %ld dead; %ld calls, "
      "%ld of them in flight when a worker was killed\n",
      turn, outcome.papers, outcome.by_model, static_cast<long>(outcome.dead),
      static_cast<long>(calls), static_cast<long>(paid_for_nothing));
  std::fflush(stdout);
  if (!done || outcome.papers != target || outcome.by_model != target || outcome.dead > 0) {
    return -1;
  }
  return static_cast<double>(calls - paid_for_nothing);
}

void Print(const std::string& name, double calls) {
  const double per_paper = calls / kPapers;
  bench::Print({.name = name,
                .ours = per_paper,
                .limit = kMostCallsPerPaper,
                .ratio = kMostCallsPerPaper / per_paper,
                .goal = 1,
                .unit = "calls"});
}

int Run() {
  auto started = LlmRun::Start(kConcurrency, kWorkers * kConcurrency);
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return 0;
  }
  LlmRun& run = **started;
  bench::LlmFleet& fleet = run.fleet();
  if (!fleet.Add(kWorkers)) return 1;
  const auto failed = [&] {
    std::fprintf(stderr, "papers are without their cards\n%s\n", run.stack().LogTails().c_str());
    return 1;
  };

  const int64_t nothing = 0;
  const double clean = CallsUnder(
      run,
      [&](int turn) {
        switch (turn % 3) {
          case 0:
            return fleet.Add(1);
          case 1:
            return fleet.Restart(static_cast<size_t>(turn) % fleet.size());
          default:
            return fleet.RemoveLast();
        }
      },
      nothing);
  if (clean < 0) return failed();
  Print("llm_storm_restarts", clean);

  int64_t in_flight = 0;
  const double deadly = CallsUnder(
      run,
      [&](int turn) {
        const int64_t before = run.endpoint().counts().left;
        if (!fleet.Kill(static_cast<size_t>(turn) % fleet.size())) return false;
        // What the endpoint loses its caller of at once was in flight.
        int64_t left = before;
        WaitUntil(
            seconds(2),
            [&] {
              return std::exchange(left, run.endpoint().counts().left) == left && left > before;
            },
            std::chrono::milliseconds(200));
        in_flight += left - before;
        return true;
      },
      in_flight);
  if (deadly < 0) return failed();
  Print("llm_storm_kills", deadly);
  return fleet.StopAll() ? 0 : 1;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
