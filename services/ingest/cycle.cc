#include "services/ingest/cycle.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "libs/calendar/calendar.h"
#include "libs/events/event.h"
#include "libs/events/timestamp.h"
#include "libs/events/topics.h"
#include "libs/paper/revision.h"
#include "libs/telemetry/log.h"

namespace paperwire::ingest {
namespace {

using telemetry::Level;
using telemetry::Log;

// Papers on their way at a time.
constexpr size_t kChunk = 256;

std::string CycleId(clock::WallTime time) {
  return absl::FormatTime("%Y%m%dT%H%M%E3SZ", absl::FromChrono(time), absl::UTCTimeZone());
}

v1::CycleOutcome Judge(const v1::Cycle& cycle, const Harvest& harvest,
                       const absl::Status& processed) {
  const bool any_good = std::any_of(harvest.readings.begin(), harvest.readings.end(),
                                    [](const Reading& reading) { return IsGood(reading.outcome); });
  if (!any_good) return v1::CYCLE_OUTCOME_FAILED;
  if (!processed.ok()) {
    return cycle.papers_published() > 0 ? v1::CYCLE_OUTCOME_PARTIAL : v1::CYCLE_OUTCOME_FAILED;
  }
  if (!harvest.IsWhole()) return v1::CYCLE_OUTCOME_PARTIAL;
  return cycle.papers_published() > 0 ? v1::CYCLE_OUTCOME_PUBLISHED : v1::CYCLE_OUTCOME_NOTHING_NEW;
}

// "2 of 3 sources failed: rss_a.xml: truncated: ends at byte 300; …", at most three of them.
std::string WhatFailed(const Harvest& harvest) {
  std::string text;
  size_t failed = 0;
  for (size_t i = 0; i < harvest.readings.size(); ++i) {
    if (IsGood(harvest.readings[i].outcome)) continue;
    if (++failed > 3) continue;
    const v1::SourceOutcome& outcome = harvest.outcomes[i];
    text += (text.empty() ? "" : "; ") + outcome.source() + ": " + outcome.outcome();
    if (!outcome.detail().empty()) text += ": " + outcome.detail();
  }
  if (failed == 0) return "";
  return std::to_string(failed) + " of " + std::to_string(harvest.readings.size()) +
         " sources failed: " + text;
}

std::set<std::string> IdsIn(const Harvest& harvest) {
  std::set<std::string> ids;
  for (const Reading& reading : harvest.readings) {
    for (const v1::Paper& paper : reading.papers) ids.insert(paper.arxiv_id());
  }
  return ids;
}

}  // namespace

std::string OutcomeSlug(v1::CycleOutcome outcome) {
  switch (outcome) {
    case v1::CYCLE_OUTCOME_PUBLISHED:
      return "published";
    case v1::CYCLE_OUTCOME_NOTHING_NEW:
      return "nothing-new";
    case v1::CYCLE_OUTCOME_PARTIAL:
      return "partial";
    default:
      return "failed";
  }
}

CycleRunner::CycleRunner(Source& source, SeenSet& seen, window::Generations& generations,
                         bus::Publisher& publisher, window::ReadTopic read_topic,
                         const clock::Clock& clock, prometheus::Registry& metrics, Options options)
    : source_(source),
      seen_(seen),
      generations_(generations),
      publisher_(publisher),
      read_topic_(std::move(read_topic)),
      clock_(clock),
      options_(options),
      cycles_(prometheus::BuildCounter()
                  .Name("paperwire_ingest_cycles_total")
                  .Help("Cycles ended, by outcome.")
                  .Register(metrics)),
      papers_published_(prometheus::BuildCounter()
                            .Name("paperwire_ingest_papers_published_total")
                            .Help("Papers published on new-paper.")
                            .Register(metrics)
                            .Add({})),
      last_cycle_(prometheus::BuildGauge()
                      .Name("paperwire_ingest_last_cycle_timestamp_seconds")
                      .Help("When the last cycle ended that was not failed.")
                      .Register(metrics)
                      .Add({})) {}

std::optional<absl::CivilDay> CycleRunner::newest_batch() const {
  // One of which only OAI-PMH knows is not out.
  const auto out = std::find_if(batches_.rbegin(), batches_.rend(),
                                [](const auto& batch) { return !batch.second.declared().empty(); });
  if (out == batches_.rend()) return std::nullopt;
  return out->first;
}

v1::Cycle CycleRunner::Run(std::stop_token stop, bool glance) {
  v1::Cycle cycle;
  cycle.set_cycle_id(CycleId(clock_.Now()));
  *cycle.mutable_start_time() = events::ToTimestamp(clock_.Now());
  cycle.set_recorded(options_.recorded);
  cycle.set_sample(options_.sample);

  Harvest harvest;
  absl::Status status = Restore(seen_, generations_, read_topic_);
  if (status.ok()) status = LoadBatches();
  if (status.ok()) {
    const auto ahead = [&](const Harvest& so_far, absl::CivilDay date) {
      const absl::Status told = PublishAhead(so_far, date, stop, cycle);
      // The end of the look does it again, and says what is wrong.
      if (!told.ok()) Log(Level::kWarning, "nothing published ahead", {{"status", told}});
    };
    auto collected = source_.Collect({.now = absl::FromChrono(clock_.Now()),
                                      .batches = batches_,
                                      .seen = seen_,
                                      .glance = glance,
                                      .ahead = ahead},
                                     stop);
    status = collected.status();
    if (collected.ok()) harvest = *std::move(collected);
    cycle.set_requests(harvest.requests);
    for (const v1::SourceOutcome& outcome : harvest.outcomes) *cycle.add_sources() = outcome;
    if (status.ok()) status = Process(harvest, stop, cycle);
    if (status.ok()) status = Settle(harvest);
  }
  parts_failed_ = !status.ok() && !absl::IsCancelled(status);
  cycle.set_outcome(Judge(cycle, harvest, status));
  cycle.set_error(status.ok() ? WhatFailed(harvest) : std::string(status.message()));
  *cycle.mutable_end_time() = events::ToTimestamp(clock_.Now());

  const absl::Status told =
      bus::PublishAndWait(publisher_, events::Encode(cycle, clock_), stop, options_.stop_patience);
  if (!told.ok()) {
    parts_failed_ = true;
    cycle.set_outcome(v1::CYCLE_OUTCOME_FAILED);
    if (cycle.error().empty()) cycle.set_error("cycle not published: " + told.ToString());
  }
  const std::string slug = OutcomeSlug(cycle.outcome());
  cycles_.Add({{"outcome", slug}}).Increment();
  const bool failed = cycle.outcome() == v1::CYCLE_OUTCOME_FAILED;
  if (!failed) last_cycle_.Set(static_cast<double>(cycle.end_time().seconds()));
  Log(failed ? Level::kError : Level::kInfo, "cycle ended",
      {{"cycle", cycle.cycle_id()},
       {"outcome", slug},
       {"requests", static_cast<int64_t>(cycle.requests())},
       {"seen", static_cast<int64_t>(cycle.papers_seen())},
       {"published", static_cast<int64_t>(cycle.papers_published())},
       {"error", cycle.error()}});
  return cycle;
}

absl::Status CycleRunner::PublishAhead(const Harvest& so_far, absl::CivilDay date,
                                       std::stop_token stop, v1::Cycle& cycle) {
  const absl::StatusOr<SeenPapers> seen = seen_.Find(IdsIn(so_far));
  if (!seen.ok()) return seen.status();
  Merged merged = Merge(so_far.readings, *seen, {.known = &batches_});
  const std::string day = calendar::FormatDate(date);
  // What is cross-listed may have been new on a date that is not read yet.
  std::erase_if(merged.papers, [&](const v1::Paper& paper) {
    return paper.announced() != day || paper.announce_type() != v1::ANNOUNCE_TYPE_NEW ||
           seen->contains(paper.arxiv_id());
  });
  if (merged.papers.empty()) return absl::OkStatus();
  v1::Batch batch;
  batch.set_announced(day);
  for (const v1::Paper& paper : merged.papers) batch.add_paper_ids(paper.arxiv_id());
  const absl::Status declared = PublishBatches({{date, batch}}, cycle.cycle_id(), stop);
  if (!declared.ok()) return declared;
  uint32_t published = 0;
  const absl::Status status = PublishPapers(merged, *seen, stop, published);
  cycle.set_papers_published(published);
  Log(Level::kInfo, "published ahead", {{"day", day}, {"papers", static_cast<int64_t>(published)}});
  return status;
}

absl::Status CycleRunner::Process(const Harvest& harvest, std::stop_token stop, v1::Cycle& cycle) {
  const absl::StatusOr<SeenPapers> seen = seen_.Find(IdsIn(harvest));
  if (!seen.ok()) return seen.status();
  Merged merged = Merge(harvest.readings, *seen,
                        {.show_old_cross_lists = options_.show_old_cross_lists,
                         .known = &batches_,
                         .oldest = harvest.oldest,
                         .newest = harvest.newest,
                         .records_since = harvest.records_since,
                         .records_at = harvest.records_at});
  for (const auto& [date, categories] : harvest.fruitless) {
    v1::Batch& batch = merged.batches[date];
    batch.set_announced(calendar::FormatDate(date));
    const auto known = batches_.find(date);
    NoteFruitless(known == batches_.end() ? nullptr : &known->second, categories,
                  absl::FromChrono(clock_.Now()), batch);
  }
  cycle.set_papers_seen(static_cast<uint32_t>(merged.ids));
  for (const auto& [date, batch] : merged.batches) cycle.add_announced(batch.announced());
  for (const size_t place : merged.stale) {
    v1::SourceOutcome& outcome = *cycle.mutable_sources(static_cast<int>(place));
    outcome.set_outcome(std::string(Slug(Outcome::kStale)));
    outcome.set_detail("holds another day's papers than the listing of its date");
  }

  // Declared first: what is lost after this is seen to be missing.
  const absl::Status declared = PublishBatches(merged.batches, cycle.cycle_id(), stop);
  if (!declared.ok()) return declared;
  uint32_t published = 0;
  const absl::Status status = PublishPapers(merged, *seen, stop, published);
  cycle.set_papers_published(cycle.papers_published() + published);
  return status;
}

absl::Status CycleRunner::Settle(const Harvest& harvest) {
  if (harvest.records_since) {
    const absl::Status status =
        seen_.SetHarvested(absl::ToCivilDay(harvest.records_at, absl::UTCTimeZone()));
    if (!status.ok()) return status;
  }
  if (harvest.IsWhole()) source_.Settle();
  return absl::OkStatus();
}

absl::Status CycleRunner::LoadBatches() {
  // At every cycle: another ingest may have declared more meanwhile.
  std::map<absl::CivilDay, v1::Batch> batches;
  std::map<absl::CivilDay, v1::Batch> last;
  const absl::Status read =
      read_topic_(std::string(events::kBatches), [&](const bus::Message& message) {
        v1::Batch batch;
        if (!events::Decode(message, batch).ok()) return true;
        const auto date = calendar::ParseDate(batch.announced());
        if (!date) return true;
        auto [entry, added] = batches.try_emplace(*date, batch);
        if (!added) entry->second = Unite(entry->second, batch);
        last[*date] = std::move(batch);
        return true;
      });
  if (!read.ok()) return read;
  batches_ = std::move(batches);
  last_records_ = std::move(last);
  return absl::OkStatus();
}

absl::Status CycleRunner::PublishBatches(const std::map<absl::CivilDay, v1::Batch>& batches,
                                         const std::string& cycle_id, std::stop_token stop) {
  for (const auto& [date, declared] : batches) {
    v1::Batch batch = declared;
    batch.set_sample(options_.sample);
    const auto known = batches_.find(date);
    v1::Batch next = Unite(known == batches_.end() ? batch : known->second, batch);
    // Two that wrote at once may have left a record that lacks what the other knew.
    const auto last = last_records_.find(date);
    if (last != last_records_.end() && SameDeclaration(last->second, next)) continue;
    next.set_cycle_id(cycle_id);
    *next.mutable_create_time() = events::ToTimestamp(clock_.Now());
    const absl::Status status =
        bus::PublishAndWait(publisher_, events::Encode(next, clock_), stop, options_.stop_patience);
    if (!status.ok()) return status;
    last_records_[date] = next;
    batches_[date] = std::move(next);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::NewPaper>> CycleRunner::Due(const Merged& merged,
                                                           const SeenPapers& seen) {
  std::vector<v1::NewPaper> due;
  for (const v1::Paper& paper : merged.papers) {
    const std::string& id = paper.arxiv_id();
    absl::StatusOr<paper::Revision> revision = paper::MakeRevision(paper.version(), 0, 0);
    if (!revision.ok()) return revision.status();
    const auto known = seen.find(id);
    if (merged.changed.contains(id)) {
      const absl::StatusOr<uint32_t> generation = generations_.Next(id, paper.version());
      if (!generation.ok()) return generation.status();
      revision->generation = *generation;
    } else if (known != seen.end() && known->second.revision >= revision->value()) {
      continue;
    }
    v1::NewPaper& event = due.emplace_back();
    *event.mutable_paper() = paper;
    *event.mutable_revision() = events::ToProto(*revision);
  }
  // So that a cut-off cycle has done what readers look at.
  std::stable_sort(due.begin(), due.end(), [](const v1::NewPaper& a, const v1::NewPaper& b) {
    return a.paper().announced() > b.paper().announced();
  });
  return due;
}

absl::Status CycleRunner::PublishPapers(const Merged& merged, const SeenPapers& seen,
                                        std::stop_token stop, uint32_t& published) {
  auto events = Due(merged, seen);
  if (!events.ok()) return events.status();
  const std::vector<v1::NewPaper>& due = *events;
  absl::Status failure;
  for (size_t begin = 0; begin < due.size() && failure.ok(); begin += kChunk) {
    if (stop.stop_requested()) return absl::CancelledError("stopped before all was published");
    const size_t count = std::min(kChunk, due.size() - begin);
    std::vector<bus::Message> messages;
    std::vector<std::string> traces;
    for (size_t i = 0; i < count; ++i) {
      messages.push_back(events::Encode(events::kNewPaper, due[begin + i],
                                        {.service = "ingest", .configuration = ""}, clock_));
      traces.emplace_back(messages.back().FindHeader("traceparent"));
    }
    const std::vector<absl::Status> statuses =
        bus::PublishAllAndWait(publisher_, std::move(messages), stop, options_.stop_patience);
    SeenPapers delivered;
    for (size_t i = 0; i < count; ++i) {
      const v1::NewPaper& event = due[begin + i];
      if (!statuses[i].ok()) {
        if (failure.ok()) failure = statuses[i];
        continue;
      }
      delivered[event.paper().arxiv_id()] = Remember(
          event.paper(), event.revision().value(), *calendar::ParseDate(event.paper().announced()));
      ++published;
      Log(Level::kDebug, "published",
          {{"paper", event.paper().arxiv_id()},
           {"traceparent", traces[i]},
           {"announced", event.paper().announced()}});
    }
    papers_published_.Increment(static_cast<double>(delivered.size()));
    const absl::Status marked = seen_.Mark(delivered);
    if (failure.ok()) failure = marked;
  }
  return failure;
}

}  // namespace paperwire::ingest
