#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/window/ledger_store.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/serve/card_tally.h"
#include "services/serve/committed.h"
#include "services/serve/feed_clock.h"
#include "services/serve/latency.h"
#include "services/serve/ledger_book.h"
#include "services/serve/snapshot_holder.h"
#include "services/serve/status.h"
#include "services/serve/status_metrics.h"

namespace paperwire::serve {

// Works out the status again and again, and shows it in metrics. One thread calls it.
class Reporter {
 public:
  // Why no new papers come in; empty: they do.
  using AskFollowing = std::function<std::string()>;

  // All must outlive it. Without `following` papers are taken to come in.
  Reporter(window::LedgerStore& store, const SnapshotHolder& snapshots, const Committed& committed,
           FeedClock& feed_clock, StatusHolder& statuses, prometheus::Registry& metrics,
           AskFollowing following = nullptr);

  void Step();
  void Run(std::stop_token stop, const clock::Clock& clock, std::chrono::milliseconds every);

 private:
  // Reads what has changed in the store. What went wrong; empty: nothing.
  std::string Read();
  // Since when somebody has watched for ingest: as long as there is this ledger, for every replica.
  absl::Time WatchingSince() const;

  window::LedgerStore& store_;
  const SnapshotHolder& snapshots_;
  const Committed& committed_;
  FeedClock& feed_clock_;
  StatusHolder& statuses_;
  const AskFollowing following_;
  const absl::Time started_;
  // As last read: what is told, and what is being rebuilt and not whole yet.
  window::LedgerContents contents_;
  window::LedgerContents incoming_;
  // The dates that were other than at the step before; or all.
  std::set<std::string> changed_;
  bool all_changed_ = false;
  // As of the step before.
  SnapshotPtr snapshot_;
  LedgerBook book_;
  CardTally cards_;
  Latency latency_;
  StatusMetrics metrics_;
  prometheus::Counter& accounts_;
};

}  // namespace paperwire::serve
