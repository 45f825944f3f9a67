#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
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

// A Kafka consumer group member: one thread polls, `workers` threads handle (in the order of each
// key), the committed offset is the lowest still in flight, completion comes from
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
    // Any worker takes any record, and no more are in hand than workers: for handlers that take
    // seconds. Otherwise a key has its worker, and they get records by the hundred.
    bool any_worker = false;
    // Asked before each look at the broker, on the thread that polls, so that it must not block.
    // While it says no nothing new is read or begun; the member keeps its place in the group and
    // stays ready. Null: always open.
    std::function<bool()> gate = nullptr;
    // Whether the process is not ready while a handler answers Unavailable.
    bool pauses_show = true;
    // How often Waiting is found out; zero: never.
    std::chrono::milliseconds ask_waiting{0};
    // A larger record is dead-lettered.
    size_t max_record_bytes = 1u << 20;
    std::vector<RetryStep> retry;
    std::string dead_letter_topic;
    // How long a stop waits for what is in flight; after that, and three seconds after a partition
    // is taken back, it is abandoned (attempt.h).
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

  // Returns once every call of `handler` has: one that waits for long must heed its attempt.
  absl::Status Run(std::stop_token stop, const Handler& handler) override;

  // How many records of the topic, of all its partitions and not of its retry tiers, the group has
  // not committed, as of the last look; -1: not known. Thread-safe.
  int64_t Waiting() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace paperwire::bus
