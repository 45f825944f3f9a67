#pragma once

#include <string>

#include "libs/llm/leases.h"
#include "libs/llm/redis_store.h"

namespace paperwire::llm {

// In Redis: "lease:<key>" holds the owner. Thread-safe.
class RedisLeases final : public Leases {
 public:
  // `store` must outlive it.
  explicit RedisLeases(RedisStore& store);

  absl::StatusOr<bool> TryTake(const std::string& key, const std::string& owner,
                               std::chrono::milliseconds life) override;
  absl::StatusOr<bool> Renew(const std::string& key, const std::string& owner,
                             std::chrono::milliseconds life) override;
  absl::Status Drop(const std::string& key, const std::string& owner) override;

 private:
  absl::StatusOr<bool> Run(const std::string& what, const std::string& key,
                           const std::string& owner, std::chrono::milliseconds life);

  RedisStore& store_;
  const redis::Script script_;
};

}  // namespace paperwire::llm
