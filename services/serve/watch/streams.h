#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "libs/access/stream_slots.h"
#include "libs/clock/clock.h"
#include "services/serve/watch/metrics.h"
#include "services/serve/watch/stream.h"

namespace paperwire::serve::watch {

// The streams that are open, and the one thread that wakes them: when there is news, and now and
// then for heartbeats and for readers that take nothing. Without streams it sleeps. Thread-safe.
class Streams {
 public:
  struct Options {
    std::chrono::milliseconds heartbeat{15000};
    std::chrono::milliseconds stall{30000};
    // How often streams are looked at without news.
    std::chrono::milliseconds tick{500};
  };
  using Ended = std::function<void(const absl::Status&)>;
  // Not OK: the caller may stay no longer. Null: for good.
  using MayStay = std::function<absl::Status()>;

  // Both must outlive it.
  Streams(Options options, const clock::Clock& clock, Metrics& metrics);
  // Waits for the end of every stream: their server is to be shut down before.
  ~Streams();

  // A stream of `source` in the place `slot`, which gRPC then owns; `ended` is called with what it
  // ended with. `may_stay` is asked now and then. Unavailable: draining.
  absl::StatusOr<Stream*> Open(Method method, grpc::CallbackServerContext* context,
                               access::StreamSlots::Slot slot, std::unique_ptr<Source> source,
                               MayStay may_stay, Ended ended);

  // There is news. Short: the waking is left to the thread.
  void Wake();
  // One look at every stream, as the thread takes it.
  void Look();
  // Ends every stream and opens no more. Readers are told to call again with their token; those
  // that take nothing are ended by the server's shutdown.
  void Drain();

 private:
  struct Opened {
    std::shared_ptr<Stream> stream;
    access::StreamSlots::Slot slot;
    MayStay may_stay;
  };

  void Run(std::stop_token stop);
  std::vector<std::shared_ptr<Stream>> All() const;
  // Ends those whose caller may stay no longer; at most every second.
  void EndWhoMayNotStay();
  void Forget(const Stream& stream);

  const Options options_;
  const clock::Clock& clock_;
  Metrics& metrics_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::unordered_map<const Stream*, Opened> open_ ABSL_GUARDED_BY(mutex_);
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  size_t opened_ever_ ABSL_GUARDED_BY(mutex_) = 0;
  clock::SteadyTime asked_at_ ABSL_GUARDED_BY(mutex_){};

  std::jthread thread_;
};

}  // namespace paperwire::serve::watch
