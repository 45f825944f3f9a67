#include "services/summarize/records.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

#include "libs/events/event.h"
#include "libs/events/timestamp.h"
#include "libs/events/topics.h"
#include "libs/paper/revision.h"

namespace paperwire::summarize {
namespace {

constexpr std::string_view kFailed = "pw-upgrade-failed";
constexpr std::string_view kWaited = "pw-upgrade-waited";
constexpr std::string_view kSince = "pw-upgrade-since";

template <typename Number>
Number CountIn(const bus::Message& message, std::string_view header) {
  const std::string_view text = message.FindHeader(header);
  Number count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  return read.ec == std::errc() && count > 0 ? count : 0;
}

// What the card depends on beside the paper.
std::string ConfigurationOf(const v1::Provenance& provenance) {
  if (provenance.prompt_version().empty()) return provenance.model();
  return provenance.prompt_version() + ' ' + provenance.model();
}

}  // namespace

absl::StatusOr<v1::SummarizedPaper> WithCard(const v1::NewPaper& event, v1::Summary card,
                                             uint8_t rank, const clock::Clock& clock) {
  const auto revision =
      paper::MakeRevision(event.paper().version(), event.revision().generation(), rank);
  if (!revision.ok()) return absl::InvalidArgumentError(revision.status().message());
  v1::SummarizedPaper summarized;
  events::CarryOver(event, summarized);
  // Field by field: what a later version adds to the message stays in it.
  summarized.mutable_revision()->MergeFrom(events::ToProto(*revision));
  *summarized.mutable_summary() = std::move(card);
  *summarized.mutable_summary()->mutable_provenance()->mutable_create_time() =
      events::ToTimestamp(clock.Now());
  return summarized;
}

bus::Message SummarizedRecord(const v1::SummarizedPaper& summarized, const bus::Message& cause,
                              const clock::Clock& clock) {
  return events::Encode(events::kSummarized, summarized,
                        {.service = "summarize",
                         .configuration = ConfigurationOf(summarized.summary().provenance()),
                         .cause = &cause},
                        clock);
}

UpgradeTries TriesOf(const bus::Message& upgrade) {
  const auto since = CountIn<int64_t>(upgrade, kSince);
  return {.failed = CountIn<int>(upgrade, kFailed),
          .waited = CountIn<int>(upgrade, kWaited),
          .since_ms = since > 0 ? since : upgrade.timestamp_ms};
}

bus::Message UpgradeRecord(v1::NewPaper event, v1::FallbackReason reason, const UpgradeTries& tries,
                           const bus::Message& cause, const clock::Clock& clock) {
  event.set_upgrade_reason(reason);
  bus::Message record =
      events::Encode(events::kUpgrade, event,
                     {.service = "summarize",
                      .configuration = fmt::format("upgrade {} {}", tries.failed, tries.waited),
                      .cause = &cause},
                     clock);
  if (tries.failed > 0) record.SetHeader(kFailed, std::to_string(tries.failed));
  if (tries.waited > 0) record.SetHeader(kWaited, std::to_string(tries.waited));
  if (tries.since_ms > 0) record.SetHeader(kSince, std::to_string(tries.since_ms));
  return record;
}

}  // namespace paperwire::summarize
