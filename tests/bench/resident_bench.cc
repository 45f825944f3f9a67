// Resident memory of each service when it has nothing to do, on a real Kafka and Redis; and of
// serve with 5,000 papers in the window, and for each further 1,000.
#include <cstdio>
#include <thread>

#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/bench/cards.h"
#include "tests/bench/row.h"
#include "tests/support/free_port.h"
#include "tests/support/stack.h"

namespace paperwire {
namespace {

constexpr double kLimitMib = 64;

constexpr int kPapers = 5000;
constexpr int kFurther = 5000;
constexpr auto kSettled = std::chrono::seconds(15);

// Puts cards into the window the way classify would, until serve lists `all` of them.
bool Serve(support::Stack& stack, int listed, int all) {
  const clock::SystemClock clock;
  std::vector<bus::Message> messages;
  for (int number = listed + 1; number <= all; ++number) {
    const v1::Entry card = bench::CardOf(number);
    v1::TaggedPaper event;
    *event.mutable_paper() = card.paper();
    *event.mutable_summary() = card.summary();
    *event.mutable_tags() = card.tags();
    *event.mutable_tag_provenance() = card.tag_provenance();
    *event.mutable_revision() = events::ToProto({.paper_version = 1, .generation = 0, .rank = 1});
    messages.push_back(events::Encode(events::kTagged, event,
                                      {.service = "classify", .configuration = "bench"}, clock));
  }
  if (const absl::Status sent = stack.Publish(std::move(messages)); !sent.ok()) {
    std::fprintf(stderr, "%s\n", sent.ToString().c_str());
    return false;
  }
  if (stack.WaitForCount(all, std::chrono::minutes(3))) return true;
  std::fprintf(stderr, "serve does not list %d papers\n%s\n", all, stack.LogTails().c_str());
  return false;
}

double Mib(const support::Process& process) {
  return static_cast<double>(process.ResidentKib()) / 1024;
}

void MeasureServe(support::Stack& stack) {
  const auto print = [](const char* name, double mib, double limit, const char* unit) {
    bench::Print({.name = name,
                  .ours = mib,
                  .limit = limit,
                  .ratio = limit / mib,
                  .goal = 1.0,
                  .unit = unit});
  };
  const double empty = Mib(stack.service("serve"));
  if (!Serve(stack, 0, kPapers)) return;
  std::this_thread::sleep_for(kSettled);
  const double followed = Mib(stack.service("serve"));
  std::printf("serve: %.1f MiB empty, %.1f MiB with %d papers\n", empty, followed, kPapers);
  print("resident_serve_5000", followed, kLimitMib, "MiB with 5,000 papers");
  if (!Serve(stack, kPapers, kPapers + kFurther)) return;
  std::this_thread::sleep_for(kSettled);
  const double further = (Mib(stack.service("serve")) - followed) * 1000 / kFurther;
  print("resident_serve_1000", further, (kLimitMib - empty) * 1000 / kPapers,
        "MiB per further 1,000");
}

int Run() {
  auto started = support::Stack::Start({});
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return 0;
  }
  support::Stack& stack = **started;
  if (auto status = stack.StartServices(); !status.ok()) {
    std::fprintf(stderr, "%s\n%s\n", status.ToString().c_str(), stack.LogTails().c_str());
    return 1;
  }
  // ingest between two cycles: nobody answers where it asks.
  auto command = stack.CommandOf("ingest");
  command.insert(command.end(), {"--feed-clock", "real", "--request-interval", "0s", "--rss-url",
                                 "http://127.0.0.1:" + std::to_string(support::FreePort())});
  auto ingest = support::Process::Start(
      {.command = command, .environment = {}, .log = stack.log_folder() + "/ingest.log"});
  if (!ingest.ok()) return 1;
  std::this_thread::sleep_for(std::chrono::seconds(15));

  const auto print = [](const std::string& name, const support::Process& process) {
    const double mib = Mib(process);
    bench::Print({.name = "resident_" + name,
                  .ours = mib,
                  .limit = kLimitMib,
                  .ratio = mib > 0 ? kLimitMib / mib : 0,
                  .goal = 1.0,
                  .unit = "MiB idle"});
  };
  print("ingest", **ingest);
  for (const auto& name : stack.service_names()) print(name, stack.service(name));
  MeasureServe(stack);
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
