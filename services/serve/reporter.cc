#include "services/serve/reporter.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"

namespace paperwire::serve {

Reporter::Reporter(window::LedgerStore& store, const SnapshotHolder& snapshots,
                   const Committed& committed, FeedClock& feed_clock, StatusHolder& statuses,
                   prometheus::Registry& metrics, AskFollowing following)
    : store_(store),
      snapshots_(snapshots),
      committed_(committed),
      feed_clock_(feed_clock),
      statuses_(statuses),
      following_(std::move(following)),
      started_(feed_clock.Now()),
      papers_(prometheus::BuildGauge()
                  .Name("paperwire_serve_papers_in_window")
                  .Help("Cards that readers can see.")
                  .Register(metrics)
                  .Add({})),
      age_(prometheus::BuildGauge()
               .Name("paperwire_serve_snapshot_age_seconds")
               .Help("Seconds since the snapshot was last known to be current.")
               .Register(metrics)
               .Add({})),
      ledger_papers_(prometheus::BuildGauge()
                         .Name("paperwire_serve_ledger_papers")
                         .Help("Papers of the window's days, by where they stand.")
                         .Register(metrics)),
      feed_state_(prometheus::BuildGauge()
                      .Name("paperwire_serve_feed_state")
                      .Help("1 for the state that the feed is in.")
                      .Register(metrics)) {}

void Reporter::Step() {
  // Read before the snapshot and the ledger: a record committed after this is still called live.
  const CommittedOffsets committed = committed_.Get();
  std::string trouble;
  absl::StatusOr<window::LedgerContents> contents = store_.Load();
  if (!contents.ok()) {
    trouble = "the ledger cannot be read: " + std::string(contents.status().message());
  } else {
    if (!contents->complete) trouble = "the ledger is being rebuilt";
    // What was whole once stays until the new one is.
    if (contents->complete || !contents_.complete) contents_ = *std::move(contents);
  }
  if (trouble.empty() && following_) trouble = following_();
  for (const auto& [date, batch] : contents_.batches) feed_clock_.SawBatch(date);

  const SnapshotPtr snapshot = snapshots_.Get();
  const SnapshotHolder::Freshness freshness = snapshots_.freshness();
  const std::string oldest = feed_clock_.Oldest();
  Ledger ledger = AccountFor({.contents = contents_,
                              .served =
                                  [&](const std::string& id) {
                                    return snapshot != nullptr && snapshot->Find(id) != nullptr;
                                  },
                              .committed = committed,
                              .now = feed_clock_.Now(),
                              .oldest = oldest},
                             idle_since_);
  v1::GetStatusResponse status = BuildStatus({.snapshot = snapshot,
                                              .freshness = freshness,
                                              .contents = contents_,
                                              .ledger = ledger,
                                              .trouble = trouble,
                                              .now = feed_clock_.Now(),
                                              .watching_since = started_,
                                              .oldest = oldest,
                                              .data_clock = feed_clock_.data()});
  idle_since_ = std::move(ledger.idle_since);
  Show(status, freshness);
  statuses_.Set(std::move(status));
}

void Reporter::Show(const v1::GetStatusResponse& status,
                    const SnapshotHolder::Freshness& freshness) {
  papers_.Set(status.papers_in_window());
  if (freshness.current_at != absl::InfinitePast()) {
    age_.Set(absl::ToDoubleSeconds(feed_clock_.Now() - freshness.current_at));
  }
  const v1::LedgerDay total = Total({status.days().begin(), status.days().end()});
  const std::pair<const char*, uint32_t> figures[] = {{"declared", total.declared()},
                                                      {"ingested", total.ingested()},
                                                      {"summarized", total.summarized()},
                                                      {"tagged", total.tagged()},
                                                      {"served", total.served()},
                                                      {"pending", total.pending()},
                                                      {"dead-lettered", total.dead_lettered()},
                                                      {"missing", total.missing()},
                                                      {"excluded", total.excluded()}};
  for (const auto& [name, value] : figures) ledger_papers_.Add({{"state", name}}).Set(value);
  for (int state = v1::FEED_STATE_FRESH; state <= v1::FEED_STATE_RECORDED; ++state) {
    const std::string name = v1::FeedState_Name(static_cast<v1::FeedState>(state));
    feed_state_.Add({{"state", absl::AsciiStrToLower(name.substr(sizeof("FEED_STATE_") - 1))}})
        .Set(status.state() == state ? 1 : 0);
  }
}

void Reporter::Run(std::stop_token stop, const clock::Clock& clock,
                   std::chrono::milliseconds every) {
  while (!stop.stop_requested()) {
    Step();
    clock.SleepFor(every, stop);
  }
}

}  // namespace paperwire::serve
