#include "libs/window/memory_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>

#include "libs/clock/clock.h"

namespace paperwire::window {
namespace {

// Every store of this process has its own, later than those before it.
std::string MakeEpoch() {
  static std::atomic<int64_t> last{0};
  const int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                          clock::SystemClock().Now().time_since_epoch())
                          .count();
  int64_t before = last;
  while (!last.compare_exchange_weak(before, std::max(now, before + 1))) continue;
  return fmt::format("{:012x}{}", std::max(now, before + 1), MakeUnique());
}

}  // namespace

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

void MemoryProgress::Renew() {
  epoch_ = MakeEpoch();
  targets_.clear();
  total_partitions_ = 0;
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

std::string MakeUnique() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

absl::Status OtherEpoch() {
  return absl::AbortedError("epoch: the store has begun anew; begin again");
}

absl::Status GoneBack() {
  return absl::AbortedError("the store is what it was earlier; begin again");
}

}  // namespace paperwire::window
