#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/message.h"
#include "libs/window/window.h"

namespace paperwire::window {

// Hands out generations of a paper's version: the revisions of what is told anew of it, by whoever
// tells it: ingest on `new-paper`, operators' requests on the topic of the stage they want done
// again. No two callers get the same one. Thread-safe. Errors: Unavailable.
class Generations {
 public:
  virtual ~Generations() = default;

  virtual absl::StatusOr<uint32_t> Next(const std::string& arxiv_id, uint32_t version) = 0;
  // After a loss: none up to `at_least` is handed out again.
  virtual absl::Status Raise(const std::string& arxiv_id, uint32_t version, uint32_t at_least) = 0;

  // Whether they were restored since they were last lost (RestoreGenerations).
  virtual absl::StatusOr<bool> IsRestored() = 0;
  virtual absl::Status SetRestored() = 0;
};

// Those of a window, which must outlive it. Thread-safe.
class WindowGenerations final : public Generations {
 public:
  explicit WindowGenerations(Window& window) : window_(window) {}

  absl::StatusOr<uint32_t> Next(const std::string& arxiv_id, uint32_t version) override;
  absl::Status Raise(const std::string& arxiv_id, uint32_t version, uint32_t at_least) override;
  absl::StatusOr<bool> IsRestored() override;
  absl::Status SetRestored() override;

 private:
  Window& window_;
};

// In memory: for tests. Thread-safe.
class MemoryGenerations final : public Generations {
 public:
  absl::StatusOr<uint32_t> Next(const std::string& arxiv_id, uint32_t version) override;
  absl::Status Raise(const std::string& arxiv_id, uint32_t version, uint32_t at_least) override;
  absl::StatusOr<bool> IsRestored() override;
  absl::Status SetRestored() override;

  // Everything is lost.
  void Lose();
  // Every call fails with `status` until it is OK.
  void SetFailure(absl::Status status);

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, uint32_t>, uint32_t> last_ ABSL_GUARDED_BY(mutex_);
  bool restored_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

// Hands every record of a topic to a function until it returns false (bus::KafkaAdmin::ReadAll).
using ReadTopic = std::function<absl::Status(
    const std::string& topic, const std::function<bool(const bus::Message&)>& visit)>;

// Raises `generations` to all that were published on `new-paper`, `summarized` and `tagged`, unless
// that was done since they were last lost. For every writer, before it asks for one.
absl::Status RestoreGenerations(Generations& generations, const ReadTopic& read_topic);

}  // namespace paperwire::window
