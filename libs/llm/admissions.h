#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/llm/limiter.h"

namespace paperwire::llm {

// This process's calls at the limiter of one endpoint: waits for places, and renews those that are
// taken with one thread. A place that is given back here wakes a waiter here at once; those of
// other workers are found by asking now and then. Thread-safe.
class Admissions {
 public:
  struct Options {
    std::chrono::milliseconds renewal{5'000};
    // An endpoint that wants to be left alone for longer is not waited for.
    std::chrono::milliseconds patience{10'000};
    uint32_t seed = 1;
  };
  // `limiter` and `clock` must outlive it.
  Admissions(Limiter& limiter, std::string endpoint, const clock::Clock& clock,
             const Options& options);
  // Nobody may be waiting, and all places must have been given back.
  ~Admissions();

  // Nothing: given up, since `stop` was requested or `wanted` is no longer true. Otherwise admitted
  // or blocked; only who was admitted must leave. Errors as the limiter's.
  absl::StatusOr<std::optional<Admission>> Enter(const std::string& call,
                                                 const std::function<bool()>& wanted,
                                                 const std::stop_token& stop);
  void Leave(const std::string& call, const Feedback& feedback);

 private:
  struct Waiter {
    std::condition_variable_any woken;
    bool asks = false;
  };

  absl::StatusOr<Admission> Ask(const std::string& call);
  // Until it is worth asking again.
  void Wait(std::list<Waiter>::iterator waiter, std::chrono::milliseconds how_long,
            const std::stop_token& stop);
  void WakeOneLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // A bit more or less, so that waiters do not ask all at one moment.
  std::chrono::milliseconds Jittered(std::chrono::milliseconds duration);
  void Renew(const std::stop_token& stop);

  Limiter& limiter_;
  const std::string endpoint_;
  const clock::Clock& clock_;
  const Options options_;
  std::mutex mutex_;
  std::minstd_rand random_ ABSL_GUARDED_BY(mutex_);
  // First come, first woken.
  std::list<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  std::mutex members_mutex_;
  std::condition_variable_any ended_;
  std::set<std::string> members_ ABSL_GUARDED_BY(members_mutex_);
  // Last: it uses the above.
  std::jthread thread_;
};

}  // namespace paperwire::llm
