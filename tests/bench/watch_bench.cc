// A thousand streams of WatchPapers: how late a change arrives and what memory they take while ten
// papers change every second in a real Redis; and how many messages a second of processor time
// gives, against a bare streaming server that sends the same bytes in the same steps.
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fmt/format.h"
#include "libs/redis/client.h"
#include "libs/window/redis_window.h"
#include "services/serve/feed_service.h"
#include "services/serve/refresher.h"
#include "services/serve/rpc_server.h"
#include "services/serve/watch/service.h"
#include "tests/bench/processor_time.h"
#include "tests/bench/row.h"
#include "tests/bench/watch_readers.h"
#include "tests/support/process.h"
#include "tests/support/redis_process.h"
#include "tests/support/wait.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::bench {
namespace {

using serve::EntryPtr;
using serve::ServedEntry;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kStreams = 1000;
constexpr int kPapers = 1000;
constexpr int kPerSecond = 10;
constexpr int kSecondsFed = 20;
constexpr int kStep = 16;
constexpr int kSteps = 25;
constexpr double kLatestMs = 250;
constexpr double kMostMiB = 128;
constexpr double kGoal = 0.8;
constexpr char kOldest[] = "2026-06-01";
const bus::TopicPartition kPartition{.topic = "tagged", .partition = 0};

std::string Prose(int words, int seed) {
  static constexpr const char* kWords[] = {"sparse", "policy",  "noise",
                                           "graphs", "bounded", "latent"};
  std::string text;
  for (int i = 0; i < words; ++i) text.append(kWords[(i * 5 + seed + i * i % 7) % 6]).append(" ");
  return text;
}

// As large as cards are; made now.
v1::Entry Card(int number, uint32_t generation) {
  v1::Entry entry = serve::MakeEntry(fmt::format("2606.{:05}", number), "2026-06-23",
                                     {"theory", "nlp"}, generation);
  entry.mutable_paper()->set_abstract(Prose(200, number));
  v1::Summary& summary = *entry.mutable_summary();
  summary.set_summary(Prose(150, number));
  summary.set_methodology(Prose(50, number));
  summary.set_results(Prose(50, number));
  summary.set_implications(Prose(50, number));
  *entry.mutable_tag_provenance()->mutable_create_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
          std::chrono::duration_cast<std::chrono::nanoseconds>(
              clock::SystemClock().Now().time_since_epoch())
              .count());
  return entry;
}

double ResidentMiB() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  }
  return 0;
}

// Readers in a process of their own.
class Readers {
 public:
  Readers(const std::string& program, int port, bool timed)
      : log_(std::filesystem::temp_directory_path() / fmt::format("watch_bench.{}.log", getpid())) {
    std::filesystem::remove(log_);
    auto started = support::Process::Start(
        {.command = {program, "readers", std::to_string(port), timed ? "timed" : "counted"},
         .log = log_});
    if (started.ok()) process_ = *std::move(started);
    if (Line("READY").empty()) {
      std::fprintf(stderr, "the readers did not come up\n");
      std::exit(1);
    }
  }
  ~Readers() { std::filesystem::remove(log_); }

  // "RESULT …".
  std::string Stop() {
    process_->Signal(SIGTERM);
    return Line("RESULT");
  }

 private:
  std::string Line(const std::string& begin) const {
    std::string found;
    support::WaitUntil(seconds(60), [&] {
      std::ifstream log(log_);
      for (std::string line; std::getline(log, line);) {
        if (line.starts_with(begin) && !log.eof()) found = line;
      }
      return !found.empty();
    });
    return found;
  }

  const std::filesystem::path log_;
  std::unique_ptr<support::Process> process_;
};

// All of serve that answers watchers.
struct Ours {
  clock::SystemClock clock;
  serve::FeedClock feed_clock{clock, /*data=*/true};
  prometheus::Registry registry;
  serve::RequestCounter requests{registry};
  serve::SnapshotHolder snapshots;
  serve::StatusHolder statuses;
  serve::Feed feed{snapshots, statuses, feed_clock};
  serve::FeedMethods methods{feed};
  access::StreamSlots slots{{.total = 2 * kStreams, .per_key = 0}};
  serve::watch::Service watches{{},
                                {.snapshots = snapshots,
                                 .statuses = statuses,
                                 .feed = feed,
                                 .clock = clock,
                                 .slots = slots,
                                 .registry = registry}};
  serve::Gate gate{{}, clock, registry};
  serve::FeedService service{methods, gate, requests, &watches};
  std::unique_ptr<serve::RpcServer> server;

  void Start() {
    auto started = serve::RpcServer::Start({.listen = "127.0.0.1:0"}, service);
    if (!started.ok()) {
      std::fprintf(stderr, "%s\n", started.status().ToString().c_str());
      std::exit(1);
    }
    server = *std::move(started);
  }
};

void MeasureDelivery(const std::string& program) {
  auto redis = tests::RedisProcess::Start();
  if (!redis.ok()) {
    std::printf("no row of delivery: %s\n", redis.status().ToString().c_str());
    return;
  }
  const auto writes = *redis::Client::Create({.url = (*redis)->Url()});
  const auto reads = *redis::Client::Create({.url = (*redis)->Url()});
  const auto window = window::MakeRedisWindow(*writes, {.cluster_id = "bench"});
  const auto followed = window::MakeRedisWindow(*reads, {.cluster_id = "bench"});
  const std::string epoch = window->Begin({{kPartition, 0}}, {})->epoch;
  int64_t stored = -1;
  const auto apply = [&](v1::Entry entry) {
    window::Write write;
    write.offset = stored + 1;
    write.entry = std::move(entry);
    stored = window->Apply(epoch, kPartition, stored, kOldest, {&write, 1})->stored_offset;
  };
  for (int i = 0; i < kPapers; ++i) apply(Card(i, 0));

  Ours ours;
  serve::Refresher refresher(*followed, ours.snapshots, ours.feed_clock, {});
  if (const absl::Status loaded = refresher.Step(); !loaded.ok()) {
    std::fprintf(stderr, "%s\n", loaded.ToString().c_str());
    std::exit(1);
  }
  const std::jthread follower([&](std::stop_token stop) { refresher.Run(stop, ours.clock); });
  ours.Start();
  Readers readers(program, ours.server->port(), /*timed=*/true);
  const double before = ProcessorSeconds();
  for (int i = 0; i < kSecondsFed * kPerSecond; ++i) {
    apply(Card(i % kPapers, 1 + static_cast<uint32_t>(i / kPapers)));
    std::this_thread::sleep_for(milliseconds(1000 / kPerSecond));
  }
  std::this_thread::sleep_for(milliseconds(500));
  const double used = ProcessorSeconds() - before;
  const double resident = ResidentMiB();
  const std::string result = readers.Stop();
  long long messages = 0;
  size_t timed = 0;
  double median = 0;
  double late = 0;
  double latest = 0;
  if (std::sscanf(result.c_str(), "RESULT %lld %zu %lf %lf %lf", &messages, &timed, &median, &late,
                  &latest) != 5) {
    std::fprintf(stderr, "the readers said nothing: %s\n", result.c_str());
    std::exit(1);
  }
  std::printf(
      "%d streams, %d changes/s for %d s: %zu of %d cards arrived; ms p50 %.1f, p99 %.1f, "
      "latest %.1f; %.2f of a core; %.1f MiB\n",
      kStreams, kPerSecond, kSecondsFed, timed, kSecondsFed * kPerSecond * kStreams, median, late,
      latest, used / kSecondsFed, resident);
  Print({"watch: p99 delivery", late, kLatestMs, kLatestMs / late, 1.0, "ms"});
  Print({"watch: 1,000 streams", resident, kMostMiB, kMostMiB / resident, 1.0, "MiB"});
}

struct Speed {
  double per_processor_second = 0;
  double per_second = 0;
};

// `step` makes kStep more messages for each stream; `sent` counts what has left.
template <typename Step, typename Sent>
Speed InSteps(const char* who, Step&& step, Sent&& sent) {
  const support::Stopwatch watch;
  const double before = ProcessorSeconds();
  double due = sent();
  for (int i = 0; i < kSteps; ++i) {
    step(i);
    due += double{kStep} * kStreams;
    if (!support::WaitUntil(
            seconds(60), [&] { return sent() >= due; }, milliseconds(1))) {
      std::fprintf(stderr, "%s: not all was sent\n", who);
      std::exit(1);
    }
  }
  const double messages = double{kSteps} * kStep * kStreams;
  const Speed speed{messages / (ProcessorSeconds() - before), messages / watch.seconds()};
  std::printf("%s: %.0f messages/s of processor, %.0f/s by the clock\n", who,
              speed.per_processor_second, speed.per_second);
  std::fflush(stdout);
  return speed;
}

Speed MeasureOurs(const std::string& program) {
  Ours ours;
  std::vector<EntryPtr> entries;
  uint64_t at = 1;
  for (int i = 0; i < kPapers; ++i, ++at) {
    entries.push_back(ServedEntry::Make(Card(i, 0), {.milliseconds = at}, {.milliseconds = at}));
  }
  ours.snapshots.Swap(
      std::make_shared<const serve::Snapshot>("e1", window::Cursor{.milliseconds = at}, entries,
                                              std::vector<serve::Gone>(), ""),
      ours.feed_clock.Now());
  ours.Start();
  Readers readers(program, ours.server->port(), /*timed=*/false);
  const prometheus::Counter& sent = prometheus::BuildCounter()
                                        .Name("paperwire_serve_watch_messages_total")
                                        .Register(ours.registry)
                                        .Add({{"kind", "entry"}});
  const Speed speed = InSteps(
      "ours",
      [&](int i) {
        std::vector<EntryPtr> changed;
        for (int k = 0; k < kStep; ++k) {
          ++at;
          changed.push_back(ServedEntry::Make(Card((i * kStep + k) % kPapers, 1),
                                              {.milliseconds = 1}, {.milliseconds = at}));
        }
        ours.snapshots.Swap(ours.snapshots.Get()->After({.milliseconds = at}, changed, {}, ""),
                            ours.feed_clock.Now());
      },
      [&] { return sent.Value(); });
  readers.Stop();
  return speed;
}

// Streams that send messages made before, and nothing else.
class BareService final : public serve::RawFeedService {
 public:
  explicit BareService(const std::vector<grpc::ByteBuffer>& messages) : messages_(messages) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchPapers(
      grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* /*request*/) override {
    const std::lock_guard lock(mutex_);
    streams_.push_back(std::make_unique<Stream>(*this));
    return streams_.back().get();
  }

  double sent() const { return static_cast<double>(sent_); }
  // One more message to begin with, and kStep more at each step.
  void Send(int count) {
    due_ += count;
    const std::lock_guard lock(mutex_);
    for (const auto& stream : streams_) stream->Wake();
  }

 private:
  class Stream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
   public:
    explicit Stream(BareService& service) : service_(service) { Wake(); }

    void Wake() {
      {
        const std::lock_guard lock(mutex_);
        if (writing_ || written_ == service_.due_) return;
        writing_ = true;
      }
      Write();
    }
    void OnWriteDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      service_.sent_.fetch_add(1);
      {
        const std::lock_guard lock(mutex_);
        writing_ = written_ < service_.due_;
        if (!writing_) return;
      }
      Write();
    }
    void OnCancel() override {
      const std::lock_guard lock(mutex_);
      if (writing_) return;
      writing_ = true;
      Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override {}

   private:
    void Write() {
      const auto& messages = service_.messages_;
      StartWrite(&messages[static_cast<size_t>(written_++) % messages.size()]);
    }

    BareService& service_;
    std::mutex mutex_;
    bool writing_ = false;
    int written_ = 0;
  };

  const std::vector<grpc::ByteBuffer>& messages_;
  std::atomic<int> due_{1};
  std::atomic<int64_t> sent_{0};
  std::mutex mutex_;
  std::list<std::unique_ptr<Stream>> streams_;
};

Speed MeasureBare(const std::string& program) {
  std::vector<grpc::ByteBuffer> messages;
  for (int i = 0; i < kStep; ++i) {
    serve::Payload payload;
    ServedEntry::Make(Card(i, 1))->AppendTo(payload, v1::ENTRY_VIEW_BASIC);
    v1::WatchPapersResponse rest;
    rest.set_resume_token(
        serve::watch::EncodePosition({.epoch = "e1", .after = {.milliseconds = 1000}}, 1));
    payload.Append(rest.SerializeAsString());
    messages.push_back(serve::ToByteBuffer(payload));
  }
  BareService service(messages);
  auto server = serve::RpcServer::Start({.listen = "127.0.0.1:0"}, service);
  if (!server.ok()) std::exit(1);
  Readers readers(program, (*server)->port(), /*timed=*/false);
  const Speed speed = InSteps(
      "bare", [&](int) { service.Send(kStep); }, [&] { return service.sent(); });
  readers.Stop();
  server->reset();
  return speed;
}

int Measure(const std::string& program) {
  MeasureDelivery(program);
  const Speed ours = MeasureOurs(program);
  const Speed bare = MeasureBare(program);
  Print({"watch: messages", ours.per_processor_second, bare.per_processor_second,
         ours.per_processor_second / bare.per_processor_second, kGoal, "1/s cpu"});
  return 0;
}

}  // namespace
}  // namespace paperwire::bench

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "readers") {
    return paperwire::bench::ReadUntilTold(std::atoi(argv[2]), paperwire::bench::kStreams,
                                           std::string(argv[3]) == "timed");
  }
  return paperwire::bench::Measure(argv[0]);
}
