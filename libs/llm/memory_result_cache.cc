#include <utility>

#include "libs/llm/result_cache.h"

namespace paperwire::llm {

absl::StatusOr<std::optional<std::string>> MemoryResultCache::Get(const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const auto found = kept_.find(key);
  if (found == kept_.end() || found->second.until <= clock_.Now()) {
    return std::optional<std::string>();
  }
  return std::optional(found->second.bytes);
}

absl::Status MemoryResultCache::Put(const std::string& key, const std::string& bytes,
                                    std::chrono::seconds life) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  kept_[key] = {.bytes = bytes, .until = clock_.Now() + life};
  return absl::OkStatus();
}

void MemoryResultCache::SetFailure(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

}  // namespace paperwire::llm
