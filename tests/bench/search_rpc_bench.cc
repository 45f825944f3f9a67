// SearchPapers over gRPC: the questions of search_bench asked of a real server over loopback by
// some callers at once, each asking anew as soon as it is answered. Callers and server share the
// machine.
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "libs/clock/clock.h"
#include "services/serve/feed_service.h"
#include "services/serve/gate.h"
#include "services/serve/rpc_server.h"
#include "tests/bench/processor_time.h"
#include "tests/bench/questions.h"
#include "tests/bench/row.h"
#include "tests/support/environment.h"

namespace paperwire::serve {
namespace {

constexpr size_t kPapers = 5000;
constexpr size_t kCallers = 8;
constexpr size_t kChannels = 4;
constexpr double kPerSecond = 2500;
constexpr double kSlowestMs = 10;

// Asks until `total` calls are answered.
class Callers {
 public:
  Callers(const std::string& address, size_t total) : total_(total) {
    for (size_t i = 0; i < kChannels; ++i) {
      grpc::ChannelArguments apart;
      apart.SetInt("number", static_cast<int>(i));
      stubs_.push_back(std::make_unique<grpc::GenericStub>(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), apart)));
    }
    for (const char* question : bench::kQuestions) {
      v1::SearchPapersRequest request;
      request.set_query(question);
      const grpc::Slice slice(request.SerializeAsString());
      requests_.emplace_back(&slice, 1);
    }
  }

  // Seconds that all calls took together.
  double Run() {
    const auto begin = clock_.SteadyNow();
    for (size_t i = 0; i < kCallers; ++i) Ask(i);
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [this] { return took_.size() == total_; });
    return std::chrono::duration<double>(clock_.SteadyNow() - begin).count();
  }

  size_t failed() const { return failed_; }
  size_t bytes() const { return bytes_; }
  // In milliseconds; `share` of the calls took no longer.
  double Percentile(double share) {
    std::sort(took_.begin(), took_.end());
    return took_[static_cast<size_t>(share * static_cast<double>(took_.size() - 1))];
  }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    clock::SteadyTime begin;
  };

  void Ask(size_t caller) {
    size_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      if (begun_ == total_) return;
      number = begun_++;
    }
    auto* call = new Call();
    call->begin = clock_.SteadyNow();
    stubs_[caller % kChannels]->UnaryCall(
        &call->context, "/paperwire.v1.FeedService/SearchPapers", {},
        &requests_[number % requests_.size()], &call->response,
        [this, call, caller](const grpc::Status& status) {
          const std::chrono::duration<double, std::milli> took = clock_.SteadyNow() - call->begin;
          const size_t size = call->response.Length();
          delete call;
          Ask(caller);
          const std::lock_guard lock(mutex_);
          took_.push_back(took.count());
          bytes_ += size;
          if (!status.ok()) ++failed_;
          if (took_.size() == total_) all_done_.notify_all();
        });
  }

  const size_t total_;
  clock::SystemClock clock_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::vector<grpc::ByteBuffer> requests_;
  std::mutex mutex_;
  std::condition_variable all_done_;
  size_t begun_ = 0;
  std::vector<double> took_;
  size_t failed_ = 0;
  size_t bytes_ = 0;
};

int Run() {
  const int rounds = support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3);
  std::vector<EntryPtr> entries;
  std::string newest;
  for (const v1::Entry& card : bench::Cards(kPapers)) {
    newest = std::max(newest, card.paper().announced());
    entries.push_back(ServedEntry::Make(card));
  }
  clock::SystemClock clock;
  FeedClock feed_clock(clock, /*data=*/true);
  feed_clock.SawPaper(newest);
  SnapshotHolder snapshots;
  snapshots.Swap(std::make_shared<const Snapshot>("e1", window::Cursor{}, std::move(entries),
                                                  std::vector<Gone>{}, ""),
                 feed_clock.Now());
  StatusHolder statuses;
  const Feed feed(snapshots, statuses, feed_clock);
  const FeedMethods methods(feed);
  prometheus::Registry metrics;
  RequestCounter requests(metrics);
  Gate gate({}, clock, metrics);
  FeedService service(methods, gate, requests);
  auto server = RpcServer::Start({.listen = "127.0.0.1:0"}, service);
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.status().ToString().c_str());
    return 1;
  }
  const std::string address = "127.0.0.1:" + std::to_string((*server)->port());
  constexpr size_t kCalls = 20000;
  Callers(address, kCalls / 10).Run();
  double rate = 0;
  double slow = 0;
  for (int round = 0; round < rounds; ++round) {
    Callers callers(address, kCalls);
    const double processor = bench::ProcessorSeconds();
    const double seconds = callers.Run();
    std::printf(
        "%.0f answers a second of %.1f kB, p50 %.2f ms, p99 %.2f ms, %zu failed; %.0f µs of "
        "processor an answer, asking included\n",
        kCalls / seconds, static_cast<double>(callers.bytes()) / kCalls / 1000,
        callers.Percentile(0.5), callers.Percentile(0.99), callers.failed(),
        1e6 * (bench::ProcessorSeconds() - processor) / kCalls);
    if (callers.failed() > 0) return 1;
    if (kCalls / seconds < rate) continue;
    rate = kCalls / seconds;
    slow = callers.Percentile(0.99);
  }
  bench::Print({.name = "search_rpc",
                .ours = rate,
                .limit = kPerSecond,
                .ratio = rate / kPerSecond,
                .goal = 1.0,
                .unit = "answers/s"});
  bench::Print({.name = "search_rpc_p99",
                .ours = slow,
                .limit = kSlowestMs,
                .ratio = kSlowestMs / slow,
                .goal = 1.0,
                .unit = "ms"});
  return 0;
}

}  // namespace
}  // namespace paperwire::serve

int main() { return paperwire::serve::Run(); }
