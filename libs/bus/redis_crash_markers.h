#pragma once

#include <memory>
#include <string>

#include "libs/bus/crash_markers.h"
#include "libs/redis/client.h"

namespace paperwire::bus {

// Crash markers in Redis, under "pw:{<group>}:hand:<cluster>:<topic>:<partition>". Thread-safe.
class RedisCrashMarkers final : public CrashMarkers {
 public:
  // `client` must outlive it.
  RedisCrashMarkers(redis::Client& client, std::string group, std::string cluster_id);

  absl::Status Hold(const TopicPartition& partition, const std::set<int64_t>& offsets,
                    bool alone) override;
  absl::Status Clear(const TopicPartition& partition) override;
  absl::StatusOr<std::map<int64_t, Suspect>> TakeSuspects(const TopicPartition& partition) override;
  absl::Status Forget(const TopicPartition& partition, int64_t offset) override;

 private:
  std::string KeyOf(const TopicPartition& partition) const;

  redis::Client& client_;
  std::string prefix_;
};

}  // namespace paperwire::bus
