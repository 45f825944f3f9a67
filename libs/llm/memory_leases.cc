#include <utility>

#include "libs/llm/leases.h"

namespace paperwire::llm {

absl::StatusOr<bool> MemoryLeases::TryTake(const std::string& key, const std::string& owner,
                                           std::chrono::milliseconds life) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const auto taken = taken_.find(key);
  if (taken != taken_.end() && taken->second.owner != owner && taken->second.until > clock_.Now()) {
    return false;
  }
  taken_[key] = {.owner = owner, .until = clock_.Now() + life};
  return true;
}

absl::StatusOr<bool> MemoryLeases::Renew(const std::string& key, const std::string& owner,
                                         std::chrono::milliseconds life) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const auto taken = taken_.find(key);
  if (taken == taken_.end() || taken->second.owner != owner ||
      taken->second.until <= clock_.Now()) {
    return false;
  }
  taken->second.until = clock_.Now() + life;
  return true;
}

absl::Status MemoryLeases::Drop(const std::string& key, const std::string& owner) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const auto taken = taken_.find(key);
  if (taken != taken_.end() && taken->second.owner == owner) taken_.erase(taken);
  return absl::OkStatus();
}

void MemoryLeases::SetFailure(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

}  // namespace paperwire::llm
