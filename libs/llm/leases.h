#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/clock/clock.h"

namespace paperwire::llm {

// Who is at work on what, so that two owners in a rebalance do not both pay. A lost lease costs
// money, nothing else. Thread-safe. Errors: Unavailable: the store is away.
class Leases {
 public:
  virtual ~Leases() = default;

  // False: another owner has it. Who has it already takes it anew.
  virtual absl::StatusOr<bool> TryTake(const std::string& key, const std::string& owner,
                                       std::chrono::milliseconds life) = 0;
  // False: it is the owner's no more.
  virtual absl::StatusOr<bool> Renew(const std::string& key, const std::string& owner,
                                     std::chrono::milliseconds life) = 0;
  // Leaves another's alone.
  virtual absl::Status Drop(const std::string& key, const std::string& owner) = 0;
};

// Of this process alone: for tests and tools. Thread-safe.
class MemoryLeases final : public Leases {
 public:
  // `clock` must outlive it.
  explicit MemoryLeases(const clock::Clock& clock) : clock_(clock) {}

  absl::StatusOr<bool> TryTake(const std::string& key, const std::string& owner,
                               std::chrono::milliseconds life) override;
  absl::StatusOr<bool> Renew(const std::string& key, const std::string& owner,
                             std::chrono::milliseconds life) override;
  absl::Status Drop(const std::string& key, const std::string& owner) override;

  // Until told otherwise every call answers this.
  void SetFailure(absl::Status status);

 private:
  struct Taken {
    std::string owner;
    clock::WallTime until;
  };
  const clock::Clock& clock_;
  std::mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Taken> taken_ ABSL_GUARDED_BY(mutex_);
};

// Takes leases and renews them, with one thread, for as long as they are held. Thread-safe.
class LeaseKeeper {
 public:
  struct Options {
    std::chrono::milliseconds life{15'000};
    std::chrono::milliseconds renewal{5'000};
  };
  // `leases` must outlive it.
  explicit LeaseKeeper(Leases& leases) : LeaseKeeper(leases, Options()) {}
  LeaseKeeper(Leases& leases, Options options);
  // All that it gave must be gone.
  ~LeaseKeeper();

  // Held until this is destroyed.
  class Held {
   public:
    Held(Held&& other) noexcept;
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    Held& operator=(Held&&) = delete;
    ~Held();

   private:
    friend class LeaseKeeper;
    Held(LeaseKeeper& keeper, std::string key, std::string owner);
    LeaseKeeper* keeper_;
    std::string key_;
    std::string owner_;
  };
  // Nothing: another holds it, perhaps in this process.
  absl::StatusOr<std::optional<Held>> Take(const std::string& key);

 private:
  void Drop(const std::string& key, const std::string& owner);
  void Renew(const std::stop_token& stop);

  Leases& leases_;
  const Options options_;
  // Of this object, among all workers.
  const std::string name_;
  std::mutex mutex_;
  std::condition_variable_any ended_;
  // Owners by key.
  std::map<std::string, std::string> held_ ABSL_GUARDED_BY(mutex_);
  uint64_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  // Last: it uses the above.
  std::jthread thread_;
};

}  // namespace paperwire::llm
