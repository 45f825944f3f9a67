#include "services/serve/reporter.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "libs/window/epoch.h"

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
      book_(store),
      latency_(metrics, started_),
      metrics_(metrics),
      accounts_(prometheus::BuildCounter()
                    .Name("paperwire_serve_ledger_accounts_total")
                    .Help("Days that were accounted for, anew because something had changed.")
                    .Register(metrics)
                    .Add({})) {}

std::string Reporter::Read() {
  changed_.clear();
  all_changed_ = false;
  // What was whole once stays until the new one is.
  if (incoming_.epoch.empty()) {
    auto changed = store_.Refresh(contents_);
    if (changed.ok()) {
      changed_ = *std::move(changed);
      return contents_.complete ? "" : "the ledger is being rebuilt";
    }
    if (!absl::IsAborted(changed.status())) {
      return "the ledger cannot be read: " + std::string(changed.status().message());
    }
  }
  const auto changed = store_.Refresh(incoming_);
  if (absl::IsAborted(changed.status())) {
    incoming_ = {};
  } else if (!changed.ok()) {
    return "the ledger cannot be read: " + std::string(changed.status().message());
  }
  if (!incoming_.complete && contents_.complete) return "the ledger is being rebuilt";
  contents_ = std::exchange(incoming_, {});
  all_changed_ = true;
  return contents_.complete ? "" : "the ledger is being rebuilt";
}

absl::Time Reporter::WatchingSince() const {
  const auto began = window::EpochBegan(contents_.epoch);
  return began ? std::min(started_, absl::FromUnixMillis(*began)) : started_;
}

void Reporter::Step() {
  // Read before the snapshot and the ledger: a record committed after this is still called live.
  CommittedOffsets committed = committed_.Get();
  std::string trouble = Read();
  if (trouble.empty() && following_) trouble = following_();
  // While the ledger does not move, what it does not show may well have happened.
  if (!trouble.empty()) committed.clear();
  for (const auto& [date, batch] : contents_.batches) feed_clock_.SawBatch(date);

  const SnapshotPtr snapshot = snapshots_.Get();
  const SnapshotHolder::Freshness freshness = snapshots_.freshness();
  const std::string oldest = feed_clock_.Oldest();
  const std::string newest = feed_clock_.Newest();
  const auto changes = ChangesBetween(snapshot_, snapshot);
  const absl::Time now = feed_clock_.Now();
  const int64_t accounted = book_.accounted();
  book_.Update({.contents = contents_,
                .changed = changed_,
                .all = all_changed_,
                .snapshot = snapshot,
                .cards = changes,
                .committed = committed,
                .now = now,
                .oldest = oldest,
                .newest = newest});
  accounts_.Increment(static_cast<double>(book_.accounted() - accounted));
  cards_.Update(snapshot, changes, oldest);
  latency_.Observe(snapshot_, snapshot, changes, now, feed_clock_.data());
  latency_.Settle(contents_, now);
  snapshot_ = snapshot;
  v1::GetStatusResponse status = BuildStatus({.snapshot = snapshot,
                                              .freshness = freshness,
                                              .contents = contents_,
                                              .days = book_.Days(),
                                              .cards = cards_,
                                              .trouble = trouble,
                                              .now = now,
                                              .watching_since = WatchingSince(),
                                              .oldest = oldest,
                                              .newest = newest,
                                              .data_clock = feed_clock_.data()});
  const auto today = cards_.days().find(status.newest_announced());
  metrics_.Show(status, today == cards_.days().end() ? 0 : today->second.fallbacks, now);
  statuses_.Set(std::move(status));
}

void Reporter::Run(std::stop_token stop, const clock::Clock& clock,
                   std::chrono::milliseconds every) {
  while (!stop.stop_requested()) {
    Step();
    clock.SleepFor(every, stop);
  }
}

}  // namespace paperwire::serve
