#include "libs/llm/redis_store.h"

#include <utility>

namespace paperwire::llm {

RedisStore::RedisStore(redis::Client& client, const clock::Clock& clock, Options options)
    : client_(client), clock_(clock), options_(std::move(options)) {}

template <typename Ask>
absl::StatusOr<redis::Reply> RedisStore::Guard(const Ask& ask) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok() && clock_.SteadyNow() < silent_until_) return failure_;
  auto reply = ask();
  failure_ = absl::IsUnavailable(reply.status()) ? reply.status() : absl::OkStatus();
  if (!failure_.ok()) silent_until_ = clock_.SteadyNow() + options_.silence;
  return reply;
}

absl::StatusOr<redis::Reply> RedisStore::Call(const redis::Command& command) {
  return Guard([&] { return client_.Call(command); });
}

absl::StatusOr<redis::Reply> RedisStore::Run(const redis::Script& script,
                                             const redis::Script::Call& call) {
  return Guard([&] { return script.Run(client_, call); });
}

}  // namespace paperwire::llm
