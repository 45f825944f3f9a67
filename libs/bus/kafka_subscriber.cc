#include "libs/bus/kafka_subscriber.h"

#include <mutex>
#include <thread>
#include <utility>

#include "libs/bus/bus_metrics.h"
#include "libs/bus/hand.h"
#include "libs/bus/kafka_intake.h"
#include "libs/bus/record_lanes.h"

namespace paperwire::bus {

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
                      .drain_timeout = options_.drain_timeout},
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
                               .drain_timeout = options_.drain_timeout},
          lanes, hand_, metrics_, clock_, health_);
      const absl::Status retries_opened = retries->Open();
      if (!retries_opened.ok()) return retries_opened;
      retry_thread = std::jthread([&] { retries->Run(ending.get_token()); });
    }

    main.Run(ending.get_token());
    if (retry_thread.joinable()) retry_thread.join();
    const std::lock_guard lock(mutex);
    return first;
  }

 private:
  RecordLanes::Options LaneOptions() const {
    RecordLanes::Options lanes{.service = options_.service,
                               .workers = options_.workers,
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

}  // namespace paperwire::bus
