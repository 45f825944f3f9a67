#include "libs/llm/redis_result_cache.h"

namespace paperwire::llm {

absl::StatusOr<std::optional<std::string>> RedisResultCache::Get(const std::string& key) {
  auto reply = store_.Call({"GET", store_.Key("result:" + key)});
  if (!reply.ok()) return reply.status();
  if (reply->kind != redis::Reply::Kind::kString) return std::optional<std::string>();
  return std::optional(std::move(reply->text));
}

absl::Status RedisResultCache::Put(const std::string& key, const std::string& bytes,
                                   std::chrono::seconds life) {
  return store_
      .Call({"SET", store_.Key("result:" + key), bytes, "EX", std::to_string(life.count())})
      .status();
}

}  // namespace paperwire::llm
