#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"
#include "libs/clock/clock.h"
#include "libs/llm/limit_rule.h"
#include "libs/llm/limiter.h"

namespace paperwire::llm {

// Of this process alone: for tests and tools. Thread-safe.
class MemoryLimiter final : public Limiter {
 public:
  // `clock` must outlive it.
  explicit MemoryLimiter(const clock::Clock& clock, LimiterOptions options = {});

  absl::StatusOr<Admission> Admit(const std::string& endpoint, const std::string& call) override;
  absl::Status Renew(const std::string& endpoint, std::span<const std::string> calls) override;
  absl::Status Release(const std::string& endpoint, const std::string& call,
                       const Feedback& feedback) override;

  // Until told otherwise every call answers this.
  void SetFailure(absl::Status status);
  // As an emptied store.
  void Lose();

 private:
  struct Waiter {
    std::string call;
    int64_t gone_at = 0;
  };
  struct State {
    LimitRule rule;
    int64_t blocked_until = 0;
    // When each call under way is taken to be over.
    std::map<std::string, int64_t> members;
    std::deque<Waiter> queue;
  };

  int64_t Now() const;

  const clock::Clock& clock_;
  const LimiterOptions options_;
  std::mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, State> endpoints_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::llm
