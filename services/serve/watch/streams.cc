#include "services/serve/watch/streams.h"

#include <algorithm>
#include <utility>

#include "services/serve/error_details.h"

namespace paperwire::serve::watch {
namespace {

constexpr absl::Duration kAfterDrain = absl::Seconds(1);
// Streams that were opened together do not all beat together.
constexpr size_t kBeats = 16;

absl::Status Draining() {
  return RetryAfter(absl::UnavailableError("this server is stopping; call again with the token"),
                    kAfterDrain);
}

}  // namespace

Streams::Streams(Options options, const clock::Clock& clock, Metrics& metrics)
    : options_(options),
      clock_(clock),
      metrics_(metrics),
      thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}

Streams::~Streams() {
  Drain();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return open_.empty(); });
}

absl::StatusOr<Stream*> Streams::Open(Method method, grpc::CallbackServerContext* context,
                                      access::StreamSlots::Slot slot,
                                      std::unique_ptr<Source> source, MayStay may_stay,
                                      Ended ended) {
  std::shared_ptr<Stream> stream;
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return Draining();
    const auto share = static_cast<int64_t>(opened_ever_++ % kBeats + 1);
    stream = std::make_shared<Stream>(
        context, std::move(source),
        Stream::Options{
            .method = method,
            .heartbeat = options_.heartbeat,
            .first_heartbeat = options_.heartbeat * share / int64_t{kBeats},
            .stall = options_.stall,
            .done =
                [this, ended = std::move(ended)](Stream& done, const absl::Status& status) {
                  ended(status);
                  Forget(done);
                }},
        clock_, metrics_);
    open_.emplace(stream.get(), Opened{stream, std::move(slot), std::move(may_stay)});
    if (open_.size() == 1) changed_.notify_all();
  }
  stream->Look();
  return stream.get();
}

void Streams::Forget(const Stream& stream) {
  // Let go of outside of the lock: its source may be the last to hold a snapshot.
  Opened forgotten;
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(&stream);
  forgotten = std::move(found->second);
  open_.erase(found);
  if (open_.empty()) changed_.notify_all();
}

void Streams::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void Streams::EndWhoMayNotStay() {
  constexpr std::chrono::seconds kEvery{1};
  std::vector<std::pair<std::shared_ptr<Stream>, MayStay>> asked;
  {
    const std::lock_guard lock(mutex_);
    const clock::SteadyTime now = clock_.SteadyNow();
    if (now - asked_at_ < kEvery) return;
    asked_at_ = now;
    for (const auto& [key, opened] : open_) {
      if (opened.may_stay != nullptr) asked.emplace_back(opened.stream, opened.may_stay);
    }
  }
  for (const auto& [stream, may_stay] : asked) {
    if (const absl::Status stays = may_stay(); !stays.ok()) stream->End(stays, Ending::kTakenBack);
  }
}

void Streams::Look() {
  EndWhoMayNotStay();
  std::chrono::milliseconds behind{0};
  for (const std::shared_ptr<Stream>& stream : All()) {
    behind = std::max(behind, stream->Behind());
    stream->Look();
  }
  metrics_.Behind(std::chrono::duration<double>(behind).count());
}

void Streams::Drain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  for (const std::shared_ptr<Stream>& stream : All()) stream->End(Draining(), Ending::kDrained);
}

std::vector<std::shared_ptr<Stream>> Streams::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Stream>> all;
  all.reserve(open_.size());
  for (const auto& [key, opened] : open_) all.push_back(opened.stream);
  return all;
}

void Streams::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [this] { return !open_.empty(); });
      changed_.wait_for(lock, stop, options_.tick, [this] { return woken_; });
      woken_ = false;
    }
    Look();
  }
}

}  // namespace paperwire::serve::watch
