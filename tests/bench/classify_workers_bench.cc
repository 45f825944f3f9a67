// How workers of classify share a backlog.
#include <algorithm>
#include <cstdio>

#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/bench/shared_backlog.h"
#include "tests/support/environment.h"
#include "tests/support/paper_source.h"
#include "tests/support/stack.h"

namespace paperwire {
namespace {

bus::Message Record(int number) {
  static const support::PaperSource kSource("2026-06-24");
  const v1::NewPaper event = kSource.MakeNew(1 + number % 99999);
  v1::SummarizedPaper summarized;
  events::CarryOver(event, summarized);
  summarized.mutable_summary()->set_summary(event.paper().abstract());
  return events::Encode(events::kSummarized, summarized,
                        {.service = "summarize", .configuration = "bench"}, clock::SystemClock());
}

int Run() {
  const int rounds = std::max(1, support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3));
  auto started = support::Stack::Start({});
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return 0;
  }
  const bench::SharedBacklog::Options options{
      .stage = "classify", .program = "slow_classify", .output_topic = "tagged", .record = Record};
  return bench::SharedBacklog(**started, options).Run(rounds) ? 0 : 1;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
