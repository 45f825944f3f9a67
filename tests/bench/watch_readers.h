#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "grpcpp/impl/codegen/proto_buffer_reader.h"
#include "libs/clock/clock.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::bench {

// What all readers of one process saw.
struct Seen {
  std::atomic<int64_t> begun{0};
  std::atomic<int64_t> messages{0};
  std::mutex mutex;
  // From a card's time to here, in milliseconds.
  std::vector<double> delays;
};

// One stream of WatchPapers. Reads everything; takes messages apart only to time them.
class WatchReader final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  WatchReader(const std::shared_ptr<grpc::Channel>& channel, bool timed, Seen& seen)
      : stub_(channel), timed_(timed), seen_(seen) {
    const std::string bytes = v1::WatchPapersRequest().SerializeAsString();
    const grpc::Slice slice(bytes);
    request_ = grpc::ByteBuffer(&slice, 1);
    stub_.PrepareBidiStreamingCall(&context_, "/paperwire.v1.FeedService/WatchPapers", {}, this);
    StartWriteLast(&request_, {});
    StartRead(&message_);
    StartCall();
  }

  void Cancel() { context_.TryCancel(); }
  bool done() const { return done_; }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (seen_.messages.fetch_add(1), !begun_) {
      begun_ = true;
      seen_.begun.fetch_add(1);
    } else if (timed_) {
      Time();
    }
    message_.Clear();
    StartRead(&message_);
  }
  void OnDone(const grpc::Status& /*status*/) override { done_ = true; }

 private:
  void Time() {
    v1::WatchPapersResponse response;
    grpc::ProtoBufferReader reader(&message_);
    if (!response.ParseFromZeroCopyStream(&reader) || !response.has_entry()) return;
    const double made =
        1e-6 * static_cast<double>(google::protobuf::util::TimeUtil::TimestampToNanoseconds(
                   response.entry().tag_provenance().create_time()));
    const double now =
        std::chrono::duration<double, std::milli>(clock::SystemClock().Now().time_since_epoch())
            .count();
    const std::lock_guard lock(seen_.mutex);
    seen_.delays.push_back(now - made);
  }

  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
  const bool timed_;
  Seen& seen_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;
  bool begun_ = false;
  std::atomic<bool> done_{false};
};

// A process of readers: says READY when each has had a message, and at SIGTERM what they saw.
inline int ReadUntilTold(int port, int streams, bool timed) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  constexpr int kStreamsPerConnection = 100;
  Seen seen;
  std::vector<std::unique_ptr<WatchReader>> readers;
  std::shared_ptr<grpc::Channel> channel;
  for (int i = 0; i < streams; ++i) {
    if (i % kStreamsPerConnection == 0) {
      grpc::ChannelArguments arguments;
      arguments.SetInt("connection", i);
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      channel = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                          grpc::InsecureChannelCredentials(), arguments);
    }
    readers.push_back(std::make_unique<WatchReader>(channel, timed, seen));
  }
  const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
  bool ready = false;
  while (sigtimedwait(&stop, nullptr, &pause) != SIGTERM) {
    if (ready || seen.begun < streams) continue;
    ready = true;
    std::printf("READY\n");
    std::fflush(stdout);
  }
  for (const auto& reader : readers) reader->Cancel();
  for (const auto& reader : readers) {
    while (!reader->done()) sigtimedwait(&stop, nullptr, &pause);
  }
  std::sort(seen.delays.begin(), seen.delays.end());
  const auto part = [&](double share) {
    if (seen.delays.empty()) return 0.0;
    return seen.delays[static_cast<size_t>(share * static_cast<double>(seen.delays.size() - 1))];
  };
  std::printf("RESULT %lld %zu %.1f %.1f %.1f\n", static_cast<long long>(seen.messages.load()),
              seen.delays.size(), part(0.5), part(0.99), part(1.0));
  std::fflush(stdout);
  return 0;
}

}  // namespace paperwire::bench
