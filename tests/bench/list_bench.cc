// ListPapers (20 cards, BASIC) of the real service over gRPC, with its gate, limits and metrics,
// against a bare gRPC server that sends the same bytes from memory under the same limits. Each
// server is a process of its own; the same callers ask them in turns: for the same list, as most
// readers do, and for lists that nobody has asked for before.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "services/serve/feed_methods.h"
#include "services/serve/feed_service.h"
#include "services/serve/rpc_server.h"
#include "tests/bench/cards.h"
#include "tests/bench/row.h"
#include "tests/bench/server_process.h"

namespace paperwire {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPapers = 5000;
constexpr int kCalls = 500;
constexpr int kRounds = 60;
constexpr int kAtOnce = 8;
constexpr int kOthers = 5000;
constexpr double kGoal = 0.9;
// Ours may take so many times as long at the 99th percentile.
constexpr double kTailGoal = 1 / 1.5;
constexpr char kMethod[] = "/paperwire.v1.FeedService/ListPapers";

v1::ListPapersRequest Request() {
  v1::ListPapersRequest request;
  request.set_page_size(20);
  request.set_view(v1::ENTRY_VIEW_BASIC);
  return request;
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

// All of serve that answers lists.
struct Ours {
  const clock::SystemClock clock;
  serve::FeedClock feed_clock{clock, /*data=*/true};
  serve::SnapshotHolder snapshots;
  serve::StatusHolder statuses;
  serve::Feed feed{snapshots, statuses, feed_clock};
  serve::FeedMethods methods{feed};
  prometheus::Registry metrics;
  serve::RequestCounter requests{metrics};
  serve::Gate gate{{}, clock, metrics};
  serve::FeedService service{methods, gate, requests};

  Ours() {
    std::vector<serve::EntryPtr> entries;
    for (int i = 1; i <= kPapers; ++i) {
      entries.push_back(serve::ServedEntry::Make(bench::CardOf(i)));
    }
    feed_clock.SawPaper("2026-06-03");
    snapshots.Swap(
        std::make_shared<const serve::Snapshot>("epoch", window::Cursor(), std::move(entries),
                                                std::vector<serve::Gone>(), ""),
        feed_clock.Now());
  }
};

class BareService final
    : public v1::FeedService::WithRawCallbackMethod_ListPapers<v1::FeedService::Service> {
 public:
  explicit BareService(const grpc::ByteBuffer& answer) : answer_(answer) {}
  grpc::ServerUnaryReactor* ListPapers(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* /*request*/,
                                       grpc::ByteBuffer* response) override {
    *response = answer_;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const grpc::ByteBuffer answer_;
};

uint16_t Serve(grpc::Service& service) {
  auto server = serve::RpcServer::Start({.listen = "127.0.0.1:0"}, service);
  // Until the process ends.
  return server.ok() ? server->release()->port() : uint16_t{0};
}

// Asks the requests in turn, several calls under way at once.
class Driver {
 public:
  Driver(const bench::ServerProcess& server, const std::vector<grpc::ByteBuffer>& requests)
      : server_(server),
        stub_(grpc::CreateChannel("127.0.0.1:" + std::to_string(server.port()),
                                  grpc::InsecureChannelCredentials())),
        requests_(requests) {}

  // False: a call failed.
  bool Run() {
    const double before = server_.ProcessorSeconds();
    const auto begun = Clock::now();
    int started = 0;
    for (; started < kAtOnce; ++started) Start();
    bool good = true;
    void* tag = nullptr;
    bool ok = false;
    for (int done = 0; done < kCalls && queue_.Next(&tag, &ok); ++done) {
      const std::unique_ptr<Call> call(static_cast<Call*>(tag));
      bytes_ = call->answer.Length();
      good = good && ok && call->status.ok();
      const std::chrono::duration<double, std::milli> time = Clock::now() - call->begun;
      milliseconds_.push_back(time.count());
      if (started++ < kCalls) Start();
    }
    rates_.push_back(kCalls / (server_.ProcessorSeconds() - before));
    wall_.push_back(kCalls / std::chrono::duration<double>(Clock::now() - begun).count());
    return good;
  }

  // Of the last answer.
  size_t bytes() const { return bytes_; }
  // Calls for a second of the server's processor, and by the clock: the middle of all rounds.
  double Rate() { return At(rates_, 0.5); }
  double RateByClock() { return At(wall_, 0.5); }
  double Milliseconds(double share) { return At(milliseconds_, share); }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer answer;
    grpc::Status status;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
    Clock::time_point begun = Clock::now();
  };
  void Start() {
    auto* call = new Call();
    call->reader = stub_.PrepareUnaryCall(&call->context, kMethod,
                                          requests_[asked_++ % requests_.size()], &queue_);
    call->reader->StartCall();
    call->reader->Finish(&call->answer, &call->status, call);
  }

  static double At(std::vector<double>& values, double share) {
    const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(values.size()) * share);
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<size_t>(at)];
  }

  const bench::ServerProcess& server_;
  grpc::GenericStub stub_;
  const std::vector<grpc::ByteBuffer>& requests_;
  size_t asked_ = 0;
  grpc::CompletionQueue queue_;
  std::vector<double> rates_;
  std::vector<double> wall_;
  std::vector<double> milliseconds_;
  size_t bytes_ = 0;
};

int Run() {
  const bench::ServerProcess ours([] { return Serve((new Ours())->service); });
  const bench::ServerProcess bare([] {
    const auto answer = Ours().feed.ListPapers(Request());
    return answer.ok() ? Serve(*new BareService(BufferOf(answer->Flat()))) : uint16_t{0};
  });
  if (ours.port() == 0 || bare.port() == 0) {
    std::fprintf(stderr, "list: the servers cannot be started\n");
    return 1;
  }
  const std::vector<grpc::ByteBuffer> same = {BufferOf(Request().SerializeAsString())};
  // A last day that is to come changes nothing but what is asked.
  std::vector<grpc::ByteBuffer> others;
  for (int i = 0; i < kOthers; ++i) {
    v1::ListPapersRequest request = Request();
    request.mutable_filter()->set_announced_to(std::to_string(2100 + i) + "-01-01");
    others.push_back(BufferOf(request.SerializeAsString()));
  }
  Driver to_ours(ours, same);
  Driver to_ours_anew(ours, others);
  Driver to_bare(bare, same);
  for (int round = 0; round < kRounds; ++round) {
    if (!to_bare.Run() || !to_ours.Run() || !to_ours_anew.Run() ||
        to_ours.bytes() != to_bare.bytes()) {
      std::fprintf(stderr, "list: a call failed, or was answered otherwise\n");
      return 1;
    }
  }
  std::printf("answers of %zu bytes, %d calls at once, %d a round\n", to_ours.bytes(), kAtOnce,
              kCalls);
  const auto print = [](const char* who, Driver& driver) {
    std::printf("%s: %.1f µs of the server's processor a call, %.0f calls/s by the clock\n", who,
                1e6 / driver.Rate(), driver.RateByClock());
  };
  print("bare", to_bare);
  print("ours", to_ours);
  print("ours, lists not asked for before", to_ours_anew);
  for (const double share : {0.5, 0.9, 0.99}) {
    std::printf("%.0f %% of calls within %.2f ms bare, %.2f ms ours\n", share * 100,
                to_bare.Milliseconds(share), to_ours.Milliseconds(share));
  }
  bench::Print({.name = "list",
                .ours = to_ours.Rate(),
                .limit = to_bare.Rate(),
                .ratio = to_ours.Rate() / to_bare.Rate(),
                .goal = kGoal,
                .unit = "1/s cpu"});
  bench::Print({.name = "list_anew",
                .ours = to_ours_anew.Rate(),
                .limit = to_bare.Rate(),
                .ratio = to_ours_anew.Rate() / to_bare.Rate(),
                .goal = kGoal,
                .unit = "1/s cpu"});
  bench::Print({.name = "list_p99",
                .ours = to_ours.Milliseconds(0.99),
                .limit = to_bare.Milliseconds(0.99),
                .ratio = to_bare.Milliseconds(0.99) / to_ours.Milliseconds(0.99),
                .goal = kTailGoal,
                .unit = "ms"});
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
