#include "tests/bench/llm_run.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "libs/clock/clock.h"
#include "libs/events/topics.h"
#include "paperwire/v1/events.pb.h"
#include "tests/support/paper_source.h"

namespace paperwire::bench {
namespace {

constexpr int kPartitions = 48;

}  // namespace

LlmRun::LlmRun() : endpoint_({.manner = {.delay = std::chrono::seconds(5)}}) {}

absl::StatusOr<std::unique_ptr<LlmRun>> LlmRun::Start(int concurrency, int all) {
  std::unique_ptr<LlmRun> run(new LlmRun);
  auto stack = support::Stack::Start({.partitions = kPartitions});
  if (!stack.ok()) return stack.status();
  run->stack_ = *std::move(stack);
  run->fleet_ = std::make_unique<LlmFleet>(
      *run->stack_,
      std::vector<std::string>{
          support::ProgramPath("summarize"), "--kafka-brokers", run->stack_->kafka().bootstrap(),
          "--kafka-session-timeout", "6s", "--redis-url", run->stack_->redis_url(),
          "--llm-base-url", run->endpoint_.url(), "--llm-model", "five-seconds",
          "--llm-concurrency", std::to_string(concurrency), "--llm-total-concurrency",
          std::to_string(all), "--llm-daily-tokens", "1000000000"});
  return run;
}

bool LlmRun::Publish(int count) {
  const support::PaperSource source("2026-06-24");
  const clock::SystemClock clock;
  std::vector<bus::Message> messages;
  for (int i = 0; i < count; ++i) {
    messages.push_back(source.MakeRecord(events::kNewPaper, ++published_, clock));
  }
  return stack_->Publish(std::move(messages)).ok();
}

LlmRun::Outcome LlmRun::Look() {
  Outcome outcome{.dead = stack_->RecordCount("new-paper.dlq")};
  const auto records = stack_->Records("summarized");
  if (!records.ok()) return outcome;
  std::set<std::string> papers;
  std::set<std::string> by_model;
  for (const bus::Message& record : *records) {
    v1::SummarizedPaper summarized;
    if (!summarized.ParseFromString(record.value)) continue;
    papers.insert(record.key);
    if (summarized.summary().provenance().summarizer() == v1::SUMMARIZER_KIND_LLM) {
      by_model.insert(record.key);
    }
  }
  outcome.papers = static_cast<int>(papers.size());
  outcome.by_model = static_cast<int>(by_model.size());
  return outcome;
}

double LlmRun::RateBetween(size_t first, size_t last) {
  const auto records = stack_->Records("summarized");
  if (!records.ok() || records->size() <= last) return 0;
  std::vector<int64_t> times;
  for (const bus::Message& record : *records) times.push_back(record.timestamp_ms);
  std::sort(times.begin(), times.end());
  return static_cast<double>(last - first) * 1000 / static_cast<double>(times[last] - times[first]);
}

}  // namespace paperwire::bench
