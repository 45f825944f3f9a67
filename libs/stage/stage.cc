#include "libs/stage/stage.h"

#include <malloc.h>

#include <chrono>
#include <memory>
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

// The cluster's id, asked for until a broker answers. Cancelled: stopped before. InvalidArgument:
// the settings cannot be meant.
absl::StatusOr<std::string> WaitForCluster(service::Context& context, bus::KafkaAdmin& admin) {
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

}  // namespace

absl::Status Run(service::Context& context, const Options& options,
                 const bus::Subscriber::Handler& handler) {
  KeepMemoryAtHand();
  std::unique_ptr<redis::Client> client;
  if (!options.redis_url.empty()) {
    auto created = redis::Client::Create({.url = options.redis_url});
    if (!created.ok()) return created.status();
    client = *std::move(created);
  }
  bus::KafkaAdmin admin(options.kafka);
  const absl::StatusOr<std::string> cluster = WaitForCluster(context, admin);
  if (!cluster.ok()) return cluster.status();
  const std::string group = "paperwire-" + options.service;
  std::unique_ptr<bus::RedisCrashMarkers> markers;
  if (client != nullptr) {
    WaitForRedis(context, *client);
    markers = std::make_unique<bus::RedisCrashMarkers>(*client, group, *cluster);
  }

  bus::KafkaPublisher publisher(options.kafka, {.client_id = group}, context.metrics);
  bus::KafkaSubscriber::Options reading;
  reading.topic = options.topic;
  reading.group = group;
  reading.service = options.service;
  reading.workers = options.workers;
  reading.max_record_bytes = events::kMaxRecordBytes;
  reading.dead_letter_topic = events::DeadLetterTopic(options.topic);
  for (const events::RetryTier& tier : events::RetryTiers()) {
    reading.retry.push_back({events::RetryTopic(options.topic, tier), tier.delay});
  }
  bus::KafkaSubscriber subscriber(options.kafka, std::move(reading), publisher, markers.get(),
                                  context.clock, context.metrics, context.health);
  return subscriber.Run(context.stop, handler);
}

}  // namespace paperwire::stage
