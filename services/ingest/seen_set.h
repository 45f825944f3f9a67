#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "libs/window/generations.h"
#include "services/ingest/merge.h"

namespace paperwire::ingest {

// What ingest has published, by arXiv id: so that a cycle publishes only what is new. A paper that
// is in it was delivered; one that is lost from it is published again, which is harmless.
// Thread-safe. Errors: Unavailable.
class SeenSet {
 public:
  virtual ~SeenSet() = default;

  // Whether it was filled since it was last lost. While not, it is filled from `new-paper` first.
  virtual absl::StatusOr<bool> IsComplete() = 0;
  virtual absl::Status SetComplete() = 0;

  // Those of `ids` that are known.
  virtual absl::StatusOr<SeenPapers> Find(const std::set<std::string>& ids) = 0;
  // Adds or replaces.
  virtual absl::Status Mark(const SeenPapers& papers) = 0;

  // The UTC day up to which OAI-PMH was harvested whole, and all of it published; nothing when that
  // is not known.
  virtual absl::StatusOr<std::optional<absl::CivilDay>> Harvested() = 0;
  virtual absl::Status SetHarvested(absl::CivilDay day) = 0;
};

// In memory: for a dry run and tests, and lost with the process. Thread-safe.
class MemorySeenSet final : public SeenSet {
 public:
  absl::StatusOr<bool> IsComplete() override;
  absl::Status SetComplete() override;
  absl::StatusOr<SeenPapers> Find(const std::set<std::string>& ids) override;
  absl::Status Mark(const SeenPapers& papers) override;
  absl::StatusOr<std::optional<absl::CivilDay>> Harvested() override;
  absl::Status SetHarvested(absl::CivilDay day) override;

  // Everything is lost.
  void Lose();
  // The next Mark fails with `status`.
  void FailNextMark(absl::Status status);

 private:
  std::mutex mutex_;
  bool complete_ ABSL_GUARDED_BY(mutex_) = false;
  SeenPapers papers_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::CivilDay> harvested_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

// Fills `seen` from the topic new-paper when it is not complete, and restores `generations` with
// it.
absl::Status Restore(SeenSet& seen, window::Generations& generations,
                     const window::ReadTopic& read_topic);

}  // namespace paperwire::ingest
