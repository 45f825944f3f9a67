#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/bus/publisher.h"
#include "libs/clock/clock.h"
#include "libs/paper/revision.h"
#include "libs/window/generations.h"
#include "libs/window/ledger_store.h"
#include "libs/window/window.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/serve/feed_clock.h"
#include "services/serve/ledger.h"
#include "services/serve/snapshot_holder.h"

namespace paperwire::serve {

// Sends papers of the window to a stage again, each as its next state: with a generation of its
// own, which outranks the state that is served. Thread-safe.
class Reprocessor {
 public:
  // What it works with; all must outlive it. `read_topic` serves to restore the generations after
  // a loss; `committed` says what the stages have committed, as last known.
  struct Parts {
    const SnapshotHolder& snapshots;
    const FeedClock& feed_clock;
    window::Window& window;
    window::LedgerStore& ledger;
    std::function<CommittedOffsets()> committed;
    window::Generations& generations;
    window::ReadTopic read_topic;
    bus::Publisher& publisher;
    const clock::Clock& clock;
  };

  // Which papers, and what is published of each.
  struct Task {
    // In metrics and logs ("resummarize").
    std::string_view name;
    // Ids as somebody wrote them; or, where `wanted` is set, every card that it takes.
    std::vector<std::string> arxiv_ids;
    std::function<bool(const v1::Entry&)> wanted = nullptr;
    // Whether a paper is left alone when any newer state of it is on its way, which would be
    // outranked; otherwise only when that would outrank what is published.
    bool yields = true;
    // The record with the next state of what is stored. The revision has rank 0.
    std::function<bus::Message(const v1::Entry& stored, paper::Revision next)> encode;
  };

  struct Outcome {
    uint32_t requested = 0;
    // Nothing was published of so many: what is stored is not wanted any more.
    uint32_t unneeded = 0;
    std::vector<std::string> missing_ids;
    // Nothing was published of these: a newer state of theirs is on its way, or has just come.
    std::vector<std::string> pending_ids;
  };

  Reprocessor(Parts parts, prometheus::Registry& metrics);

  // Returns when every paper has been published. A paper that is named twice is published once.
  // InvalidArgument: an id that is none; nothing was published. Unavailable: no snapshot yet, a
  // store is being rebuilt, or Redis or Kafka is away; the message says which, and of how many
  // papers the task had been published by then.
  absl::StatusOr<Outcome> Run(const Task& task, std::stop_token stop);

 private:
  // The cards that are meant, each once; those not in the window go to `outcome`.
  absl::StatusOr<std::vector<EntryPtr>> Find(const Task& task, Outcome& outcome) const;
  absl::StatusOr<paper::Revision> TakeRevision(const ServedEntry& entry) const;
  // Takes a revision for each, reads again what is stored, and encodes what has not moved on.
  absl::StatusOr<std::vector<bus::Message>> Prepare(const Task& task,
                                                    std::span<const EntryPtr> entries,
                                                    Outcome& outcome) const;
  absl::Status Publish(const Task& task, const std::vector<EntryPtr>& entries, Outcome& outcome,
                       std::stop_token stop) const;

  const Parts parts_;
  prometheus::Family<prometheus::Counter>& papers_;
};

}  // namespace paperwire::serve
