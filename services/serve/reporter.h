#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/window/ledger_store.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/serve/committed.h"
#include "services/serve/feed_clock.h"
#include "services/serve/snapshot_holder.h"
#include "services/serve/status.h"

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
  void Show(const v1::GetStatusResponse& status, const SnapshotHolder::Freshness& freshness);

  window::LedgerStore& store_;
  const SnapshotHolder& snapshots_;
  const Committed& committed_;
  FeedClock& feed_clock_;
  StatusHolder& statuses_;
  const AskFollowing following_;
  const absl::Time started_;
  prometheus::Gauge& papers_;
  prometheus::Gauge& age_;
  prometheus::Family<prometheus::Gauge>& ledger_papers_;
  prometheus::Family<prometheus::Gauge>& feed_state_;
  // As last read.
  window::LedgerContents contents_;
  IdleSince idle_since_;
};

}  // namespace paperwire::serve
