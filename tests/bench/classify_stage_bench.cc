// One Kafka stage against the broker's own limit: the classify program, and a bare librdkafka loop
// that reads and writes the same records, on the same topics of the same broker, in turns.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/bus/kafka_publisher.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "prometheus/registry.h"
#include "tests/bench/row.h"
#include "tests/bench/stage_run.h"
#include "tests/support/environment.h"
#include "tests/support/paper_source.h"
#include "tests/support/paths.h"
#include "tests/support/stack.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::seconds;

// A card as summarize makes it, in size and words.
v1::Summary SummaryOf(const v1::Paper& paper) {
  v1::Summary summary;
  const std::string& text = paper.abstract();
  std::vector<std::string> sentences;
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find(". ", from), text.size() - 1);
    sentences.push_back(text.substr(from, end - from + 1));
    from = end + 2;
  }
  summary.set_tldr(sentences.front());
  for (size_t i = 0; i < std::min<size_t>(4, sentences.size()); ++i) {
    summary.add_highlights(sentences[i]);
  }
  summary.set_summary(text);
  summary.set_methodology(sentences[sentences.size() / 3]);
  summary.set_results(sentences[sentences.size() / 2]);
  summary.set_implications(sentences.back());
  summary.mutable_provenance()->set_summarizer(v1::SUMMARIZER_KIND_EMBEDDED);
  summary.mutable_provenance()->set_model("roles-1");
  summary.mutable_provenance()->set_paper_version(1);
  return summary;
}

absl::Status Load(support::Stack& stack, int first, int count) {
  const support::PaperSource source("2026-06-24");
  const clock::SystemClock clock;
  for (int done = 0; done < count; done += 5000) {
    std::vector<bus::Message> messages;
    for (int number = first + done; number < first + std::min(count, done + 5000); ++number) {
      const v1::NewPaper event = source.MakeNew(1 + number % 99999);
      v1::SummarizedPaper summarized;
      events::CarryOver(event, summarized);
      *summarized.mutable_summary() = SummaryOf(event.paper());
      messages.push_back(events::Encode(events::kSummarized, summarized,
                                        {.service = "summarize", .configuration = "bench"}, clock));
    }
    if (auto status = stack.Publish(std::move(messages)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

int Run() {
  const int records = support::EnvironmentNumber("PAPERWIRE_BENCH_RECORDS", 50000);
  const int rounds = support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3);
  auto started = support::Stack::Start({});
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return 0;
  }
  support::Stack& stack = **started;
  std::vector<double> ours, limits, ratios;
  // The first round warms the broker up and is not counted.
  for (int round = 0; round <= rounds; ++round) {
    if (auto status = Load(stack, round * records, records); !status.ok()) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
      return 1;
    }
    int64_t before = stack.RecordCount("tagged");
    if (!stack.StartService("classify").ok()) return 1;
    const double our_rate = bench::Throughput(stack, "tagged", before, records, seconds(180));
    const bench::Usage our_use = bench::UsageOf(stack.service("classify").pid());
    if (stack.service("classify").Terminate(seconds(30)) != 0) {
      std::fprintf(stderr, "classify: %s\n", stack.LogTails().c_str());
      return 1;
    }

    before = stack.RecordCount("tagged");
    auto bare = support::Process::Start(
        {.command = {support::BinaryDir() + "/tests/bare_loop", stack.kafka().bootstrap(), "bare",
                     "summarized", "tagged"}});
    if (!bare.ok()) return 1;
    const double bare_rate = bench::Throughput(stack, "tagged", before, records, seconds(180));
    const bench::Usage bare_use = bench::UsageOf((*bare)->pid());
    // It has committed by itself when it has been quiet for a while.
    std::this_thread::sleep_for(seconds(6));
    (*bare)->KillNow();
    if (our_rate <= 0 || bare_rate <= 0) {
      std::fprintf(stderr, "a run did not get through its records\n%s\n", stack.LogTails().c_str());
      return 1;
    }
    const auto each = [&](const bench::Usage& use) {
      return 1e6 * use.processor_seconds / records;
    };
    std::printf(
        "round %d: classify %.0f/s, %.1f µs of processor a record, at most %.1f MiB; bare loop "
        "%.0f/s, %.1f µs%s\n",
        round, our_rate, each(our_use), our_use.peak_mebibytes, bare_rate, each(bare_use),
        round == 0 ? " (warming up)" : "");
    std::fflush(stdout);
    if (round == 0) continue;
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
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
