// How workers of summarize share a backlog, and the memory of the real program at full speed.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/bench/row.h"
#include "tests/bench/shared_backlog.h"
#include "tests/bench/stage_run.h"
#include "tests/support/environment.h"
#include "tests/support/paper_source.h"
#include "tests/support/stack.h"

namespace paperwire {
namespace {

using std::chrono::seconds;

constexpr int kFullSpeed = 30000;
constexpr double kMostMebibytes = 64;

bus::Message Record(int number) {
  static const support::PaperSource kSource("2026-06-24");
  return events::Encode(events::kNewPaper, kSource.MakeNew(1 + number % 99999),
                        {.service = "ingest", .configuration = "bench"}, clock::SystemClock());
}

// The real program on a backlog, without a wait.
bool MeasureMemory(support::Stack& stack) {
  for (int done = 0; done < kFullSpeed; done += 5000) {
    std::vector<bus::Message> messages;
    for (int i = done; i < done + 5000; ++i) messages.push_back(Record(i));
    if (!stack.Publish(std::move(messages)).ok()) return false;
  }
  const int64_t before = stack.RecordCount("summarized");
  if (!stack.StartService("summarize").ok()) return false;
  const double rate = bench::Throughput(stack, "summarized", before, kFullSpeed, seconds(120));
  const double peak = bench::UsageOf(stack.service("summarize").pid()).peak_mebibytes;
  stack.service("summarize").Terminate(seconds(30));
  if (rate <= 0 || peak <= 0) return false;
  std::printf("full speed: %.0f papers/s through Kafka, at most %.1f MiB\n", rate, peak);
  bench::Print({.name = "summarize_service_memory",
                .ours = peak,
                .limit = kMostMebibytes,
                .ratio = kMostMebibytes / peak,
                .goal = 1,
                .unit = "MiB"});
  return true;
}

int Run() {
  const int rounds = std::max(1, support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3));
  auto started = support::Stack::Start({});
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return 0;
  }
  support::Stack& stack = **started;
  const bench::SharedBacklog::Options options{.stage = "summarize",
                                              .program = "slow_summarize",
                                              .output_topic = "summarized",
                                              .record = Record};
  if (!bench::SharedBacklog(stack, options).Run(rounds)) return 1;
  if (!MeasureMemory(stack)) {
    std::fprintf(stderr, "summarize did not get through its backlog\n%s\n",
                 stack.LogTails().c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
