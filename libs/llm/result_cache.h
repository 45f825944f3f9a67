#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/clock/clock.h"

namespace paperwire::llm {

// What has been paid for already. Thread-safe. Errors: Unavailable: the store is away.
class ResultCache {
 public:
  static constexpr std::chrono::hours kLife{30 * 24};

  virtual ~ResultCache() = default;

  // `key` must name everything that the result depends on.
  virtual absl::StatusOr<std::optional<std::string>> Get(const std::string& key) = 0;
  virtual absl::Status Put(const std::string& key, const std::string& bytes,
                           std::chrono::seconds life = kLife) = 0;
};

// Of this process alone: for tests and tools. Thread-safe.
class MemoryResultCache final : public ResultCache {
 public:
  // `clock` must outlive it.
  explicit MemoryResultCache(const clock::Clock& clock) : clock_(clock) {}

  absl::StatusOr<std::optional<std::string>> Get(const std::string& key) override;
  absl::Status Put(const std::string& key, const std::string& bytes,
                   std::chrono::seconds life = kLife) override;

  // Until told otherwise every call answers this.
  void SetFailure(absl::Status status);

 private:
  struct Kept {
    std::string bytes;
    clock::WallTime until;
  };
  const clock::Clock& clock_;
  std::mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Kept> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::llm
