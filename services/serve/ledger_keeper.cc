#include "services/serve/ledger_keeper.h"

#include <charconv>
#include <string_view>
#include <utility>

#include "libs/bus/failed_record.h"
#include "libs/calendar/calendar.h"
#include "libs/events/dead_letters.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/paper/arxiv_id.h"
#include "libs/paper/text.h"

namespace paperwire::serve {
namespace {

struct StageTopic {
  std::string_view topic;
  v1::Stage stage;
};
constexpr StageTopic kStageTopics[] = {{events::kNewPaper, v1::STAGE_INGESTED},
                                       {events::kSummarized, v1::STAGE_SUMMARIZED},
                                       {events::kTagged, v1::STAGE_TAGGED}};

// The stage topic that `topic` is, or is a retry tier or dead-letter topic of.
const StageTopic* OriginOf(std::string_view topic) {
  for (const StageTopic& known : kStageTopics) {
    if (!topic.starts_with(known.topic)) continue;
    const std::string_view rest = topic.substr(known.topic.size());
    if (rest.empty() || rest.starts_with(".retry.") || rest == ".dlq") return &known;
  }
  return nullptr;
}

// What the ledger refuses is lost to it: a clock that is behind, and the stages' with it, must not
// do that to records of today. They are kept, and shown once their date has come.
constexpr int kDaysAhead = 366;

bool IsPlain(std::string_view topic) {
  return topic == events::kBatches || topic == events::kCycles;
}

bool CanonicalId(const std::string& key) {
  const auto id = paper::ParseArxivId(key);
  return id.ok() && id->version == 0 && id->base == key;
}

}  // namespace

std::vector<std::string> LedgerTopics() {
  std::vector<std::string> topics = {std::string(events::kBatches), std::string(events::kCycles)};
  for (const StageTopic& known : kStageTopics) {
    topics.emplace_back(known.topic);
    topics.push_back(events::DeadLetterTopic(known.topic));
    // serve waits at its own topic: that has no retry tiers.
    if (known.topic == events::kTagged) continue;
    for (const events::RetryTier& tier : events::RetryTiers()) {
      topics.push_back(events::RetryTopic(known.topic, tier));
    }
  }
  return topics;
}

window::LedgerWrite ReadSighting(const bus::Message& message) {
  window::LedgerWrite write;
  write.offset = message.offset;
  if (message.topic == events::kBatches) {
    v1::Batch batch;
    if (events::Decode(message, batch).ok()) write.batch = std::move(batch);
    return write;
  }
  if (message.topic == events::kCycles) {
    v1::Cycle cycle;
    if (events::Decode(message, cycle).ok()) write.cycle = std::move(cycle);
    return write;
  }
  const StageTopic* origin = OriginOf(message.topic);
  const std::string_view announced = message.FindHeader("pw-announced");
  if (origin == nullptr || !calendar::ParseDate(announced) || !CanonicalId(message.key)) {
    return write;
  }
  write.arxiv_id = message.key;
  write.announced = announced;
  window::Whereabouts& sighting = write.sighting;
  sighting.stage = origin->stage;
  sighting.dead_lettered = message.topic.ends_with(".dlq");
  sighting.topic = message.topic;
  sighting.partition = message.partition;
  sighting.offset = message.offset;
  sighting.replays = events::ReplaysOf(message);
  sighting.attempts = static_cast<uint32_t>(bus::AttemptsOf(message));
  sighting.since_ms = message.timestamp_ms;
  if (message.topic == events::kNewPaper) sighting.ingested_ms = message.timestamp_ms;
  const std::string_view revision = message.FindHeader("pw-revision");
  std::from_chars(revision.data(), revision.data() + revision.size(), sighting.revision);
  if (sighting.dead_lettered) {
    sighting.reason = message.FindHeader("x-error-class");
    const std::string_view detail = message.FindHeader("x-error-message");
    if (!detail.empty()) sighting.reason.append(": ").append(detail);
  } else if (message.topic == events::kTagged) {
    // A removal is an ordinary record of `tagged`; only its value says so.
    v1::TaggedPaper event;
    if (events::Decode(message, event).ok() && event.removed()) {
      sighting.reason =
          "removed: " + (event.removed_reason().empty() ? std::string("no reason given")
                                                        : event.removed_reason());
    }
  }
  // A header may hold any bytes; what is shown is UTF-8.
  sighting.reason = paper::CleanLine(sighting.reason);
  return write;
}

LedgerKeeper::LedgerKeeper(window::LedgerStore& store, AskScope ask_scope, FeedClock& feed_clock,
                           prometheus::Registry& metrics)
    : store_(store),
      ask_scope_(std::move(ask_scope)),
      feed_clock_(feed_clock),
      unattributed_(
          prometheus::BuildCounter()
              .Name("paperwire_serve_ledger_unattributed_total")
              .Help("Records that name no paper or no announcement date, or one a year ahead.")
              .Register(metrics)
              .Add({})) {}

absl::StatusOr<std::map<bus::TopicPartition, int64_t>> LedgerKeeper::Start(
    const std::map<bus::TopicPartition, int64_t>& end_offsets) {
  const absl::StatusOr<window::RebuildScope> scope = ask_scope_();
  if (!scope.ok()) return scope.status();
  absl::StatusOr<window::LedgerStore::Begun> begun = store_.Begin(end_offsets, *scope);
  if (!begun.ok()) return begun.status();
  epoch_ = begun->epoch;
  return std::move(begun->offsets);
}

absl::Status LedgerKeeper::Check(const bus::Message& message) {
  if (message.topic == events::kCycles) {
    v1::Cycle cycle;
    return events::Decode(message, cycle);
  }
  std::string announced(message.FindHeader("pw-announced"));
  if (message.topic == events::kBatches) {
    v1::Batch batch;
    if (absl::Status decoded = events::Decode(message, batch); !decoded.ok()) return decoded;
    announced = batch.announced();
  }
  // Without a date it is counted when it is applied.
  if (!calendar::ParseDate(announced)) return absl::OkStatus();
  return feed_clock_.CheckAnnounced(announced, absl::FromUnixMillis(message.timestamp_ms),
                                    kDaysAhead);
}

absl::StatusOr<int64_t> LedgerKeeper::Apply(const bus::TopicPartition& partition, int64_t expected,
                                            std::span<const Record> records) {
  std::vector<window::LedgerWrite> writes;
  writes.reserve(records.size());
  for (const Record& record : records) {
    if (record.rejected) {
      unattributed_.Increment();
      writes.emplace_back().offset = record.message->offset;
      continue;
    }
    window::LedgerWrite write = ReadSighting(*record.message);
    if (write.batch) feed_clock_.SawBatch(write.batch->announced());
    if (write.arxiv_id.empty() && !IsPlain(partition.topic)) unattributed_.Increment();
    writes.push_back(std::move(write));
  }
  return store_.Apply(epoch_, partition, expected, writes);
}

}  // namespace paperwire::serve
