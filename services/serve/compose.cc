#include "services/serve/compose.h"

#include <malloc.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_follower.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/events/topics.h"
#include "libs/redis/client.h"
#include "libs/service/open_files.h"
#include "libs/telemetry/log.h"
#include "libs/window/generations.h"
#include "libs/window/redis_window.h"
#include "services/serve/access.h"
#include "services/serve/applier.h"
#include "services/serve/committed.h"
#include "services/serve/front.h"
#include "services/serve/ledger_keeper.h"
#include "services/serve/operations.h"
#include "services/serve/refresher.h"
#include "services/serve/reporter.h"
#include "services/serve/upgrade_backlog.h"

namespace paperwire::serve {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBeat{500};
constexpr milliseconds kReportEvery{1000};
constexpr milliseconds kAskCommittedEvery{2000};
constexpr milliseconds kAskUpgradesEvery{15000};
// An operator waits for the answer.
constexpr milliseconds kRequestTimeout{10000};
// A stop waits for one question that is on its way.
constexpr milliseconds kAskTimeout{4000};
constexpr std::chrono::hours kForever{24};
constexpr absl::Duration kExpireEvery = absl::Minutes(1);
// Topics let records of 4 MiB through; the ledger reads only keys and headers, whatever the size.
constexpr size_t kLargestForLedger = 8u << 20;

// The first error that a thread ends with, and the stop that it asks for.
class Halt {
 public:
  void Because(const absl::Status& status) {
    if (status.ok()) return;
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = status;
    source_.request_stop();
  }
  void Stop() { source_.request_stop(); }
  std::stop_token token() const { return source_.get_token(); }
  absl::Status status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  std::stop_source source_;
  mutable std::mutex mutex_;
  absl::Status status_;
};

// Three connections, so that a large read holds up no write.
struct Stores {
  std::unique_ptr<redis::Client> writes;
  std::unique_ptr<redis::Client> ledger;
  std::unique_ptr<redis::Client> reads;

  static absl::StatusOr<Stores> Connect(const std::string& url) {
    Stores stores;
    for (auto* client : {&stores.writes, &stores.ledger, &stores.reads}) {
      auto made = redis::Client::Create({.url = url});
      if (!made.ok()) return made.status();
      *client = *std::move(made);
    }
    return stores;
  }
};

// The cluster's id, and Redis found fit, however long both take; empty when stopped before.
absl::StatusOr<std::string> WaitForBackends(service::Context& context, const Stores& stores,
                                            bus::KafkaAdmin& admin, std::stop_token stop) {
  std::string cluster;
  bool redis_fit = false;
  std::string complaint;
  while (!stop.stop_requested()) {
    absl::Status trouble;
    if (!redis_fit) {
      trouble = redis::RequireNoEviction(*stores.reads);
      if (absl::IsFailedPrecondition(trouble)) return trouble;
      redis_fit = trouble.ok();
    }
    if (cluster.empty()) {
      absl::StatusOr<std::string> id = admin.ClusterId();
      if (absl::IsInvalidArgument(id.status())) return id.status();
      if (id.ok()) cluster = *id;
      trouble.Update(id.status());
    }
    if (redis_fit && !cluster.empty()) return cluster;
    if (complaint != trouble.message()) {
      complaint = std::string(trouble.message());
      telemetry::Log(telemetry::Level::kWarning, "waiting for Kafka and Redis",
                     {{"error", trouble}});
      context.health.SetReady("snapshot", false, complaint);
    }
    context.clock.SleepFor(kBeat, stop);
  }
  return std::string();
}

Committed::Ask AskAdmin(bus::KafkaAdmin& admin) {
  return [&admin](const std::string& group, const std::vector<std::string>& topics)
             -> absl::StatusOr<std::map<bus::TopicPartition, int64_t>> {
    std::vector<bus::TopicPartition> partitions;
    for (const std::string& topic : topics) {
      const auto ranges = admin.Ranges(topic);
      if (!ranges.ok()) return ranges.status();
      for (const auto& [partition, range] : *ranges) partitions.push_back(partition);
    }
    return admin.Committed(group, partitions);
  };
}

UpgradeBacklog::Ask AskForUpgrades(bus::KafkaAdmin& admin) {
  return [&admin]() -> absl::StatusOr<int64_t> {
    const auto ranges = admin.Ranges(std::string(events::kUpgrade));
    if (!ranges.ok()) return ranges.status();
    std::vector<bus::TopicPartition> partitions;
    for (const auto& [partition, range] : *ranges) partitions.push_back(partition);
    const auto committed = admin.Committed("paperwire-upgrade", partitions);
    if (!committed.ok()) return committed.status();
    int64_t records = 0;
    for (const auto& [partition, range] : *ranges) {
      const auto found = committed->find(partition);
      const int64_t next = found == committed->end() ? range.begin : found->second;
      records += std::max<int64_t>(0, range.end - std::max(next, range.begin));
    }
    return records;
  };
}

AskScope ScopeOf(bus::KafkaAdmin& admin, std::string cluster, std::vector<std::string> topics) {
  return [&admin, cluster = std::move(cluster),
          topics = std::move(topics)]() -> absl::StatusOr<window::RebuildScope> {
    const absl::StatusOr<std::string> id = admin.ClusterId();
    if (!id.ok()) return id.status();
    // Its offsets mean something else. The next process begins with what is stored for it.
    if (*id != cluster) {
      return absl::InternalError("another Kafka cluster answers than at the start: " + *id +
                                 ", not " + cluster);
    }
    window::RebuildScope scope;
    for (const std::string& topic : topics) {
      const auto ranges = admin.Ranges(topic);
      if (!ranges.ok()) return ranges.status();
      for (const auto& [partition, range] : *ranges) scope.begin_offsets[partition] = range.begin;
    }
    scope.total_partitions = scope.begin_offsets.size();
    return scope;
  };
}

// Keeps readiness in step with the snapshot, and takes out what has grown too old.
void Mind(service::Context& context, Front& front, window::Window& window,
          window::LedgerStore& ledger, std::stop_token stop) {
  absl::Time expired_at = absl::InfinitePast();
  while (!stop.stop_requested()) {
    const bool loaded = front.snapshots.Get() != nullptr && front.statuses.Get() != nullptr;
    context.health.SetReady("snapshot", loaded,
                            loaded ? "" : "no snapshot yet: " + front.snapshots.freshness().reason);
    front.rpc->SetServing(context.health.ready());
    const std::string oldest = front.feed_clock.Oldest();
    const absl::Time now = front.feed_clock.Now();
    if (!oldest.empty() && (now - expired_at >= kExpireEvery || now < expired_at)) {
      expired_at = now;
      const absl::StatusOr<int64_t> gone = window.Expire(oldest);
      const absl::Status status = gone.ok() ? ledger.Expire(oldest) : gone.status();
      if (!status.ok()) {
        telemetry::Log(telemetry::Level::kWarning, "old papers could not be taken out",
                       {{"error", status}});
      } else if (*gone > 0) {
        telemetry::Log(telemetry::Level::kInfo, "old papers taken out",
                       {{"oldest", oldest}, {"papers", *gone}});
      }
    }
    context.clock.SleepFor(kBeat, stop);
  }
}

// Takes operators' requests for as long as it is there, where they are served.
class OperatorDesk {
 public:
  OperatorDesk(service::Context& context, const Config& config, bus::KafkaAdmin& admin,
               window::Window& window, window::LedgerStore& ledger, const Committed& committed,
               Front& front, std::stop_token stop)
      : front_(front),
        generations_(window),
        publisher_(config.kafka,
                   {.client_id = "paperwire-serve", .delivery_timeout = kRequestTimeout},
                   context.metrics),
        operations_({.snapshots = front.snapshots,
                     .feed_clock = front.feed_clock,
                     .window = window,
                     .ledger = ledger,
                     .committed = [&committed] { return committed.Get(); },
                     .generations = generations_,
                     .read_topic =
                         [&admin, stop](const std::string& topic,
                                        const std::function<bool(const bus::Message&)>& visit) {
                           return admin.ReadAll(topic, visit, stop);
                         },
                     .publisher = publisher_,
                     .clock = context.clock},
                    context.metrics) {
    front_.operator_service.Attach(operations_);
    front_.operators->SetServing(true);
  }
  ~OperatorDesk() {
    front_.operators->SetServing(false);
    front_.operator_service.Detach();
  }

 private:
  Front& front_;
  window::WindowGenerations generations_;
  bus::KafkaPublisher publisher_;
  Operations operations_;
};

// Everything that needs the cluster's id. Runs until `halt` asks for a stop.
void RunBehind(service::Context& context, const Config& config, const std::string& cluster,
               const Stores& stores, bus::KafkaAdmin& admin, Front& front, Halt& halt) {
  const window::RedisWindowOptions options{.cluster_id = cluster};
  const auto applied_window = window::MakeRedisWindow(*stores.writes, options);
  const auto read_window = window::MakeRedisWindow(*stores.reads, options);
  const auto kept_ledger = window::MakeRedisLedgerStore(*stores.ledger, options);
  const auto read_ledger = window::MakeRedisLedgerStore(*stores.reads, options);
  bus::KafkaPublisher publisher(config.kafka, {.client_id = "paperwire-serve"}, context.metrics);
  // Of their own: a broker that is away must not take a replica out of service that answers well.
  // Shared with the checks, which may be asked while this ends.
  const auto window_part = std::make_shared<telemetry::Health>();
  const auto ledger_part = std::make_shared<telemetry::Health>();
  telemetry::Health& follower_health = *window_part;
  telemetry::Health& ledger_health = *ledger_part;
  context.health.AddLiveCheck("window follower", [window_part] { return window_part->live(); });
  context.health.AddLiveCheck("ledger follower", [ledger_part] { return ledger_part->live(); });

  bus::KafkaFollower window_follower(config.kafka,
                                     {.topics = {std::string(events::kTagged)},
                                      .group = "paperwire-serve",
                                      .service = "serve",
                                      .max_record_bytes = events::kMaxRecordBytes},
                                     publisher, context.clock, context.metrics, follower_health);
  bus::KafkaFollower ledger_follower(config.kafka,
                                     {.topics = LedgerTopics(),
                                      .group = "paperwire-ledger",
                                      .service = "serve_ledger",
                                      .max_record_bytes = kLargestForLedger,
                                      .dead_letter_suffix = ""},
                                     publisher, context.clock, context.metrics, ledger_health);
  Applier applier(*applied_window, ScopeOf(admin, cluster, {std::string(events::kTagged)}),
                  front.feed_clock, context.metrics);
  LedgerKeeper keeper(*kept_ledger, ScopeOf(admin, cluster, LedgerTopics()), front.feed_clock,
                      context.metrics);
  Committed committed(AskAdmin(admin));
  Refresher refresher(*read_window, front.snapshots, front.feed_clock, {});
  Reporter reporter(*read_ledger, front.snapshots, committed, front.feed_clock, front.statuses,
                    context.metrics, [&] {
                      std::string report = follower_health.Report();
                      if (!follower_health.ready()) {
                        return "no new papers come in: " + report.substr(0, report.find('\n'));
                      }
                      report = ledger_health.Report();
                      if (!ledger_health.ready()) {
                        return "the ledger does not move: " + report.substr(0, report.find('\n'));
                      }
                      return std::string();
                    });
  UpgradeBacklog upgrades(AskForUpgrades(admin), context.metrics);
  const std::stop_token stop = halt.token();
  std::optional<OperatorDesk> desk;
  if (front.operators != nullptr) {
    desk.emplace(context, config, admin, *read_window, *read_ledger, committed, front, stop);
  }
  {
    const std::jthread window_thread([&] { halt.Because(window_follower.Run(stop, applier)); });
    const std::jthread ledger_thread([&] { halt.Because(ledger_follower.Run(stop, keeper)); });
    const std::jthread committed_thread(
        [&] { committed.Run(stop, context.clock, kAskCommittedEvery); });
    const std::jthread upgrades_thread(
        [&] { upgrades.Run(stop, context.clock, kAskUpgradesEvery); });
    const std::jthread refresher_thread([&] { refresher.Run(stop, context.clock); });
    const std::jthread reporter_thread([&] { reporter.Run(stop, context.clock, kReportEvery); });
    Mind(context, front, *read_window, *read_ledger, stop);
    desk.reset();
  }
  // The parts behind these checks end here.
  context.health.AddLiveCheck("window follower", [] { return true; });
  context.health.AddLiveCheck("ledger follower", [] { return true; });
}

}  // namespace

absl::Status Serve(service::Context& context, const Config& config) {
  if (const absl::Status checked = Check(config); !checked.ok()) return checked;
  if (config.drain_timeout >= context.grace) {
    return absl::InvalidArgumentError("--drain-timeout: is not less than --grace");
  }
  // Of some forty threads few work at a time, and each arena keeps memory that another could use.
  mallopt(M_ARENA_MAX, 2);
  telemetry::Log(telemetry::Level::kInfo, "open files", {{"limit", service::RaiseOpenFiles()}});
  absl::StatusOr<Stores> stores = Stores::Connect(config.redis_url);
  if (!stores.ok()) return stores.status();
  const absl::Status fit = redis::RequireNoEviction(*stores->reads);
  if (absl::IsFailedPrecondition(fit) || absl::IsInvalidArgument(fit)) return fit;

  context.health.SetReady("snapshot", false, "no snapshot yet");
  absl::StatusOr<std::unique_ptr<Access>> access =
      Access::Open(config, context.clock, context.metrics);
  if (!access.ok()) return access.status();
  Front front(context, config, **access);
  if (const absl::Status started = front.Start(config); !started.ok()) return started;

  Halt halt;
  const std::stop_callback on_signal(context.stop, [&halt] { halt.Stop(); });
  const std::jthread access_thread(
      [&](std::stop_token stop) { (*access)->Run(std::move(stop), context.clock); });
  bus::KafkaAdmin admin(config.kafka, {.timeout = kAskTimeout, .stop = halt.token()});
  {
    // Readers are told at once, however long Kafka and Redis take to let go.
    const std::jthread drain_thread([&, stop = halt.token()] {
      while (context.clock.SleepFor(kForever, stop)) continue;
      front.Drain(config.drain_timeout);
    });
    const absl::StatusOr<std::string> cluster =
        WaitForBackends(context, *stores, admin, halt.token());
    halt.Because(cluster.status());
    if (cluster.ok() && !cluster->empty()) {
      RunBehind(context, config, *cluster, *stores, admin, front, halt);
    }
    halt.Stop();
  }
  return halt.status();
}

}  // namespace paperwire::serve
