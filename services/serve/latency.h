#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/window/ledger_store.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "services/serve/snapshot.h"

namespace paperwire::serve {

// How long papers took until readers of this process had their cards: from when arXiv's feeds turn
// to their date, and from ingest's record. A later state of a card, and what a
// process finds when it starts or a window when it is rebuilt, is not counted. Not thread-safe.
class Latency {
 public:
  explicit Latency(prometheus::Registry& metrics);

  // `changes` came after `before`. With `recorded` papers the first is not measured: they were
  // announced long ago.
  void Observe(const Snapshot& before, const std::vector<SnapshotChange>& changes, absl::Time now,
               bool recorded);

  // Measures the second of the papers whose record of ingest the ledger holds by now: it may learn
  // of it after the card was served.
  void Settle(const window::LedgerContents& contents, absl::Time now);

 private:
  struct Served {
    std::string arxiv_id;
    std::string announced;
    absl::Time time;
  };

  prometheus::Histogram& announced_;
  prometheus::Histogram& ingested_;
  // Whose record of ingest is not in the ledger yet.
  std::vector<Served> served_;
};

}  // namespace paperwire::serve
