// One Kafka stage against the broker's own limit: the classify program, and a bare librdkafka loop
// that reads and writes the same records, on the same topics of the same broker, in turns.
#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "services/summarize/card.h"
#include "tests/bench/recorded_papers.h"
#include "tests/bench/row.h"
#include "tests/bench/stage_run.h"
#include "tests/support/environment.h"
#include "tests/support/paths.h"
#include "tests/support/stack.h"

namespace paperwire {
namespace {

using std::chrono::seconds;

constexpr double kMostMebibytes = 64;

// What summarize publishes: the recorded papers and their cards, or synthetic ones.
std::vector<bus::Message> Records() {
  const clock::SystemClock clock;
  std::vector<bus::Message> records;
  for (v1::Paper& paper : bench::Papers()) {
    v1::SummarizedPaper event;
    paper.set_version(1);
    paper.set_announced("2026-06-24");
    *event.mutable_summary() = summarize::Summarize(paper);
    *event.mutable_paper() = std::move(paper);
    *event.mutable_revision() = events::ToProto({.paper_version = 1, .rank = 1});
    records.push_back(events::Encode(events::kSummarized, event,
                                     {.service = "summarize", .configuration = "bench"}, clock));
  }
  return records;
}

// `count` of them, as often as needed, from number `first`.
absl::Status Load(support::Stack& stack, const std::vector<bus::Message>& records, int first,
                  int count) {
  for (int done = 0; done < count; done += 5000) {
    std::vector<bus::Message> messages;
    for (int number = first + done; number < first + std::min(count, done + 5000); ++number) {
      messages.push_back(records[static_cast<size_t>(number) % records.size()]);
    }
    if (auto status = stack.Publish(std::move(messages)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

int Run() {
  const int count = support::EnvironmentNumber("PAPERWIRE_BENCH_RECORDS", 50000);
  const int rounds = std::max(1, support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3));
  auto started = support::Stack::Start({});
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return 0;
  }
  support::Stack& stack = **started;
  const std::vector<bus::Message> records = Records();
  std::vector<double> ours, limits, ratios;
  double peak = 0;
  // The first round warms the broker up and is not counted.
  for (int round = 0; round <= rounds; ++round) {
    if (auto status = Load(stack, records, round * count, count); !status.ok()) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
      return 1;
    }
    int64_t before = stack.RecordCount("tagged");
    double broker = bench::UsageOf(stack.kafka().pid()).processor_seconds;
    if (!stack.StartService("classify").ok()) return 1;
    const double our_rate = bench::Throughput(stack, "tagged", before, count, seconds(180));
    const bench::Usage our_use = bench::UsageOf(stack.service("classify").pid());
    const double our_broker = bench::UsageOf(stack.kafka().pid()).processor_seconds - broker;
    if (stack.service("classify").Terminate(seconds(30)) != 0) {
      std::fprintf(stderr, "classify: %s\n", stack.LogTails().c_str());
      return 1;
    }

    before = stack.RecordCount("tagged");
    broker = bench::UsageOf(stack.kafka().pid()).processor_seconds;
    auto bare = support::Process::Start(
        {.command = {support::BinaryDir() + "/tests/bare_loop", stack.kafka().bootstrap(), "bare",
                     "summarized", "tagged"}});
    if (!bare.ok()) return 1;
    const double bare_rate = bench::Throughput(stack, "tagged", before, count, seconds(180));
    const bench::Usage bare_use = bench::UsageOf((*bare)->pid());
    const double bare_broker = bench::UsageOf(stack.kafka().pid()).processor_seconds - broker;
    // It has committed by itself when it has been quiet for a while.
    std::this_thread::sleep_for(seconds(6));
    (*bare)->KillNow();
    if (our_rate <= 0 || bare_rate <= 0) {
      std::fprintf(stderr, "a run did not get through its records\n%s\n", stack.LogTails().c_str());
      return 1;
    }
    const auto each = [&](double processor_seconds) { return 1e6 * processor_seconds / count; };
    std::printf(
        "round %d: classify %.0f/s, at most %.1f MiB, bare loop %.0f/s; µs of processor a record: "
        "classify %.1f and the broker %.1f, bare loop %.1f and the broker %.1f%s\n",
        round, our_rate, our_use.peak_mebibytes, bare_rate, each(our_use.processor_seconds),
        each(our_broker), each(bare_use.processor_seconds), each(bare_broker),
        round == 0 ? " (warming up)" : "");
    std::fflush(stdout);
    if (round == 0) continue;
    peak = std::max(peak, our_use.peak_mebibytes);
    ours.push_back(our_rate);
    limits.push_back(bare_rate);
    ratios.push_back(our_rate / bare_rate);
  }
  bench::Print({.name = "classify_stage",
                .ours = bench::Median(ours),
                .limit = bench::Median(limits),
                .ratio = bench::Median(ratios),
                .goal = 0.7,
                .unit = "records/s"});
  bench::Print({.name = "classify_stage_memory",
                .ours = peak,
                .limit = kMostMebibytes,
                .ratio = kMostMebibytes / peak,
                .goal = 1,
                .unit = "MiB"});
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
