#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/redis/client.h"

namespace paperwire::llm {

// The place in Redis that all workers share; every key begins with the same hash tag, so that one
// node of a cluster has them all. Thread-safe.
//
// After a call that found it away, calls fail at once for a second, those too that were waiting for
// their turn: a Redis that stands still delays one call by a time-out, not each of them.
class RedisStore {
 public:
  struct Options {
    std::string prefix = "pw:{llm}:";
    std::chrono::milliseconds silence{1'000};
  };
  // Both must outlive it. `client` should be nobody else's and have a short command time-out.
  RedisStore(redis::Client& client, const clock::Clock& clock)
      : RedisStore(client, clock, Options()) {}
  RedisStore(redis::Client& client, const clock::Clock& clock, Options options);

  std::string Key(const std::string& name) const { return options_.prefix + name; }

  // Errors as the client's.
  absl::StatusOr<redis::Reply> Call(const redis::Command& command);
  absl::StatusOr<redis::Reply> Run(const redis::Script& script, const redis::Script::Call& call);

 private:
  template <typename Ask>
  absl::StatusOr<redis::Reply> Guard(const Ask& ask);

  redis::Client& client_;
  const clock::Clock& clock_;
  const Options options_;
  std::mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  clock::SteadyTime silent_until_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::llm
