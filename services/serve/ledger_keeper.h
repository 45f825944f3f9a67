#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "libs/bus/follower.h"
#include "libs/window/ledger_store.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/serve/applier.h"
#include "services/serve/feed_clock.h"

namespace paperwire::serve {

// Every topic that the ledger is kept from: the stages' topics, their retry tiers and dead letters,
// `batches` and `cycles`.
std::vector<std::string> LedgerTopics();

// What one record says: a sighting of a paper, a batch, a cycle, or nothing. Pure.
window::LedgerWrite ReadSighting(const bus::Message& message);

// Notes on every record where its paper stands, by key and headers. Not thread-safe: one follower
// calls it.
class LedgerKeeper final : public bus::FollowerSink {
 public:
  // All must outlive it.
  LedgerKeeper(window::LedgerStore& store, AskScope ask_scope, FeedClock& feed_clock,
               prometheus::Registry& metrics);

  absl::StatusOr<std::map<bus::TopicPartition, int64_t>> Start(
      const std::map<bus::TopicPartition, int64_t>& end_offsets) override;
  // Refuses a batch or a cycle that cannot be read, and a date that is more than a year to come;
  // what a stage cannot read is its own to dead-letter.
  absl::Status Check(const bus::Message& message) override;
  absl::StatusOr<int64_t> Apply(const bus::TopicPartition& partition, int64_t expected,
                                std::span<const Record> records) override;

 private:
  window::LedgerStore& store_;
  const AskScope ask_scope_;
  FeedClock& feed_clock_;
  prometheus::Counter& unattributed_;
  std::string epoch_;
};

}  // namespace paperwire::serve
