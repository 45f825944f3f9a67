#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "libs/bus/message.h"
#include "libs/window/window.h"

namespace paperwire::window {

// Epoch, offsets and targets of a store in memory. Not thread-safe.
class MemoryProgress {
 public:
  Window::Begun Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                      const RebuildScope& scope);

  // A new epoch over the same offsets; what it must reach is unknown until the next Begin.
  void Renew();

  // Aborted unless `epoch` is the one stored.
  absl::Status Check(const std::string& epoch) const;

  // The offset stored; -1: none.
  int64_t Stored(const bus::TopicPartition& partition) const;
  void Store(const bus::TopicPartition& partition, int64_t offset) { offsets_[partition] = offset; }

  const std::string& epoch() const { return epoch_; }
  bool complete() const;

 private:
  std::string epoch_;
  std::map<bus::TopicPartition, int64_t> offsets_;
  std::map<bus::TopicPartition, int64_t> targets_;
  size_t total_partitions_ = 0;
};

// What a partition must reach for a rebuild to be complete: its end, or 0 where nothing is kept.
int64_t TargetOf(const bus::TopicPartition& partition, int64_t end_offset,
                 const RebuildScope& scope);

// What makes an epoch unique: 32 random hexadecimal digits.
std::string MakeUnique();

// The answer to a caller whose epoch is not the one stored.
absl::Status OtherEpoch();

// The answer to a caller who found the store to be what it was earlier.
absl::Status GoneBack();

}  // namespace paperwire::window
