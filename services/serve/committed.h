#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "services/serve/ledger.h"

namespace paperwire::serve {

// What the stages have committed, as last known. Thread-safe; one thread refreshes.
class Committed {
 public:
  // Asks the broker for one group's offsets on some topics.
  using Ask = std::function<absl::StatusOr<std::map<bus::TopicPartition, int64_t>>(
      const std::string& group, const std::vector<std::string>& topics)>;

  explicit Committed(Ask ask) : ask_(std::move(ask)) {}

  // Asks for every group of a stage. Those whose answer fails become unknown: what was committed
  // may have moved on, and a paper must not be called missing on old knowledge.
  void Refresh();
  void Run(std::stop_token stop, const clock::Clock& clock, std::chrono::milliseconds every);

  CommittedOffsets Get() const;

 private:
  const Ask ask_;
  mutable std::mutex mutex_;
  CommittedOffsets offsets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::serve
