#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

#include "absl/status/status.h"
#include "tools/paperwire/call_status.h"

namespace paperwire::cli {

// Reads one server stream to its end, in the calling thread.
template <typename Response>
class FeedStream {
 public:
  // Begins the call: stub.AsyncWatch…(context, request, queue, tag).
  using Open = std::function<std::unique_ptr<grpc::ClientAsyncReader<Response>>(
      grpc::ClientContext* context, grpc::CompletionQueue* queue, void* tag)>;
  // Given the context before the call begins; an error is how the stream ended.
  using Prepare = std::function<absl::Status(grpc::ClientContext& context)>;
  // Is given each message; an error ends the stream.
  using Take = std::function<absl::Status(const Response&)>;
  // Called about once a second while nothing comes.
  using Idle = std::function<void()>;

  // Returns how the stream ended: as the server said (OK too), as `take` did, Cancelled when `stop`
  // was requested, DeadlineExceeded when nothing came for `silence`.
  static absl::Status Read(const Open& open, const Prepare& prepare, const Take& take,
                           const Idle& idle, std::chrono::milliseconds silence,
                           std::stop_token stop) {
    grpc::ClientContext context;
    absl::Status end = prepare(context);
    if (!end.ok()) return end;
    grpc::CompletionQueue queue;
    const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
    Response response;
    const auto reader = open(&context, &queue, &context);
    bool going = Wait(queue, context, idle, silence, end);
    while (going) {
      reader->Read(&response, &context);
      going = Wait(queue, context, idle, silence, end);
      if (!going) break;
      end = take(response);
      if (!end.ok()) {
        context.TryCancel();
        break;
      }
    }
    grpc::Status status;
    reader->Finish(&status, &context);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) continue;
    if (!end.ok()) return end;
    if (stop.stop_requested()) return absl::CancelledError("stopped");
    return CallStatus(status);
  }

 private:
  // Waits for what was begun. False: it failed, or was cancelled, for the reason in `end`.
  static bool Wait(grpc::CompletionQueue& queue, grpc::ClientContext& context, const Idle& idle,
                   std::chrono::milliseconds silence, absl::Status& end) {
    void* tag = nullptr;
    bool ok = false;
    std::chrono::milliseconds waited{0};
    while (true) {
      const auto slice = std::clamp(silence - waited, std::chrono::milliseconds(1),
                                    std::chrono::milliseconds(1000));
      // A span of time: gRPC counts it from its own now.
      const gpr_timespec until = gpr_time_from_millis(slice.count(), GPR_TIMESPAN);
      if (queue.AsyncNext(&tag, &ok, until) != grpc::CompletionQueue::TIMEOUT) break;
      waited += slice;
      idle();
      if (waited >= silence) {
        end = absl::DeadlineExceededError("the server fell silent");
        context.TryCancel();
        queue.Next(&tag, &ok);
        return false;
      }
    }
    return ok;
  }
};

}  // namespace paperwire::cli
