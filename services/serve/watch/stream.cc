#include "services/serve/watch/stream.h"

#include <string>
#include <utility>

#include "grpc/grpc.h"
#include "services/serve/error_details.h"
#include "services/serve/rpc_call.h"

namespace paperwire::serve::watch {
namespace {

constexpr char kTooSlow[] =
    "a message was not taken in time; call again with the last token, and read faster";

}  // namespace

Stream::Stream(grpc::CallbackServerContext* context, std::unique_ptr<Source> source,
               Options options, const clock::Clock& clock, Metrics& metrics)
    : context_(context),
      options_(std::move(options)),
      clock_(clock),
      metrics_(metrics),
      source_(std::move(source)),
      next_beat_(clock.SteadyNow() + options_.first_heartbeat) {
  metrics_.Opened(options_.method);
}

void Stream::Look() {
  std::unique_lock lock(mutex_);
  if (state_ == State::kWriting && !cut_ && clock_.SteadyNow() - writing_since_ >= options_.stall) {
    // Nothing but a cancellation gets past what the reader does not take; it takes the status
    // along.
    cut_ = true;
    SetEnd(absl::ResourceExhaustedError(kTooSlow), Ending::kSlow);
    grpc_call_cancel_with_status(context_->c_call(), GRPC_STATUS_RESOURCE_EXHAUSTED, kTooSlow,
                                 nullptr);
  }
  GoOn(std::move(lock));
}

void Stream::End(const absl::Status& status, Ending ending) {
  std::unique_lock lock(mutex_);
  SetEnd(status, ending);
  GoOn(std::move(lock));
}

std::chrono::milliseconds Stream::Behind() const {
  const std::lock_guard lock(mutex_);
  return source_->Behind();
}

void Stream::SetEnd(const absl::Status& status, Ending ending) {
  if (end_.has_value()) return;
  end_ = status;
  ending_ = ending;
}

void Stream::GoOn(std::unique_lock<std::mutex> lock) {
  if (state_ != State::kIdle) return;
  Source::Step step;
  if (!end_.has_value()) {
    const clock::SteadyTime now = clock_.SteadyNow();
    const bool beat = now >= next_beat_;
    step = source_->Next(beat);
    if (!step.end.ok()) SetEnd(step.end, Ending::kLostEpoch);
    if (beat) next_beat_ = now + options_.heartbeat;
    if (step.end.ok() && step.message == nullptr) return;
    writing_since_ = now;
  }
  if (end_.has_value()) {
    state_ = State::kFinished;
    const grpc::Status status = ToGrpc(*end_);
    // Finish may lead to OnDone, and that to the end of this object, before it returns.
    lock.unlock();
    Finish(status);
    return;
  }
  state_ = State::kWriting;
  lock.unlock();
  StartWrite(step.message);
}

void Stream::OnWriteDone(bool ok) {
  std::unique_lock lock(mutex_);
  state_ = State::kIdle;
  if (ok) {
    source_->Sent();
  } else {
    SetEnd(absl::CancelledError("the client is gone"), Ending::kClient);
  }
  GoOn(std::move(lock));
}

void Stream::OnCancel() { End(absl::CancelledError("the client is gone"), Ending::kClient); }

void Stream::OnDone() {
  // `done` may let go of the last reference.
  const std::shared_ptr<Stream> self = shared_from_this();
  absl::Status status;
  {
    const std::lock_guard lock(mutex_);
    status = end_.value_or(absl::OkStatus());
    metrics_.Closed(options_.method, ending_);
  }
  options_.done(*this, status);
}

}  // namespace paperwire::serve::watch
