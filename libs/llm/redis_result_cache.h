#pragma once

#include <string>

#include "libs/llm/redis_store.h"
#include "libs/llm/result_cache.h"

namespace paperwire::llm {

// In Redis, under "result:<key>". Thread-safe.
class RedisResultCache final : public ResultCache {
 public:
  // `store` must outlive it.
  explicit RedisResultCache(RedisStore& store) : store_(store) {}

  absl::StatusOr<std::optional<std::string>> Get(const std::string& key) override;
  absl::Status Put(const std::string& key, const std::string& bytes,
                   std::chrono::seconds life = kLife) override;

 private:
  RedisStore& store_;
};

}  // namespace paperwire::llm
