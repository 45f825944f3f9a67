#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/window/ledger_store.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "services/serve/snapshot.h"

namespace paperwire::serve {

// How long papers took until readers of this process had their cards: from when arXiv's feeds turn
// to their date, and from ingest's record. A later state of a card is not counted, nor what was
// ingested before the process started and is in its first snapshot, or a window's that began anew.
// Not thread-safe.
class Latency {
 public:
  Latency(prometheus::Registry& metrics, absl::Time started);

  // `after` has taken the place of `before` (null: it is the first), with these changes (none: it
  // is of another epoch). With `recorded` papers the first is not measured: they were announced
  // long ago.
  void Observe(const SnapshotPtr& before, const SnapshotPtr& after,
               const std::optional<std::vector<SnapshotChange>>& changes, absl::Time now,
               bool recorded);

  // Measures the second of the papers whose record of ingest the ledger holds by now: it may learn
  // of it after the card was served.
  void Settle(const window::LedgerContents& contents, absl::Time now);

 private:
  struct Served {
    std::string arxiv_id;
    std::string announced;
    absl::Time time;
    bool recorded = false;
    // It may have been there before the process.
    bool found = false;
  };

  void MeasureAnnounced(const Served& served);

  const absl::Time started_;
  prometheus::Histogram& announced_;
  prometheus::Histogram& ingested_;
  // Whose record of ingest is not in the ledger yet.
  std::vector<Served> served_;
};

}  // namespace paperwire::serve
