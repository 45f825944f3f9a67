#include "libs/bus/hand.h"

#include <algorithm>

#include "libs/telemetry/log.h"

namespace paperwire::bus {
namespace {

constexpr std::chrono::seconds kTryAgain{30};
constexpr std::chrono::milliseconds kSyncEvery{20};

}  // namespace

bool Hand::Usable() const {
  if (markers_ == nullptr) return false;
  return !failed_at_ || clock_.SteadyNow() - *failed_at_ >= kTryAgain;
}

void Hand::Failed(const absl::Status& status) {
  if (!failed_at_) {
    telemetry::Log(telemetry::Level::kWarning, "crash markers cannot be written: no crash rule",
                   {{"error", status}});
  }
  failed_at_ = clock_.SteadyNow();
}

void Hand::Fenced(const TopicPartition& partition) {
  telemetry::Log(
      telemetry::Level::kWarning, "another worker has taken over the crash markers",
      {{"topic", partition.topic}, {"partition", static_cast<int>(partition.partition)}});
  fenced_.insert(partition);
}

void Hand::Insert(Held& held, int64_t offset) {
  const auto at = std::lower_bound(held.offsets.begin(), held.offsets.end(), offset);
  if (at != held.offsets.end() && *at == offset) return;
  held.offsets.insert(at, offset);
  ++size_;
}

bool Hand::Erase(const TopicPartition& partition, int64_t offset) {
  const auto held = held_.find(partition);
  if (held == held_.end()) return false;
  std::vector<int64_t>& offsets = held->second.offsets;
  const auto at = std::lower_bound(offsets.begin(), offsets.end(), offset);
  if (at == offsets.end() || *at != offset) return false;
  offsets.erase(at);
  held->second.dirty = true;
  --size_;
  return true;
}

int64_t Hand::SizeOf(std::string_view topic) const {
  const std::lock_guard lock(mutex_);
  int64_t size = 0;
  for (const auto& [partition, held] : held_) {
    if (partition.topic == topic) size += static_cast<int64_t>(held.offsets.size());
  }
  return size;
}

std::vector<TopicPartition> Hand::Dirty() const {
  std::vector<TopicPartition> dirty;
  for (const auto& [partition, held] : held_) {
    if (held.dirty) dirty.push_back(partition);
  }
  return dirty;
}

void Hand::Write(const std::vector<TopicPartition>& partitions) {
  if (markers_ == nullptr) return;
  std::vector<CrashMarkers::Holding> holdings;
  const bool usable = Usable();
  {
    const std::lock_guard lock(mutex_);
    for (const TopicPartition& partition : partitions) {
      if (fenced_.contains(partition)) continue;
      Held& held = held_[partition];
      // What is put down from here on is not in this write.
      held.dirty = !usable;
      if (!usable) continue;
      holdings.push_back({.partition = partition,
                          .offsets = held.offsets,
                          .alone = alone_ && alone_->first == partition});
    }
  }
  if (holdings.empty()) return;
  const std::vector<absl::Status> statuses = markers_->Hold(holdings);
  const absl::Status* failure = nullptr;
  for (size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i].ok()) continue;
    const TopicPartition& partition = holdings[i].partition;
    if (absl::IsPermissionDenied(statuses[i])) {
      Fenced(partition);
    } else {
      failure = &statuses[i];
      const std::lock_guard lock(mutex_);
      const auto held = held_.find(partition);
      if (held != held_.end()) held->second.dirty = true;
    }
  }
  if (failure != nullptr) {
    Failed(*failure);
  } else if (failed_at_) {
    telemetry::Log(telemetry::Level::kInfo, "crash markers are written again");
    failed_at_.reset();
  }
}

std::map<int64_t, CrashMarkers::Suspect> Hand::TakeSuspects(const TopicPartition& partition) {
  const std::lock_guard writing(writing_);
  fenced_.erase(partition);
  if (!Usable()) return {};
  auto suspects = markers_->TakeSuspects(partition);
  if (!suspects.ok()) {
    Failed(suspects.status());
    return {};
  }
  return *std::move(suspects);
}

bool Hand::Take(const Offsets& batch) {
  const std::lock_guard writing(writing_);
  std::vector<TopicPartition> partitions;
  {
    const std::lock_guard lock(mutex_);
    if (alone_ || next_alone_) return false;
    for (const auto& [partition, offsets] : batch) {
      Held& held = held_[partition];
      for (const int64_t offset : offsets) Insert(held, offset);
      held.dirty = true;
    }
    // While records come without a break Sync finds no moment of its own.
    partitions = Dirty();
  }
  Write(partitions);
  synced_at_ = clock_.SteadyNow();
  return true;
}

bool Hand::TakeAlone(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard writing(writing_);
  std::vector<TopicPartition> dirty;
  {
    const std::lock_guard lock(mutex_);
    if (alone_) return false;
    const std::pair<TopicPartition, int64_t> suspect(partition, offset);
    if (next_alone_ && *next_alone_ != suspect) return false;
    next_alone_ = suspect;
    if (!waiting_.empty() || size_ > 0) return false;
    dirty = Dirty();
  }
  // What was put down must not stand beside it in the markers.
  Write(dirty);
  {
    const std::lock_guard lock(mutex_);
    next_alone_.reset();
    alone_.emplace(partition, offset);
    Insert(held_[partition], offset);
  }
  Write({partition});
  return true;
}

bool Hand::TakeAgain(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard writing(writing_);
  {
    const std::lock_guard lock(mutex_);
    const std::pair<TopicPartition, int64_t> record(partition, offset);
    if (alone_ && *alone_ != record) return false;
    waiting_.erase(record);
    Insert(held_[partition], offset);
  }
  Write({partition});
  return true;
}

void Hand::Wait(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard writing(writing_);
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(partition, offset);
    if (!Erase(partition, offset)) return;
  }
  Write({partition});
}

void Hand::PutDown(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard lock(mutex_);
  if (!waiting_.empty()) waiting_.erase({partition, offset});
  Erase(partition, offset);
  if (alone_ && alone_->first == partition && alone_->second == offset) alone_.reset();
}

void Hand::Forget(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard writing(writing_);
  if (!Usable() || fenced_.contains(partition)) return;
  const absl::Status status = markers_->Forget(partition, offset);
  if (absl::IsPermissionDenied(status)) return Fenced(partition);
  if (!status.ok()) Failed(status);
}

void Hand::Sync() {
  const std::lock_guard writing(writing_);
  if (!Usable()) return;
  if (synced_at_ && clock_.SteadyNow() - *synced_at_ < kSyncEvery) return;
  std::vector<TopicPartition> dirty;
  {
    const std::lock_guard lock(mutex_);
    dirty = Dirty();
  }
  if (dirty.empty()) return;
  Write(dirty);
  synced_at_ = clock_.SteadyNow();
}

void Hand::Release(const TopicPartition& partition) {
  const std::lock_guard writing(writing_);
  std::vector<int64_t> kept;
  bool kept_alone = false;
  bool was_alone = false;
  {
    const std::lock_guard lock(mutex_);
    if (next_alone_ && next_alone_->first == partition) next_alone_.reset();
    was_alone = alone_ && alone_->first == partition;
    const auto held = held_.find(partition);
    if (held != held_.end()) {
      size_ -= static_cast<int64_t>(held->second.offsets.size());
      held_.erase(held);
    }
    std::erase_if(waiting_, [&partition](const auto& record) { return record.first == partition; });
    if (kept_ && kept_->first == partition) kept = {kept_->second};
    kept_alone = kept_alone_;
  }
  if (Usable() && !fenced_.contains(partition)) {
    const bool keep = !kept.empty();
    const CrashMarkers::Holding last{
        .partition = partition, .offsets = std::move(kept), .alone = keep && kept_alone};
    const absl::Status status = markers_->Hold({&last, 1}).front();
    if (absl::IsPermissionDenied(status)) {
      Fenced(partition);
    } else if (!status.ok()) {
      Failed(status);
    }
  }
  const std::lock_guard lock(mutex_);
  if (was_alone) alone_.reset();
}

void Hand::Keep(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard lock(mutex_);
  kept_.emplace(partition, offset);
  kept_alone_ = alone_ == kept_;
}

}  // namespace paperwire::bus
