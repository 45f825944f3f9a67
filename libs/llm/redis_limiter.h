#pragma once

#include <string>
#include <vector>

#include "libs/llm/limiter.h"
#include "libs/llm/redis_store.h"

namespace paperwire::llm {

// Shared by all workers through Redis, on its clock; one script for each question. Keys, after
// "limit:<endpoint>:": "members" and "turns" (sorted sets: calls under way and waiting, by when
// they are taken to be gone), "queue" (waiting calls in their order), "state" (a hash: limit, slow
// start, usual and recent latency, when it was cut, blocked until, the last ticket). Thread-safe.
class RedisLimiter final : public Limiter {
 public:
  // `store` must outlive it. All workers should have the same options.
  explicit RedisLimiter(RedisStore& store, LimiterOptions options = {});

  absl::StatusOr<Admission> Admit(const std::string& endpoint, const std::string& call) override;
  absl::Status Renew(const std::string& endpoint, std::span<const std::string> calls) override;
  absl::Status Release(const std::string& endpoint, const std::string& call,
                       const Feedback& feedback) override;

 private:
  std::vector<std::string> Keys(const std::string& endpoint) const;

  RedisStore& store_;
  const LimiterOptions options_;
  const redis::Script admit_;
  const redis::Script renew_;
  const redis::Script release_;
};

}  // namespace paperwire::llm
