#include "libs/llm/redis_leases.h"

namespace paperwire::llm {
namespace {

// KEYS: the lease. ARGV: "take" | "renew" | "drop", owner, life.
constexpr char kScript[] = R"lua(
local what, owner = ARGV[1], ARGV[2]
local current = redis.call('GET', KEYS[1])
if current ~= owner and (current or what ~= 'take') then return 0 end
if what == 'drop' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], owner, 'PX', ARGV[3])
end
return 1
)lua";

}  // namespace

RedisLeases::RedisLeases(RedisStore& store) : store_(store), script_(kScript) {}

absl::StatusOr<bool> RedisLeases::Run(const std::string& what, const std::string& key,
                                      const std::string& owner, std::chrono::milliseconds life) {
  const auto reply =
      store_.Run(script_, {.keys = {store_.Key("lease:" + key)},
                           .arguments = {what, owner, std::to_string(life.count())}});
  if (!reply.ok()) return reply.status();
  return reply->integer == 1;
}

absl::StatusOr<bool> RedisLeases::TryTake(const std::string& key, const std::string& owner,
                                          std::chrono::milliseconds life) {
  return Run("take", key, owner, life);
}

absl::StatusOr<bool> RedisLeases::Renew(const std::string& key, const std::string& owner,
                                        std::chrono::milliseconds life) {
  return Run("renew", key, owner, life);
}

absl::Status RedisLeases::Drop(const std::string& key, const std::string& owner) {
  return Run("drop", key, owner, {}).status();
}

}  // namespace paperwire::llm
