#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/message.h"
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
};

// In memory: for tests, and lost with the process. Thread-safe.
class MemorySeenSet final : public SeenSet {
 public:
  absl::StatusOr<bool> IsComplete() override;
  absl::Status SetComplete() override;
  absl::StatusOr<SeenPapers> Find(const std::set<std::string>& ids) override;
  absl::Status Mark(const SeenPapers& papers) override;

  // Everything is lost.
  void Lose();
  // The next Mark fails with `status`.
  void FailNextMark(absl::Status status);

 private:
  std::mutex mutex_;
  bool complete_ ABSL_GUARDED_BY(mutex_) = false;
  SeenPapers papers_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

// Hands every record of a topic to a function until it returns false (bus::KafkaAdmin::ReadAll).
using ReadTopic = std::function<absl::Status(
    const std::string& topic, const std::function<bool(const bus::Message&)>& visit)>;

// Fills `seen` from the topic new-paper when it is not complete.
absl::Status Restore(SeenSet& seen, const ReadTopic& read_topic);

}  // namespace paperwire::ingest
