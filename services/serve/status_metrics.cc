#include "services/serve/status_metrics.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "libs/calendar/calendar.h"
#include "services/serve/ledger.h"

namespace paperwire::serve {
namespace {

prometheus::Family<prometheus::Gauge>& Gauges(prometheus::Registry& metrics, const char* name,
                                              const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(metrics);
}

prometheus::Gauge& Gauge(prometheus::Registry& metrics, const char* name, const char* help) {
  return Gauges(metrics, name, help).Add({});
}

void ShowPapers(const v1::LedgerDay& day, prometheus::Family<prometheus::Gauge>& family) {
  const std::pair<const char*, uint32_t> figures[] = {{"declared", day.declared()},
                                                      {"ingested", day.ingested()},
                                                      {"summarized", day.summarized()},
                                                      {"tagged", day.tagged()},
                                                      {"served", day.served()},
                                                      {"pending", day.pending()},
                                                      {"dead-lettered", day.dead_lettered()},
                                                      {"missing", day.missing()},
                                                      {"excluded", day.excluded()},
                                                      {"replaced", day.replacements()},
                                                      {"old-cross-list", day.old_cross_lists()}};
  for (const auto& [name, value] : figures) family.Add({{"state", name}}).Set(value);
}

double SecondsOf(const google::protobuf::Timestamp& time) {
  return static_cast<double>(time.seconds());
}

}  // namespace

StatusMetrics::StatusMetrics(prometheus::Registry& metrics)
    : papers_(Gauge(metrics, "paperwire_serve_papers_in_window", "Cards that readers can see.")),
      today_(Gauge(metrics, "paperwire_serve_papers_today", "Cards of the newest date.")),
      fallbacks_(Gauge(metrics, "paperwire_serve_fallback_cards",
                       "Cards of the newest date that are not what was asked for.")),
      age_(Gauge(metrics, "paperwire_serve_snapshot_age_seconds",
                 "Seconds since the snapshot was last known to be current.")),
      stale_(Gauge(metrics, "paperwire_serve_stale", "1 while answers say that they are stale.")),
      unbalanced_(Gauge(metrics, "paperwire_serve_ledger_unbalanced_days",
                        "Days of the window whose ledger does not balance.")),
      newest_(Gauge(metrics, "paperwire_serve_newest_announced_timestamp_seconds",
                    "When arXiv's feeds turned to the newest date; 0: no date yet.")),
      last_cycle_(Gauge(metrics, "paperwire_serve_last_cycle_timestamp_seconds",
                        "When ingest's newest cycle ended; 0: none is known.")),
      ledger_papers_(Gauges(metrics, "paperwire_serve_ledger_papers",
                            "Papers of the window's days, by where they stand.")),
      newest_papers_(Gauges(metrics, "paperwire_serve_ledger_newest_papers",
                            "Papers of the newest date, by where they stand.")),
      oldest_(Gauges(metrics, "paperwire_serve_ledger_oldest_seconds",
                     "For how long the paper that waits longest has stood where it is, by kind; 0: "
                     "none does.")),
      feed_state_(
          Gauges(metrics, "paperwire_serve_feed_state", "1 for the state that the feed is in.")) {}

void StatusMetrics::Show(const v1::GetStatusResponse& status, uint32_t fallbacks, absl::Time now) {
  papers_.Set(status.papers_in_window());
  today_.Set(status.papers_today());
  fallbacks_.Set(fallbacks);
  if (status.has_snapshot_time()) {
    age_.Set(absl::ToDoubleSeconds(now - absl::UnixEpoch()) - SecondsOf(status.snapshot_time()));
  }
  stale_.Set(status.stale() ? 1 : 0);
  const auto newest = calendar::ParseDate(status.newest_announced());
  newest_.Set(newest ? absl::ToDoubleSeconds(calendar::FeedTurn(*newest) - absl::UnixEpoch()) : 0);
  last_cycle_.Set(SecondsOf(status.last_cycle().has_end_time() ? status.last_cycle().end_time()
                                                               : status.last_cycle().start_time()));

  ShowPapers(Total({status.days().begin(), status.days().end()}), ledger_papers_);
  std::map<v1::UnservedKind, double> oldest;
  v1::LedgerDay newest_day;
  int unbalanced = 0;
  for (const v1::LedgerDay& day : status.days()) {
    if (!day.balanced()) ++unbalanced;
    if (day.announced() == status.newest_announced()) newest_day = day;
    for (const v1::UnservedPaper& paper : day.unserved()) {
      const double age = absl::ToDoubleSeconds(now - absl::UnixEpoch()) - SecondsOf(paper.since());
      oldest[paper.kind()] = std::max(oldest[paper.kind()], age);
    }
  }
  ShowPapers(newest_day, newest_papers_);
  unbalanced_.Set(unbalanced);
  for (const auto& [kind, name] : {std::pair{v1::UNSERVED_KIND_PENDING, "pending"},
                                   std::pair{v1::UNSERVED_KIND_DEAD_LETTERED, "dead-lettered"},
                                   std::pair{v1::UNSERVED_KIND_MISSING, "missing"}}) {
    oldest_.Add({{"state", name}}).Set(oldest[kind]);
  }
  for (int state = v1::FEED_STATE_FRESH; state <= v1::FEED_STATE_RECORDED; ++state) {
    const std::string name = v1::FeedState_Name(static_cast<v1::FeedState>(state));
    feed_state_.Add({{"state", absl::AsciiStrToLower(name.substr(sizeof("FEED_STATE_") - 1))}})
        .Set(status.state() == state ? 1 : 0);
  }
}

}  // namespace paperwire::serve
