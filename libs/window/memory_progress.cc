#include "libs/window/memory_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace paperwire::window {

Window::Begun MemoryProgress::Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                                    const RebuildScope& scope) {
  if (epoch_.empty()) epoch_ = MakeEpoch();
  if (scope.total_partitions > 0) total_partitions_ = scope.total_partitions;
  Window::Begun begun{.epoch = epoch_, .offsets = {}};
  for (const auto& [partition, end] : end_offsets) {
    targets_.try_emplace(partition, TargetOf(partition, end, scope));
    if (const int64_t stored = Stored(partition); stored >= 0) begun.offsets[partition] = stored;
  }
  return begun;
}

absl::Status MemoryProgress::Check(const std::string& epoch) const {
  return epoch == epoch_ && !epoch_.empty() ? absl::OkStatus() : OtherEpoch();
}

int64_t MemoryProgress::Stored(const bus::TopicPartition& partition) const {
  const auto found = offsets_.find(partition);
  return found == offsets_.end() ? -1 : found->second;
}

bool MemoryProgress::complete() const {
  return !targets_.empty() && targets_.size() >= total_partitions_ &&
         std::ranges::all_of(targets_, [this](const auto& target) {
           return target.second <= 0 || Stored(target.first) >= target.second;
         });
}

int64_t TargetOf(const bus::TopicPartition& partition, int64_t end_offset,
                 const RebuildScope& scope) {
  const auto begin = scope.begin_offsets.find(partition);
  return begin != scope.begin_offsets.end() && begin->second >= end_offset ? 0 : end_offset;
}

std::string MakeEpoch() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

absl::Status OtherEpoch() {
  return absl::AbortedError("epoch: the store has begun anew; begin again");
}

}  // namespace paperwire::window
