#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/bus/crash_markers.h"
#include "libs/bus/kafka_settings.h"
#include "libs/bus/publisher.h"
#include "libs/bus/subscriber.h"
#include "libs/clock/clock.h"
#include "libs/telemetry/health.h"
#include "prometheus/registry.h"

namespace paperwire::bus {

struct RetryStep {
  std::string topic;
  std::chrono::milliseconds delay;
};

// A Kafka consumer group member: one thread polls, `workers` threads handle (lane by key, so order
// within a key is kept), the committed offset is the lowest still in flight, completion comes from
// delivery reports. Eager `range` assignment, single-message poll, no automatic commit. A second
// consumer (group + "-retry") reads the retry topics and waits until each record is due.
class KafkaSubscriber final : public Subscriber {
 public:
  struct Options {
    std::string topic;
    // "paperwire-summarize".
    std::string group;
    // For x-service and metric names: "summarize".
    std::string service;
    int workers = 1;
    // A larger record is dead-lettered.
    size_t max_record_bytes = 1u << 20;
    std::vector<RetryStep> retry;
    std::string dead_letter_topic;
    // How long a drain waits for what is in flight.
    std::chrono::milliseconds drain_timeout{20000};
    // First pause and longest pause while a dependency is down.
    std::chrono::milliseconds pause_min{200};
    std::chrono::milliseconds pause_max{10000};
  };

  // Everything referred to must outlive the subscriber. `markers` may be null: no crash rule.
  KafkaSubscriber(const KafkaSettings& settings, Options options, Publisher& publisher,
                  CrashMarkers* markers, const clock::Clock& clock, prometheus::Registry& metrics,
                  telemetry::Health& health);
  ~KafkaSubscriber() override;

  absl::Status Run(std::stop_token stop, const Handler& handler) override;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace paperwire::bus
