#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "libs/clock/clock.h"
#include "services/ingest/arxiv_state.h"

namespace paperwire::ingest {

// In memory, for one process: what a dry run uses. Thread-safe.
class MemoryArxivState final : public ArxivState {
 public:
  explicit MemoryArxivState(const clock::Clock& clock) : clock_(clock) {}

  absl::StatusOr<bool> TakeLease(const std::string& owner, std::chrono::milliseconds ttl) override;
  absl::Status DropLease(const std::string& owner) override;
  absl::StatusOr<std::chrono::milliseconds> TakeTurn(const std::string& owner,
                                                     std::chrono::milliseconds ttl,
                                                     std::chrono::milliseconds interval) override;
  absl::StatusOr<HostState> Host(const std::string& host) override;
  absl::Status SetHost(const std::string& host, const HostState& state) override;
  absl::StatusOr<Validators> Known(const std::string& url) override;
  absl::Status Keep(const std::map<std::string, Validators>& validators) override;

  // Every call fails with `status` until it is OK again.
  void FailWith(absl::Status status);
  // As a server that was emptied.
  void Lose();

 private:
  template <typename Value>
  struct Kept {
    Value value;
    clock::SteadyTime since;
  };

  // Whether `owner` may have the lease, which it then has.
  bool Take(const std::string& owner, std::chrono::milliseconds ttl)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const clock::Clock& clock_;
  std::mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::string owner_ ABSL_GUARDED_BY(mutex_);
  clock::SteadyTime lease_ends_ ABSL_GUARDED_BY(mutex_);
  std::optional<clock::SteadyTime> next_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Kept<HostState>> hosts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Kept<Validators>> validators_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::ingest
