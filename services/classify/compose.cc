#include "services/classify/compose.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/bus/kafka_subscriber.h"
#include "libs/bus/redis_crash_markers.h"
#include "libs/events/topics.h"
#include "libs/redis/client.h"
#include "libs/telemetry/log.h"
#include "services/classify/handler.h"

namespace paperwire::classify {
namespace {

constexpr const char* kGroup = "paperwire-classify";
constexpr std::chrono::seconds kAskAgain{1};
constexpr int kRedisTries = 10;

// The cluster's id, asked for until a broker answers; nothing when stopped before.
std::optional<std::string> WaitForCluster(service::Context& context, bus::KafkaAdmin& admin) {
  context.health.SetReady("cluster", false, "no broker has answered yet");
  for (bool told = false;; told = true) {
    const absl::StatusOr<std::string> id = admin.ClusterId();
    if (id.ok()) {
      context.health.SetReady("cluster", true);
      return *id;
    }
    const std::string why(id.status().message());
    context.health.SetReady("cluster", false, why);
    if (!told) telemetry::Log(telemetry::Level::kWarning, "waiting for Kafka", {{"error", why}});
    if (!context.clock.SleepFor(kAskAgain, context.stop)) return std::nullopt;
  }
}

// Waits a moment for Redis, so that markers left by an unclean death are found. Tags need no
// Redis: after that the subscriber goes on without markers until they can be written.
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

}  // namespace

absl::Status Serve(service::Context& context, const Config& config) {
  std::unique_ptr<redis::Client> client;
  if (!config.redis_url.empty()) {
    auto created = redis::Client::Create({.url = config.redis_url});
    if (!created.ok()) return created.status();
    client = *std::move(created);
  }
  bus::KafkaAdmin admin(config.kafka);
  const std::optional<std::string> cluster = WaitForCluster(context, admin);
  if (!cluster) return absl::OkStatus();
  std::unique_ptr<bus::RedisCrashMarkers> markers;
  if (client != nullptr) {
    WaitForRedis(context, *client);
    markers = std::make_unique<bus::RedisCrashMarkers>(*client, kGroup, *cluster);
  }

  bus::KafkaPublisher publisher(config.kafka, {.client_id = kGroup}, context.metrics);
  bus::KafkaSubscriber::Options options;
  options.topic = std::string(events::kSummarized);
  options.group = kGroup;
  options.service = "classify";
  options.workers = static_cast<int>(config.workers);
  options.max_record_bytes = events::kMaxRecordBytes;
  options.dead_letter_topic = events::DeadLetterTopic(events::kSummarized);
  for (const events::RetryTier& tier : events::RetryTiers()) {
    options.retry.push_back({events::RetryTopic(events::kSummarized, tier), tier.delay});
  }
  bus::KafkaSubscriber subscriber(config.kafka, std::move(options), publisher, markers.get(),
                                  context.clock, context.metrics, context.health);
  const Handler handler(context.clock, context.metrics);
  return subscriber.Run(context.stop,
                        [&](const bus::Message& message, std::vector<bus::Message>& emit) {
                          return handler.Handle(message, emit);
                        });
}

}  // namespace paperwire::classify
