#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "libs/bus/crash_markers.h"
#include "libs/redis/client.h"

namespace paperwire::bus {

// Crash markers in Redis, under "pw:{<group>}:hand:<cluster>:<topic>:<partition>". Thread-safe.
class RedisCrashMarkers final : public CrashMarkers {
 public:
  // `client` must outlive it.
  RedisCrashMarkers(redis::Client& client, const std::string& group, const std::string& cluster_id);

  std::vector<absl::Status> Hold(std::span<const Holding> holdings) override;
  absl::StatusOr<std::map<int64_t, Suspect>> TakeSuspects(const TopicPartition& partition) override;
  absl::Status Forget(const TopicPartition& partition, int64_t offset) override;

 private:
  std::string KeyOf(const TopicPartition& partition) const;
  // As whom we own a partition's markers; nothing: not yet.
  std::optional<std::string> OwnerOf(const TopicPartition& partition);
  // What the script is to do to a partition's markers as `owner`.
  redis::Script::Call Change(const TopicPartition& partition, const std::string& owner,
                             std::vector<std::string> words) const;

  redis::Client& client_;
  const std::string prefix_;
  // Of this object, among all workers.
  const std::string name_;
  std::mutex mutex_;
  int64_t stays_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<TopicPartition, std::string> owners_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::bus
