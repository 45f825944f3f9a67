// How long it takes until a window of 50,000 papers is served again: from Redis into a snapshot, as
// when serve starts; and from Kafka, by the follower that finds Redis emptied under it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "libs/bus/kafka_follower.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/redis/client.h"
#include "libs/window/redis_window.h"
#include "services/serve/applier.h"
#include "services/serve/refresher.h"
#include "tests/bench/cards.h"
#include "tests/bench/row.h"
#include "tests/support/environment.h"
#include "tests/support/kafka_process.h"
#include "tests/support/redis_process.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;

constexpr int kFirst = 10'000;
constexpr int kPartitions = 12;
constexpr double kMostFromRedis = 10;
constexpr double kMostFromKafka = 30;
constexpr milliseconds kLook{20};

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

absl::Status Publish(bus::Publisher& publisher, int papers) {
  const clock::SystemClock clock;
  constexpr int kAtOnce = 1000;
  for (int done = 0; done < papers; done += kAtOnce) {
    std::vector<bus::Message> messages;
    for (int i = done; i < std::min(papers, done + kAtOnce); ++i) {
      v1::Entry entry = bench::CardOf(kFirst + i);
      v1::TaggedPaper event;
      *event.mutable_paper() = std::move(*entry.mutable_paper());
      *event.mutable_summary() = std::move(*entry.mutable_summary());
      *event.mutable_tags() = std::move(*entry.mutable_tags());
      *event.mutable_revision() = events::ToProto({.paper_version = 1, .rank = 1});
      messages.push_back(events::Encode(events::kTagged, event,
                                        {.service = "classify", .configuration = "bench"}, clock));
    }
    for (const absl::Status& status : bus::PublishAllAndWait(publisher, std::move(messages))) {
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// Waits until the window is whole.
absl::Status AwaitComplete(window::Window& window) {
  while (true) {
    const auto state = window.GetState();
    if (!state.ok() && !absl::IsUnavailable(state.status())) return state.status();
    if (state.ok() && state->complete) return absl::OkStatus();
    std::this_thread::sleep_for(kLook);
  }
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "rebuild: %s\n", status.ToString().c_str());
  return 1;
}

void Print(const char* name, double seconds, double most) {
  bench::Print({.name = name,
                .ours = seconds,
                .limit = most,
                .ratio = most / seconds,
                .goal = 1,
                .unit = "seconds"});
}

int Run() {
  const int papers = support::EnvironmentNumber("PAPERWIRE_BENCH_RECORDS", 50'000);
  const int rounds = std::max(1, support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3));
  if (!tests::RedisProcess::Available()) {
    std::printf("SKIPPED PROGRAM: redis-server is not installed\n");
    return 0;
  }
  const auto kafka = support::KafkaProcess::Start();
  if (absl::IsFailedPrecondition(kafka.status())) {
    std::printf("SKIPPED PROGRAM: %s\n", kafka.status().ToString().c_str());
    return 0;
  }
  if (!kafka.ok()) return Fail(kafka.status());
  if (auto status = (*kafka)->CreateTopics(kPartitions); !status.ok()) return Fail(status);
  const auto redis = tests::RedisProcess::Start();
  if (!redis.ok()) return Fail(redis.status());
  const auto writes = redis::Client::Create({.url = (*redis)->Url()});
  const auto reads = redis::Client::Create({.url = (*redis)->Url()});
  if (!writes.ok() || !reads.ok()) return Fail(writes.status());

  const clock::SystemClock clock;
  prometheus::Registry metrics;
  telemetry::Health health;
  bus::KafkaPublisher publisher((*kafka)->settings(), {.client_id = "bench"}, metrics);
  if (auto status = Publish(publisher, papers); !status.ok()) return Fail(status);
  std::printf("rebuild: %d cards of %zu bytes in %d partitions\n", papers,
              bench::CardOf(kFirst).ByteSizeLong(), kPartitions);

  serve::FeedClock feed_clock(clock, /*data=*/true);
  const window::RedisWindowOptions options{.cluster_id = "bench"};
  const auto applied_window = window::MakeRedisWindow(**writes, options);
  const auto read_window = window::MakeRedisWindow(**reads, options);
  bus::KafkaAdmin& admin = (*kafka)->admin();
  serve::Applier applier(
      *applied_window,
      [&]() -> absl::StatusOr<window::RebuildScope> {
        const auto ranges = admin.Ranges(std::string(events::kTagged));
        if (!ranges.ok()) return ranges.status();
        window::RebuildScope scope;
        for (const auto& [partition, range] : *ranges) {
          scope.begin_offsets[partition] = range.begin;
        }
        scope.total_partitions = scope.begin_offsets.size();
        return scope;
      },
      feed_clock, metrics);
  bus::KafkaFollower follower((*kafka)->settings(),
                              {.topics = {std::string(events::kTagged)},
                               .group = "paperwire-serve",
                               .service = "serve",
                               .max_record_bytes = events::kMaxRecordBytes},
                              publisher, clock, metrics, health);
  absl::Status followed;
  std::jthread thread([&](const std::stop_token& stop) { followed = follower.Run(stop, applier); });
  if (auto status = AwaitComplete(*read_window); !status.ok()) return Fail(status);

  double from_kafka = 0;
  double from_redis = 0;
  for (int round = 0; round < rounds; ++round) {
    auto start = std::chrono::steady_clock::now();
    if (auto flushed = (*reads)->Call({"FLUSHALL"}); !flushed.ok()) return Fail(flushed.status());
    if (auto status = AwaitComplete(*read_window); !status.ok()) return Fail(status);
    const double kafka_took = Seconds(start);

    serve::SnapshotHolder holder;
    serve::Refresher refresher(*read_window, holder, feed_clock, {});
    start = std::chrono::steady_clock::now();
    if (auto status = refresher.Step(); !status.ok()) return Fail(status);
    const double redis_took = Seconds(start);
    const size_t served = holder.Get()->entries().size();
    std::printf("round %d: from Kafka %.1f s, from Redis %.1f s, %zu papers\n", round, kafka_took,
                redis_took, served);
    if (served != static_cast<size_t>(papers)) {
      return Fail(absl::InternalError("the window is not whole"));
    }
    from_kafka = round == 0 ? kafka_took : std::min(from_kafka, kafka_took);
    from_redis = round == 0 ? redis_took : std::min(from_redis, redis_took);
  }
  thread.request_stop();
  thread.join();
  if (!followed.ok()) return Fail(followed);
  Print("rebuild_from_redis", from_redis, kMostFromRedis);
  Print("rebuild_from_kafka", from_kafka, kMostFromKafka);
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
