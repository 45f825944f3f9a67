#include "libs/stage/stage.h"

#include <malloc.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>
#include <utility>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/bus/kafka_subscriber.h"
#include "libs/bus/redis_crash_markers.h"
#include "libs/events/topics.h"
#include "libs/redis/client.h"
#include "libs/telemetry/log.h"

namespace paperwire::stage {
namespace {

constexpr std::chrono::seconds kAskAgain{1};
constexpr int kRedisTries = 10;
// How often is asked whether records of the stage's topic wait.
constexpr std::chrono::seconds kAskWaiting{2};

// The cluster's id, asked for until a broker answers. Cancelled: stopped before. InvalidArgument:
// the settings cannot be meant.
absl::StatusOr<std::string> WaitForCluster(service::Context& context,
                                           const bus::KafkaSettings& kafka) {
  bus::KafkaAdmin admin(kafka);
  context.health.SetReady("cluster", false, "no broker has answered yet");
  for (bool told = false;; told = true) {
    const absl::StatusOr<std::string> id = admin.ClusterId();
    if (id.ok()) context.health.SetReady("cluster", true);
    if (id.ok() || absl::IsInvalidArgument(id.status())) return id;
    const std::string why(id.status().message());
    context.health.SetReady("cluster", false, why);
    if (!told) telemetry::Log(telemetry::Level::kWarning, "waiting for Kafka", {{"error", why}});
    if (!context.clock.SleepFor(kAskAgain, context.stop)) return absl::CancelledError("stopped");
  }
}

// Waits a moment for Redis, so that markers left by an unclean death are found.
void WaitForRedis(service::Context& context, redis::Client& client) {
  for (int i = 0; i < kRedisTries; ++i) {
    const absl::StatusOr<redis::Reply> pong = client.Call({"PING"});
    if (pong.ok()) return;
    if (i == 0) {
      telemetry::Log(telemetry::Level::kWarning, "waiting for Redis", {{"error", pong.status()}});
    }
    if (!context.clock.SleepFor(kAskAgain, context.stop)) return;
  }
  telemetry::Log(telemetry::Level::kWarning, "going on without Redis: no crash rule");
}

// At full speed tens of thousands of records a second come and go, and go on another thread than
// they came on. By itself the C library gives their memory back to the system and takes it again
// all the time, a tenth of what a record costs.
void KeepMemoryAtHand() {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
  // No fast bins: emptying them all at once is what costs. Small blocks have each thread's cache.
  mallopt(M_MXFAST, 0);
  // Each arena keeps memory that another could use.
  mallopt(M_ARENA_MAX, 4);
}

// Of a group: its markers, and its subscriber's options as all of a stage's have them.
std::unique_ptr<bus::RedisCrashMarkers> MarkersOf(redis::Client* client, const std::string& group,
                                                  const std::string& cluster) {
  if (client == nullptr) return nullptr;
  return std::make_unique<bus::RedisCrashMarkers>(*client, group, cluster);
}

bus::KafkaSubscriber::Options ReadingOf(const service::Context& context, const Options& options,
                                        const std::string& topic, std::string group, int workers) {
  bus::KafkaSubscriber::Options reading;
  reading.topic = topic;
  reading.group = std::move(group);
  reading.service = options.service;
  reading.workers = workers;
  reading.max_record_bytes = events::kMaxRecordBytes;
  reading.dead_letter_topic = events::DeadLetterTopic(topic);
  reading.drain_timeout = context.grace * 2 / 3;
  return reading;
}

absl::Status Run(service::Context& context, const Options& options, const bus::Handler& handler,
                 const Beside* beside) {
  KeepMemoryAtHand();
  std::unique_ptr<redis::Client> client;
  if (!options.redis_url.empty()) {
    auto created = redis::Client::Create({.url = options.redis_url});
    if (!created.ok()) return created.status();
    client = *std::move(created);
  }
  const absl::StatusOr<std::string> cluster = WaitForCluster(context, options.kafka);
  if (!cluster.ok()) return cluster.status();
  if (client != nullptr) WaitForRedis(context, *client);
  const std::string group = "paperwire-" + options.service;
  bus::KafkaPublisher publisher(options.kafka, {.client_id = group}, context.metrics);

  const auto markers = MarkersOf(client.get(), group, *cluster);
  bus::KafkaSubscriber::Options reading =
      ReadingOf(context, options, options.topic, group, options.workers);
  reading.any_worker = options.slow;
  for (const events::RetryTier& tier : events::RetryTiers()) {
    reading.retry.push_back({events::RetryTopic(options.topic, tier), tier.delay});
  }
  if (beside != nullptr) reading.ask_waiting = kAskWaiting;
  bus::KafkaSubscriber subscriber(options.kafka, std::move(reading), publisher, markers.get(),
                                  context.clock, context.metrics, context.health);
  if (beside == nullptr) return subscriber.Run(context.stop, handler);

  const std::string beside_group = "paperwire-" + beside->name;
  const auto beside_markers = MarkersOf(client.get(), beside_group, *cluster);
  bus::KafkaSubscriber::Options reading_beside =
      ReadingOf(context, options, beside->topic, beside_group, beside->workers);
  reading_beside.any_worker = true;
  reading_beside.pauses_show = false;
  reading_beside.gate = [&subscriber, gate = beside->gate] {
    return subscriber.Waiting() == 0 && (gate == nullptr || gate());
  };
  bus::KafkaSubscriber second(options.kafka, std::move(reading_beside), publisher,
                              beside_markers.get(), context.clock, context.metrics, context.health);
  // Either ends both.
  std::stop_source ending;
  const std::stop_callback stop_too(context.stop, [&ending] { ending.request_stop(); });
  absl::Status of_beside;
  {
    const std::jthread thread([&] {
      of_beside = second.Run(ending.get_token(), beside->handler);
      ending.request_stop();
    });
    const absl::Status of_stage = subscriber.Run(ending.get_token(), handler);
    ending.request_stop();
    if (!of_stage.ok()) return of_stage;
  }
  return of_beside;
}

}  // namespace

absl::Status Run(service::Context& context, const Options& options, const bus::Handler& handler) {
  return Run(context, options, handler, nullptr);
}

absl::Status Run(service::Context& context, const Options& options, const bus::Handler& handler,
                 const Beside& beside) {
  return Run(context, options, handler, &beside);
}

}  // namespace paperwire::stage
