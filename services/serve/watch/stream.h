#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "libs/clock/clock.h"
#include "services/serve/watch/metrics.h"

namespace paperwire::serve::watch {

// What one stream has to say. Called by one thread at a time.
class Source {
 public:
  struct Step {
    // Stays as it is until the next step is asked for; null: nothing now.
    const grpc::ByteBuffer* message = nullptr;
    // Not OK: there is nothing more to say, ever.
    absl::Status end{};
  };

  virtual ~Source() = default;

  // What comes next. `beat`: a heartbeat is due, and is among what this is to give.
  virtual Step Next(bool beat) = 0;
  // The last message left.
  virtual void Sent() = 0;
  // How long ago it should have said what it has still to say.
  virtual std::chrono::milliseconds Behind() const { return std::chrono::milliseconds(0); }
};

// One open stream: a reactor that writes what its source gives, one message at a time, so that a
// slow reader holds up nobody and costs no memory. Thread-safe.
class Stream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                     public std::enable_shared_from_this<Stream> {
 public:
  struct Options {
    Method method = Method::kPapers;
    std::chrono::milliseconds heartbeat{15000};
    // Of the first heartbeat.
    std::chrono::milliseconds first_heartbeat{15000};
    // A message that takes longer ends the stream.
    std::chrono::milliseconds stall{30000};
    // Called once, when gRPC is through with the stream.
    std::function<void(Stream&, const absl::Status&)> done;
  };

  // `clock` and `metrics` must outlive it. Says nothing before the first Look.
  Stream(grpc::CallbackServerContext* context, std::unique_ptr<Source> source, Options options,
         const clock::Clock& clock, Metrics& metrics);

  // Writes what there is to say, unless a message is on its way: then more follows by itself. Ends
  // the stream if that message has been on its way for too long.
  void Look();
  // Ends with `status` as soon as the message that is on its way is out.
  void End(const absl::Status& status, Ending ending);
  // As of its source.
  std::chrono::milliseconds Behind() const;

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  enum class State { kIdle, kWriting, kFinished };

  void SetEnd(const absl::Status& status, Ending ending) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Gives up `lock`, which is of `mutex_`.
  void GoOn(std::unique_lock<std::mutex> lock);

  // Constant after construction.
  grpc::CallbackServerContext* const context_;
  const Options options_;
  const clock::Clock& clock_;
  Metrics& metrics_;

  mutable std::mutex mutex_;
  const std::unique_ptr<Source> source_ ABSL_PT_GUARDED_BY(mutex_);
  State state_ ABSL_GUARDED_BY(mutex_) = State::kIdle;
  clock::SteadyTime writing_since_ ABSL_GUARDED_BY(mutex_);
  clock::SteadyTime next_beat_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  Ending ending_ ABSL_GUARDED_BY(mutex_) = Ending::kClient;
  bool cut_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace paperwire::serve::watch
