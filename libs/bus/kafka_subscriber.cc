#include "libs/bus/kafka_subscriber.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "libs/bus/bus_metrics.h"
#include "libs/bus/hand.h"
#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_intake.h"
#include "libs/bus/record_lanes.h"

namespace paperwire::bus {
namespace {

constexpr std::chrono::seconds kWaitingTimeout{3};

}  // namespace

class KafkaSubscriber::Core {
 public:
  Core(const KafkaSettings& settings, Options options, Publisher& publisher, CrashMarkers* markers,
       const clock::Clock& clock, prometheus::Registry& metrics, telemetry::Health& health)
      : settings_(settings),
        options_(std::move(options)),
        publisher_(publisher),
        clock_(clock),
        health_(health),
        metrics_(options_.service, metrics),
        hand_(markers, clock) {}

  absl::Status Run(std::stop_token stop, const Handler& handler) {
    if (options_.dead_letter_topic.empty()) {
      return absl::InvalidArgumentError("a subscriber needs a dead-letter topic");
    }
    // Ends both intakes: when asked to stop, and when a record's fate is to stop the process.
    std::stop_source ending;
    const std::stop_callback stop_too(stop, [&ending] { ending.request_stop(); });
    std::mutex mutex;
    absl::Status first;

    RecordLanes lanes(LaneOptions(), publisher_, hand_, metrics_, clock_, handler,
                      [&](const absl::Status& status) {
                        const std::lock_guard lock(mutex);
                        if (first.ok()) first = status;
                        ending.request_stop();
                      });

    KafkaIntake main(settings_,
                     {.topics = {{options_.topic, -1}},
                      .group = options_.group,
                      .drain_timeout = options_.drain_timeout,
                      .gate = options_.gate,
                      .pauses_show = options_.pauses_show},
                     lanes, hand_, metrics_, clock_, health_);
    const absl::Status opened = main.Open();
    if (!opened.ok()) return opened;

    std::unique_ptr<KafkaIntake> retries;
    std::jthread retry_thread;
    if (!options_.retry.empty()) {
      std::map<std::string, int> topics;
      for (size_t i = 0; i < options_.retry.size(); ++i) {
        topics[options_.retry[i].topic] = static_cast<int>(i);
      }
      retries = std::make_unique<KafkaIntake>(
          settings_,
          KafkaIntake::Options{.topics = std::move(topics),
                               .group = options_.group + "-retry",
                               .drain_timeout = options_.drain_timeout,
                               .gate = options_.gate,
                               .pauses_show = options_.pauses_show},
          lanes, hand_, metrics_, clock_, health_);
      const absl::Status retries_opened = retries->Open();
      if (!retries_opened.ok()) return retries_opened;
      retry_thread = std::jthread([&] { retries->Run(ending.get_token()); });
    }

    std::jthread looker;
    if (options_.ask_waiting.count() > 0) {
      looker = std::jthread([&] { LookForWaiting(ending.get_token()); });
    }
    main.Run(ending.get_token());
    if (retry_thread.joinable()) retry_thread.join();
    const std::lock_guard lock(mutex);
    return first;
  }

  int64_t Waiting() const { return waiting_; }

 private:
  void LookForWaiting(const std::stop_token& stop) {
    KafkaAdmin admin(settings_, {.timeout = kWaitingTimeout, .stop = stop});
    do {
      waiting_ = CountWaiting(admin).value_or(-1);
    } while (clock_.SleepFor(options_.ask_waiting, stop));
    waiting_ = -1;
  }

  absl::StatusOr<int64_t> CountWaiting(KafkaAdmin& admin) const {
    const auto ranges = admin.Ranges(options_.topic);
    if (!ranges.ok()) return ranges.status();
    std::vector<TopicPartition> partitions;
    for (const auto& [partition, range] : *ranges) partitions.push_back(partition);
    const auto committed = admin.Committed(options_.group, partitions);
    if (!committed.ok()) return committed.status();
    int64_t waiting = 0;
    for (const auto& [partition, range] : *ranges) {
      const auto found = committed->find(partition);
      const int64_t next = found == committed->end() ? range.begin : found->second;
      waiting += std::max<int64_t>(0, range.end - std::max(range.begin, next));
    }
    return waiting;
  }

  RecordLanes::Options LaneOptions() const {
    RecordLanes::Options lanes{.service = options_.service,
                               .workers = options_.workers,
                               .any_worker = options_.any_worker,
                               .max_record_bytes = options_.max_record_bytes,
                               .retry = {},
                               .dead_letter_topic = options_.dead_letter_topic,
                               .pause_min = options_.pause_min,
                               .pause_max = options_.pause_max};
    for (const RetryStep& step : options_.retry) lanes.retry.emplace_back(step.topic, step.delay);
    return lanes;
  }

  const KafkaSettings settings_;
  const Options options_;
  Publisher& publisher_;
  const clock::Clock& clock_;
  telemetry::Health& health_;
  BusMetrics metrics_;
  Hand hand_;
  std::atomic<int64_t> waiting_ = -1;
};

KafkaSubscriber::KafkaSubscriber(const KafkaSettings& settings, Options options,
                                 Publisher& publisher, CrashMarkers* markers,
                                 const clock::Clock& clock, prometheus::Registry& metrics,
                                 telemetry::Health& health)
    : core_(std::make_unique<Core>(settings, std::move(options), publisher, markers, clock, metrics,
                                   health)) {}

KafkaSubscriber::~KafkaSubscriber() = default;

absl::Status KafkaSubscriber::Run(std::stop_token stop, const Handler& handler) {
  return core_->Run(std::move(stop), handler);
}

int64_t KafkaSubscriber::Waiting() const { return core_->Waiting(); }

}  // namespace paperwire::bus
