#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "libs/bus/publisher.h"
#include "libs/clock/clock.h"
#include "libs/window/generations.h"
#include "paperwire/v1/events.pb.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "services/ingest/seen_set.h"
#include "services/ingest/source.h"

namespace paperwire::ingest {

// Runs ingest's cycles: collect, merge, publish what is new, say how it went. A cycle that is
// killed anywhere is made good by the next: a paper is marked as seen only once the bus has it.
// Not thread-safe.
class CycleRunner {
 public:
  struct Options {
    // A replay of recorded answers; the sample day.
    bool recorded = false;
    bool sample = false;
    // MergeOptions.
    bool show_old_cross_lists = false;
    // How long delivery reports are still waited for once a stop is requested; a cycle waits for
    // its papers or their batches, and for its own record.
    std::chrono::milliseconds stop_patience = bus::kStopPatience;
  };

  // `read_topic` serves to rebuild the seen-set and the batches after a loss.
  CycleRunner(Source& source, SeenSet& seen, window::Generations& generations,
              bus::Publisher& publisher, window::ReadTopic read_topic, const clock::Clock& clock,
              prometheus::Registry& metrics, Options options);

  // One cycle; also published on `cycles`, a failed one too. Its `error` tells of a bus or a
  // seen-set that is away. With `glance` it only sees whether a batch is out (Known).
  v1::Cycle Run(std::stop_token stop, bool glance = false);

  // The newest announcement date that arXiv has declared a batch for.
  std::optional<absl::CivilDay> newest_batch() const;
  // Whether the last cycle failed because Kafka or Redis is away, and not because of arXiv.
  bool parts_failed() const { return parts_failed_; }

 private:
  // Publishes what `harvest` brought; fills in what `cycle` tells of it.
  absl::Status Process(const Harvest& harvest, std::stop_token stop, v1::Cycle& cycle);
  // Publishes what is told as new on `date`, before all else is known: with only its ids declared,
  // so that the date is not yet accounted for.
  absl::Status PublishAhead(const Harvest& so_far, absl::CivilDay date, std::stop_token stop,
                            v1::Cycle& cycle);
  // All that was told is published.
  absl::Status Settle(const Harvest& harvest);
  absl::Status LoadBatches();
  absl::Status PublishBatches(const std::map<absl::CivilDay, v1::Batch>& batches,
                              const std::string& cycle_id, std::stop_token stop);
  // Publishes papers and marks those that were delivered; returns the first failure.
  absl::Status PublishPapers(const Merged& merged, const SeenPapers& seen, std::stop_token stop,
                             uint32_t& published);
  // The events of the papers that are not published yet at their revision, newest first.
  absl::StatusOr<std::vector<v1::NewPaper>> Due(const Merged& merged, const SeenPapers& seen);

  Source& source_;
  SeenSet& seen_;
  window::Generations& generations_;
  bus::Publisher& publisher_;
  const window::ReadTopic read_topic_;
  const clock::Clock& clock_;
  const Options options_;
  prometheus::Family<prometheus::Counter>& cycles_;
  prometheus::Counter& papers_published_;
  prometheus::Gauge& last_cycle_;
  bool parts_failed_ = false;
  // All that was declared of a date; and its last record, which should say the same.
  std::map<absl::CivilDay, v1::Batch> batches_;
  std::map<absl::CivilDay, v1::Batch> last_records_;
};

// "published", "nothing-new", "partial", "failed".
std::string OutcomeSlug(v1::CycleOutcome outcome);

}  // namespace paperwire::ingest
