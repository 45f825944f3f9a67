#include "services/serve/applier.h"

#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/events/event.h"
#include "libs/telemetry/log.h"

namespace paperwire::serve {
namespace {

const char* NameOf(window::Verdict verdict) {
  switch (verdict) {
    case window::Verdict::kApplied:
      return "applied";
    case window::Verdict::kOutranked:
      return "outranked";
    case window::Verdict::kTooOld:
      return "too-old";
    case window::Verdict::kSkipped:
      return "skipped";
    case window::Verdict::kFenced:
      return "fenced";
  }
  return "unknown";
}

v1::Entry ToEntry(v1::TaggedPaper&& event) {
  v1::Entry entry;
  *entry.mutable_paper() = std::move(*event.mutable_paper());
  *entry.mutable_summary() = std::move(*event.mutable_summary());
  *entry.mutable_tags() = std::move(*event.mutable_tags());
  *entry.mutable_tag_provenance() = std::move(*event.mutable_tag_provenance());
  *entry.mutable_revision() = std::move(*event.mutable_revision());
  return entry;
}

}  // namespace

Applier::Applier(window::Window& window, AskScope ask_scope, FeedClock& feed_clock,
                 prometheus::Registry& metrics)
    : window_(window),
      ask_scope_(std::move(ask_scope)),
      feed_clock_(feed_clock),
      applied_(prometheus::BuildCounter()
                   .Name("paperwire_serve_applied_total")
                   .Help("Records handed to the window, by what became of them.")
                   .Register(metrics)) {}

absl::StatusOr<std::map<bus::TopicPartition, int64_t>> Applier::Start(
    const std::map<bus::TopicPartition, int64_t>& end_offsets) {
  const absl::StatusOr<window::RebuildScope> scope = ask_scope_();
  if (!scope.ok()) return scope.status();
  absl::StatusOr<window::Window::Begun> begun = window_.Begin(end_offsets, *scope);
  if (!begun.ok()) return begun.status();
  epoch_ = begun->epoch;
  return std::move(begun->offsets);
}

absl::Status Applier::Check(const bus::Message& message) {
  v1::TaggedPaper event;
  if (absl::Status decoded = events::Decode(message, event); !decoded.ok()) return decoded;
  // A card of the future would stand on top of every list for as long, and leave no window.
  return feed_clock_.CheckAnnounced(event.paper().announced(),
                                    absl::FromUnixMillis(message.timestamp_ms));
}

absl::StatusOr<int64_t> Applier::Apply(const bus::TopicPartition& partition, int64_t expected,
                                       std::span<const Record> records) {
  std::vector<window::Write> writes;
  writes.reserve(records.size());
  for (const Record& record : records) {
    window::Write& write = writes.emplace_back();
    write.offset = record.message->offset;
    v1::TaggedPaper event;
    if (record.rejected || !events::Decode(*record.message, event).ok()) {
      write.skip = true;
      continue;
    }
    feed_clock_.SawPaper(event.paper().announced());
    write.removed = event.removed();
    write.entry = ToEntry(std::move(event));
  }

  const absl::StatusOr<window::Applied> applied =
      window_.Apply(epoch_, partition, expected, feed_clock_.Oldest(), writes);
  if (!applied.ok()) return applied.status();
  for (size_t i = 0; i < applied->verdicts.size(); ++i) {
    const char* verdict = NameOf(applied->verdicts[i]);
    applied_.Add({{"verdict", verdict}}).Increment();
    if (!telemetry::IsLogged(telemetry::Level::kDebug)) continue;
    const bus::Message& message = *records[i].message;
    telemetry::Log(telemetry::Level::kDebug, "handed to the window",
                   {{"paper", message.key},
                    {"traceparent", message.FindHeader("traceparent")},
                    {"verdict", verdict},
                    {"revision", message.FindHeader("pw-revision")}});
  }
  return applied->stored_offset;
}

}  // namespace paperwire::serve
