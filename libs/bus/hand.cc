#include "libs/bus/hand.h"

#include "libs/telemetry/log.h"

namespace paperwire::bus {
namespace {

constexpr std::chrono::seconds kTryAgain{30};

}  // namespace

bool Hand::Usable() {
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
  dirty_.erase(partition);
}

void Hand::Write(const TopicPartition& partition) {
  if (markers_ == nullptr || fenced_.contains(partition)) return;
  if (!Usable()) {
    dirty_.insert(partition);
    return;
  }
  const auto held = held_.find(partition);
  const bool empty = held == held_.end() || held->second.empty();
  const absl::Status status =
      empty ? markers_->Clear(partition)
            : markers_->Hold(partition, held->second, alone_ && alone_->first == partition);
  if (status.ok()) {
    if (failed_at_) {
      telemetry::Log(telemetry::Level::kInfo, "crash markers are written again");
      failed_at_.reset();
    }
    dirty_.erase(partition);
  } else if (absl::IsPermissionDenied(status)) {
    Fenced(partition);
  } else {
    Failed(status);
    dirty_.insert(partition);
  }
}

std::map<int64_t, CrashMarkers::Suspect> Hand::TakeSuspects(const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
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
  const std::lock_guard lock(mutex_);
  if (alone_ || next_alone_) return false;
  for (const auto& [partition, offsets] : batch) {
    held_[partition].insert(offsets.begin(), offsets.end());
    Write(partition);
  }
  return true;
}

bool Hand::TakeAlone(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard lock(mutex_);
  if (alone_) return false;
  const std::pair<TopicPartition, int64_t> suspect(partition, offset);
  if (next_alone_ && *next_alone_ != suspect) return false;
  next_alone_ = suspect;
  if (!waiting_.empty()) return false;
  for (const auto& [other, offsets] : held_) {
    if (!offsets.empty()) return false;
  }
  // What was put down must not stand beside it in the markers.
  const std::set<TopicPartition> dirty = dirty_;
  for (const TopicPartition& other : dirty) Write(other);
  next_alone_.reset();
  alone_ = suspect;
  held_[partition] = {offset};
  Write(partition);
  return true;
}

bool Hand::TakeAgain(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard lock(mutex_);
  const std::pair<TopicPartition, int64_t> record(partition, offset);
  if (alone_ && *alone_ != record) return false;
  waiting_.erase(record);
  held_[partition].insert(offset);
  Write(partition);
  return true;
}

void Hand::Wait(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace(partition, offset);
  const auto held = held_.find(partition);
  if (held == held_.end() || held->second.erase(offset) == 0) return;
  Write(partition);
}

void Hand::PutDown(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard lock(mutex_);
  waiting_.erase({partition, offset});
  const auto held = held_.find(partition);
  if (held != held_.end() && held->second.erase(offset) == 1 && markers_ != nullptr) {
    dirty_.insert(partition);
  }
  if (alone_ && alone_->first == partition && alone_->second == offset) alone_.reset();
}

void Hand::Forget(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard lock(mutex_);
  if (!Usable() || fenced_.contains(partition)) return;
  const absl::Status status = markers_->Forget(partition, offset);
  if (absl::IsPermissionDenied(status)) return Fenced(partition);
  if (!status.ok()) Failed(status);
}

void Hand::Sync() {
  const std::lock_guard lock(mutex_);
  if (dirty_.empty() || !Usable()) return;
  const std::set<TopicPartition> dirty = dirty_;
  for (const TopicPartition& partition : dirty) {
    Write(partition);
    if (!Usable()) return;
  }
}

void Hand::Release(const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  if (next_alone_ && next_alone_->first == partition) next_alone_.reset();
  const bool was_alone = alone_ && alone_->first == partition;
  held_.erase(partition);
  dirty_.erase(partition);
  std::erase_if(waiting_, [&partition](const auto& record) { return record.first == partition; });
  if (kept_ && kept_->first == partition) {
    if (Usable() && !fenced_.contains(partition)) {
      const absl::Status status = markers_->Hold(partition, {kept_->second}, kept_alone_);
      if (absl::IsPermissionDenied(status)) {
        Fenced(partition);
      } else if (!status.ok()) {
        Failed(status);
      }
    }
  } else if (markers_ != nullptr) {
    Write(partition);
    dirty_.erase(partition);
  }
  if (was_alone) alone_.reset();
}

void Hand::Keep(const TopicPartition& partition, int64_t offset) {
  const std::lock_guard lock(mutex_);
  kept_.emplace(partition, offset);
  kept_alone_ = alone_ == kept_;
}

}  // namespace paperwire::bus
