#include "services/ingest/compose.h"

#include <cstdio>
#include <memory>
#include <string>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/http/curl_client.h"
#include "libs/redis/client.h"
#include "libs/telemetry/log.h"
#include "services/ingest/categories.h"
#include "services/ingest/cycle.h"
#include "services/ingest/feed_source.h"
#include "services/ingest/file_source.h"
#include "services/ingest/redis_seen_set.h"
#include "services/ingest/schedule.h"
#include "services/ingest/user_agent.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPartsCheck = std::chrono::seconds(15);
constexpr milliseconds kPartsRetry = std::chrono::seconds(2);
constexpr milliseconds kPatience = std::chrono::seconds(60);
// sysexits.h EX_UNAVAILABLE.
constexpr int kExitUnavailable = 69;

FeedSource::Options FeedOptions(const Config& config) {
  return {.base_url = config.rss_url,
          .categories = config.categories,
          .contact = config.contact,
          .request_interval = config.request_interval};
}

http::CurlClient::Options HttpOptions(const Config& config) {
  http::CurlClient::Options options;
  options.user_agent = UserAgent(config.contact);
  // arXiv's OAI-PMH has been silent for 50 to 90 seconds before it answered.
  options.stall_timeout = std::chrono::seconds(110);
  return options;
}

absl::Status Check(const Config& config) {
  if (config.sample && !config.from.empty()) {
    return absl::InvalidArgumentError("--sample and --from exclude each other");
  }
  if (config.categories.empty()) return absl::InvalidArgumentError("--categories: none given");
  for (const std::string& category : config.categories) {
    if (!IsCategory(category)) {
      return absl::InvalidArgumentError("--categories: \"" + category +
                                        "\" is no arXiv category, such as cs.LG");
    }
  }
  if (!config.from.empty()) return DirectorySource(config.from).Check();
  return absl::OkStatus();
}

absl::Status Probe(service::Context& context, const Config& config) {
  http::CurlClient client(HttpOptions(config));
  FeedSource feeds(client, context.clock, FeedOptions(config), context.metrics);
  const Reading reading = feeds.Probe();
  // A feed without entries is an answer too.
  const bool reachable = IsGood(reading.outcome);
  std::printf("probe %s %s%s%s\n", config.rss_url.c_str(),
              std::string(Slug(reading.outcome)).c_str(), reading.detail.empty() ? "" : ": ",
              reading.detail.c_str());
  if (!reachable) context.exit_code = kExitUnavailable;
  return absl::OkStatus();
}

// Kafka and Redis, as ingest uses them.
class Parts {
 public:
  Parts(service::Context& context, const Config& config, std::unique_ptr<redis::Client> redis)
      : context_(context), admin_(config.kafka), redis_(std::move(redis)) {}

  // Asks both whether they are there, and says so at /readyz.
  absl::Status Check() {
    const absl::StatusOr<std::string> cluster = admin_.ClusterId();
    context_.health.SetReady("kafka", cluster.ok(), std::string(cluster.status().message()));
    const absl::Status ping = redis_->Call({"PING"}).status();
    context_.health.SetReady("redis", ping.ok(), std::string(ping.message()));
    if (!cluster.ok()) return cluster.status();
    cluster_ = *cluster;
    return ping;
  }

  // Waits until both are there. `patience` zero: for as long as it takes.
  absl::Status Wait(milliseconds patience) {
    const clock::SteadyTime since = context_.clock.SteadyNow();
    bool said = false;
    for (;;) {
      const absl::Status status = Check();
      if (status.ok() || absl::IsInvalidArgument(status)) return status;
      if (!std::exchange(said, true)) {
        telemetry::Log(telemetry::Level::kWarning, "waiting for Kafka and Redis",
                       {{"status", status}});
      }
      if (patience.count() > 0 && context_.clock.SteadyNow() - since >= patience) return status;
      if (!context_.clock.SleepFor(kPartsRetry, context_.stop)) {
        return absl::CancelledError("stopped");
      }
    }
  }

  const std::string& cluster() const { return cluster_; }
  bus::KafkaAdmin& admin() { return admin_; }
  redis::Client& redis() { return *redis_; }

 private:
  service::Context& context_;
  bus::KafkaAdmin admin_;
  std::unique_ptr<redis::Client> redis_;
  std::string cluster_;
};

std::unique_ptr<Source> MakeSource(const Config& config, http::Client& client,
                                   service::Context& context) {
  if (config.sample) return std::make_unique<SampleSource>();
  if (!config.from.empty()) return std::make_unique<DirectorySource>(config.from);
  return std::make_unique<FeedSource>(client, context.clock, FeedOptions(config), context.metrics);
}

absl::Status RunOnce(CycleRunner& runner, service::Context& context) {
  const v1::Cycle cycle = runner.Run(context.stop);
  std::printf("cycle %s %s seen %u published %u\n", cycle.cycle_id().c_str(),
              OutcomeSlug(cycle.outcome()).c_str(), cycle.papers_seen(), cycle.papers_published());
  std::fflush(stdout);
  const bool good = cycle.outcome() == v1::CYCLE_OUTCOME_PUBLISHED ||
                    cycle.outcome() == v1::CYCLE_OUTCOME_NOTHING_NEW;
  if (!good) context.exit_code = 1;
  return absl::OkStatus();
}

// Sleeps until `time`, watching the parts; returns false when stopped.
bool SleepUntil(clock::WallTime time, Parts& parts, service::Context& context) {
  while (context.clock.Now() < time) {
    const auto rest = std::chrono::ceil<milliseconds>(time - context.clock.Now());
    if (!context.clock.SleepFor(std::min(rest, kPartsCheck), context.stop)) return false;
    const absl::Status status = parts.Check();
    if (!status.ok()) {
      telemetry::Log(telemetry::Level::kWarning, "Kafka or Redis is away", {{"status", status}});
    }
  }
  return !context.stop.stop_requested();
}

}  // namespace

absl::Status Serve(service::Context& context, const Config& config) {
  if (const absl::Status status = Check(config); !status.ok()) return status;
  if (config.probe) return Probe(context, config);
  absl::StatusOr<std::unique_ptr<redis::Client>> redis =
      redis::Client::Create({.url = config.redis_url});
  if (!redis.ok()) return redis.status();

  Parts parts(context, config, *std::move(redis));
  const milliseconds patience = config.single() ? kPatience : milliseconds(0);
  if (const absl::Status status = parts.Wait(patience); !status.ok()) return status;

  http::CurlClient client(HttpOptions(config));
  const std::unique_ptr<Source> source = MakeSource(config, client, context);
  bus::KafkaPublisher publisher(config.kafka, {.client_id = "paperwire-ingest"}, context.metrics);
  const ReadTopic read_topic = [&parts, &context](
                                   const std::string& topic,
                                   const std::function<bool(const bus::Message&)>& visit) {
    return parts.admin().ReadAll(topic, visit, context.stop);
  };
  const bool recorded = config.recorded() || config.feed_clock == "data";

  for (;;) {
    // Another cluster is a new start: another seen-set, no batches.
    const std::string cluster = parts.cluster();
    RedisSeenSet seen(parts.redis(), "pw", cluster);
    CycleRunner runner(*source, seen, publisher, read_topic, context.clock, context.metrics,
                       {.recorded = recorded, .sample = config.sample});
    if (config.single()) return RunOnce(runner, context);

    const auto started = context.clock.Now().time_since_epoch();
    // Installations are to spread over a few minutes.
    const milliseconds jitter =
        std::chrono::duration_cast<milliseconds>(started) % std::chrono::minutes(5);
    while (parts.cluster() == cluster) {
      const v1::Cycle cycle = runner.Run(context.stop);
      const clock::WallTime next = NextLook(context.clock.Now(), config.every, jitter, cycle,
                                            runner.parts_failed(), runner.newest_batch());
      if (!SleepUntil(next, parts, context)) return absl::OkStatus();
      if (!parts.Wait(milliseconds(0)).ok()) return absl::OkStatus();
    }
    telemetry::Log(telemetry::Level::kWarning, "another Kafka cluster answers: starting anew",
                   {{"cluster", parts.cluster()}});
  }
}

}  // namespace paperwire::ingest
