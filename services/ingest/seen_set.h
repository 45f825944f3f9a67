#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
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

  // The UTC day up to which OAI-PMH was harvested whole, and all of it published; nothing when that
  // is not known.
  virtual absl::StatusOr<std::optional<absl::CivilDay>> Harvested() = 0;
  virtual absl::Status SetHarvested(absl::CivilDay day) = 0;
};

// Hands out generations of a paper's version (window::Window): the revisions of what is told anew
// of it. Thread-safe. Errors: Unavailable.
class Generations {
 public:
  virtual ~Generations() = default;

  virtual absl::StatusOr<uint32_t> Next(const std::string& arxiv_id, uint32_t version) = 0;
  // After a loss: none up to `at_least` is handed out again.
  virtual absl::Status Raise(const std::string& arxiv_id, uint32_t version, uint32_t at_least) = 0;
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

// In memory: for tests. Thread-safe.
class MemoryGenerations final : public Generations {
 public:
  absl::StatusOr<uint32_t> Next(const std::string& arxiv_id, uint32_t version) override;
  absl::Status Raise(const std::string& arxiv_id, uint32_t version, uint32_t at_least) override;

  // Everything is lost.
  void Lose();

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, uint32_t>, uint32_t> last_ ABSL_GUARDED_BY(mutex_);
};

// Hands every record of a topic to a function until it returns false (bus::KafkaAdmin::ReadAll).
using ReadTopic = std::function<absl::Status(
    const std::string& topic, const std::function<bool(const bus::Message&)>& visit)>;

// Fills `seen` from the topic new-paper when it is not complete, and `generations` with it.
absl::Status Restore(SeenSet& seen, Generations& generations, const ReadTopic& read_topic);

}  // namespace paperwire::ingest
