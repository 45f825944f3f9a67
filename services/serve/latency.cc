#include "services/serve/latency.h"

#include <algorithm>

#include "libs/calendar/calendar.h"

namespace paperwire::serve {
namespace {

prometheus::Histogram& Build(prometheus::Registry& metrics, const char* name, const char* help) {
  const prometheus::Histogram::BucketBoundaries bounds = {
      1,    2,    5,    10,    30,    60,    120,   300,    600,   1200,
      1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800, 345600};
  return prometheus::BuildHistogram().Name(name).Help(help).Register(metrics).Add({}, bounds);
}

// The ledger's follower is seconds behind, not more; what it has not told by then it never will.
constexpr absl::Duration kWaitForLedger = absl::Minutes(10);

void Measure(prometheus::Histogram& histogram, absl::Time since, absl::Time until) {
  // Clocks of two machines may differ a little.
  histogram.Observe(std::max(0.0, absl::ToDoubleSeconds(until - since)));
}

int64_t IngestedMs(const window::LedgerContents& contents, const std::string& id,
                   const std::string& announced) {
  const auto day = contents.papers.find(announced);
  if (day == contents.papers.end()) return 0;
  const auto paper = day->second.find(id);
  return paper == day->second.end() ? 0 : paper->second.ingested_ms;
}

}  // namespace

Latency::Latency(prometheus::Registry& metrics, absl::Time started)
    : started_(started),
      announced_(Build(metrics, "paperwire_serve_announced_to_served_seconds",
                       "From when arXiv's feeds turn to a paper's date until its card was "
                       "served, by this process.")),
      ingested_(Build(metrics, "paperwire_serve_ingested_to_served_seconds",
                      "From ingest's record of a paper until its card was served, by this "
                      "process.")) {}

void Latency::MeasureAnnounced(const Served& served) {
  const auto date = calendar::ParseDate(served.announced);
  if (date && !served.recorded) Measure(announced_, calendar::FeedTurn(*date), served.time);
}

void Latency::Observe(const SnapshotPtr& before, const SnapshotPtr& after,
                      const std::optional<std::vector<SnapshotChange>>& changes, absl::Time now,
                      bool recorded) {
  const auto add = [&](const ServedEntry& entry, const std::string& arxiv_id) {
    if (before != nullptr && before->Find(arxiv_id) != nullptr) return;
    served_.push_back({.arxiv_id = arxiv_id,
                       .announced = entry.announced(),
                       .time = now,
                       .recorded = recorded,
                       .found = !changes.has_value()});
    if (changes) MeasureAnnounced(served_.back());
  };
  if (!changes && after != nullptr) {
    for (const ServedEntry& entry : after->entries()) add(entry, entry.arxiv_id());
  }
  for (const SnapshotChange& change : changes.value_or(std::vector<SnapshotChange>())) {
    if (change.entry != nullptr) add(*change.entry, change.arxiv_id);
  }
}

void Latency::Settle(const window::LedgerContents& contents, absl::Time now) {
  std::erase_if(served_, [&](const Served& served) {
    const int64_t ingested = IngestedMs(contents, served.arxiv_id, served.announced);
    if (ingested == 0) return now - served.time > kWaitForLedger;
    const absl::Time since = absl::FromUnixMillis(ingested);
    if (served.found && since < started_) return true;
    if (served.found) MeasureAnnounced(served);
    Measure(ingested_, since, served.time);
    return true;
  });
}

}  // namespace paperwire::serve
