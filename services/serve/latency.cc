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

Latency::Latency(prometheus::Registry& metrics)
    : announced_(Build(metrics, "paperwire_serve_announced_to_served_seconds",
                       "From when arXiv's feeds turn to a paper's date until its card was "
                       "served, by this process.")),
      ingested_(Build(metrics, "paperwire_serve_ingested_to_served_seconds",
                      "From ingest's record of a paper until its card was served, by this "
                      "process.")) {}

void Latency::Observe(const Snapshot& before, const std::vector<SnapshotChange>& changes,
                      absl::Time now, bool recorded) {
  for (const SnapshotChange& change : changes) {
    if (change.entry == nullptr || before.Find(change.arxiv_id) != nullptr) continue;
    const std::string& announced = change.entry->announced();
    const auto date = calendar::ParseDate(announced);
    if (date && !recorded) Measure(announced_, calendar::FeedTurn(*date), now);
    served_.push_back({change.arxiv_id, announced, now});
  }
}

void Latency::Settle(const window::LedgerContents& contents, absl::Time now) {
  std::erase_if(served_, [&](const Served& served) {
    const int64_t ingested = IngestedMs(contents, served.arxiv_id, served.announced);
    if (ingested > 0) Measure(ingested_, absl::FromUnixMillis(ingested), served.time);
    return ingested > 0 || now - served.time > kWaitForLedger;
  });
}

}  // namespace paperwire::serve
