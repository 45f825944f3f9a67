#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/bus/follower.h"
#include "libs/bus/kafka_settings.h"
#include "libs/bus/publisher.h"
#include "libs/clock/clock.h"
#include "libs/telemetry/health.h"
#include "prometheus/registry.h"

namespace paperwire::bus {

// Follows topics as a Kafka consumer group member; the sink's offsets decide where reading begins.
// Offsets are committed to Kafka too, late, so that lag is seen there.
class KafkaFollower final : public Follower {
 public:
  struct Options {
    std::vector<std::string> topics;
    // "paperwire-serve".
    std::string group;
    std::string service;
    size_t max_record_bytes = 1u << 20;
    // Records handed to one Apply.
    size_t max_batch = 64;
    // Rejected records go to <topic><suffix>; empty: they are logged, counted and passed.
    std::string dead_letter_suffix = ".dlq";
  };

  KafkaFollower(const KafkaSettings& settings, Options options, Publisher& publisher,
                const clock::Clock& clock, prometheus::Registry& metrics,
                telemetry::Health& health);
  ~KafkaFollower() override;

  absl::Status Run(std::stop_token stop, FollowerSink& sink) override;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace paperwire::bus
