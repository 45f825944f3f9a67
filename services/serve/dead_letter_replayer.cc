#include "services/serve/dead_letter_replayer.h"

#include <utility>

#include "fmt/format.h"
#include "libs/paper/text.h"
#include "libs/telemetry/log.h"
#include "libs/window/sighting.h"
#include "services/serve/ledger_keeper.h"

namespace paperwire::serve {
namespace {

// Records on their way at a time.
constexpr size_t kMostRecords = 256;
constexpr size_t kMostBytes = 16u << 20;
// In the log, of what others wrote.
constexpr size_t kLongestShown = 80;

std::string Shown(const std::string& text) {
  return paper::Truncate(paper::CleanLine(text), kLongestShown);
}

const window::Whereabouts* Find(const window::LedgerContents& contents,
                                const window::LedgerWrite& write) {
  const auto day = contents.papers.find(write.announced);
  if (day == contents.papers.end()) return nullptr;
  const auto found = day->second.find(write.arxiv_id);
  return found == day->second.end() ? nullptr : &found->second;
}

bool IsSuperseded(const bus::Message& dead, const window::LedgerContents& contents,
                  const std::string& oldest) {
  const window::LedgerWrite write = ReadSighting(dead);
  // What names no paper is in no ledger; to put it back twice does no harm.
  if (write.arxiv_id.empty()) return false;
  if (write.announced < oldest) return true;
  const window::Whereabouts* newest = Find(contents, write);
  return newest != nullptr && window::Replaces(*newest, write.sighting);
}

}  // namespace

struct DeadLetterReplayer::Task {
  const window::LedgerContents& contents;
  // First announcement date of the window.
  const std::string oldest;
  const bool dry_run;
  std::stop_token stop;
  v1::ReplayDeadLettersResponse response = {};
  // To be put back, and as what.
  std::vector<bus::Message> dead = {};
  std::vector<bus::Message> restored = {};
  size_t bytes = 0;
  absl::Status failure = {};
};

DeadLetterReplayer::DeadLetterReplayer(Parts parts, prometheus::Registry& metrics)
    : parts_(std::move(parts)),
      letters_(prometheus::BuildCounter()
                   .Name("paperwire_serve_replayed_dead_letters_total")
                   .Help("Dead letters that operators asked to have put back, by topic and what "
                         "became of them.")
                   .Register(metrics)) {}

void DeadLetterReplayer::Count(const bus::Message& dead, const char* outcome, Task& task) {
  if (task.dry_run) return;
  letters_.Add({{"topic", dead.topic}, {"outcome", outcome}}).Increment();
  const bool well = outcome != std::string_view("left") && outcome != std::string_view("failed");
  telemetry::Log(well ? telemetry::Level::kInfo : telemetry::Level::kWarning, "dead letter",
                 {{"outcome", outcome},
                  {"paper", dead.key},
                  {"traceparent", dead.FindHeader("traceparent")},
                  {"topic", dead.topic},
                  {"partition", static_cast<int>(dead.partition)},
                  {"offset", dead.offset},
                  {"class", Shown(events::ErrorClass(dead))}});
}

void DeadLetterReplayer::Take(const bus::Message& dead, Task& task) {
  v1::ReplayDeadLettersResponse& response = task.response;
  response.set_matched(response.matched() + 1);
  if (IsSuperseded(dead, task.contents, task.oldest)) {
    response.set_superseded(response.superseded() + 1);
    Count(dead, "superseded", task);
    return;
  }
  absl::StatusOr<bus::Message> restored = events::Restore(dead);
  if (!restored.ok()) {
    response.set_left(response.left() + 1);
    Count(dead, "left", task);
    return;
  }
  if (task.dry_run) {
    response.set_replayed(response.replayed() + 1);
    return;
  }
  task.bytes += dead.value.size();
  task.dead.push_back(dead);
  task.dead.back().value.clear();
  task.restored.push_back(*std::move(restored));
  if (task.dead.size() >= kMostRecords || task.bytes >= kMostBytes) Publish(task);
}

void DeadLetterReplayer::Publish(Task& task) {
  const auto statuses = bus::PublishAllAndWait(
      parts_.publisher, std::exchange(task.restored, std::vector<bus::Message>()), task.stop);
  for (size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i].ok()) {
      task.response.set_replayed(task.response.replayed() + 1);
      Count(task.dead[i], "replayed", task);
    } else if (absl::IsInvalidArgument(statuses[i])) {
      // With what it has gathered on its way it is too large for its topic now.
      task.response.set_left(task.response.left() + 1);
      Count(task.dead[i], "left", task);
    } else {
      Count(task.dead[i], "failed", task);
      task.failure.Update(statuses[i]);
    }
  }
  task.dead.clear();
  task.bytes = 0;
}

absl::StatusOr<v1::ReplayDeadLettersResponse> DeadLetterReplayer::Run(
    const v1::ReplayDeadLettersRequest& request, std::stop_token stop) {
  const events::DeadLetterFilter filter{.topic = request.topic(),
                                        .error_class = request.error_class()};
  const auto topics = filter.Topics();
  if (!topics.ok()) return topics.status();
  const absl::StatusOr<window::LedgerContents> contents = parts_.ledger.Load();
  if (!contents.ok()) {
    return absl::UnavailableError(
        fmt::format("Redis failed: {}; nothing was put back", contents.status().ToString()));
  }
  if (!contents->complete) {
    return absl::UnavailableError(
        "serve was not ready: the ledger is being rebuilt; nothing was put back");
  }

  Task task{.contents = *contents,
            .oldest = parts_.feed_clock.Oldest(),
            .dry_run = request.dry_run(),
            .stop = std::move(stop)};
  for (const std::string& topic : *topics) {
    const absl::Status read = parts_.read_topic(topic, [&](const bus::Message& dead) {
      if (filter.Matches(dead)) Take(dead, task);
      return task.failure.ok() && !task.stop.stop_requested();
    });
    if (task.failure.ok()) task.failure = read;
    Publish(task);
    if (task.stop.stop_requested()) task.failure.Update(absl::CancelledError("stopped"));
    if (!task.failure.ok()) break;
  }
  const v1::ReplayDeadLettersResponse& response = task.response;
  telemetry::Log(telemetry::Level::kInfo, "dead letters put back",
                 {{"topic", Shown(request.topic())},
                  {"class", Shown(request.error_class())},
                  {"dry_run", request.dry_run()},
                  {"matched", static_cast<int64_t>(response.matched())},
                  {"replayed", static_cast<int64_t>(response.replayed())},
                  {"superseded", static_cast<int64_t>(response.superseded())},
                  {"left", static_cast<int64_t>(response.left())},
                  {"outcome", task.failure}});
  if (task.failure.ok()) return response;
  return absl::UnavailableError(
      fmt::format("Kafka failed when {} dead letters had been put back: {}", response.replayed(),
                  std::string(task.failure.message())));
}

}  // namespace paperwire::serve
