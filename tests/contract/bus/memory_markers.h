#pragma once

#include <map>
#include <mutex>
#include <set>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/bus/crash_markers.h"

namespace paperwire::bus {

// Markers in memory, with the suspects that a dead process left.
class MemoryMarkers final : public CrashMarkers {
 public:
  std::vector<absl::Status> Hold(std::span<const Holding> holdings) override {
    const std::lock_guard lock(mutex_);
    for (const Holding& holding : holdings) {
      if (holding.offsets.empty()) {
        held_.erase(holding.partition);
      } else {
        held_[holding.partition] = holding.offsets;
      }
      if (holding.alone) alone_.insert(holding.offsets.begin(), holding.offsets.end());
    }
    return std::vector<absl::Status>(holdings.size());
  }
  absl::StatusOr<std::map<int64_t, Suspect>> TakeSuspects(
      const TopicPartition& partition) override {
    const std::lock_guard lock(mutex_);
    return suspects_[partition];
  }
  absl::Status Forget(const TopicPartition& partition, int64_t offset) override {
    const std::lock_guard lock(mutex_);
    suspects_[partition].erase(offset);
    ++forgotten_;
    return absl::OkStatus();
  }

  void Suspect(const TopicPartition& partition, int64_t offset, int deaths) {
    const std::lock_guard lock(mutex_);
    suspects_[partition][offset] = {.offset = offset, .alone_deaths = deaths};
  }
  std::map<TopicPartition, std::vector<int64_t>> held() {
    const std::lock_guard lock(mutex_);
    return held_;
  }
  std::set<int64_t> alone() {
    const std::lock_guard lock(mutex_);
    return alone_;
  }
  int forgotten() {
    const std::lock_guard lock(mutex_);
    return forgotten_;
  }

 private:
  std::mutex mutex_;
  std::map<TopicPartition, std::vector<int64_t>> held_;
  std::map<TopicPartition, std::map<int64_t, CrashMarkers::Suspect>> suspects_;
  std::set<int64_t> alone_;
  int forgotten_ = 0;
};

}  // namespace paperwire::bus
