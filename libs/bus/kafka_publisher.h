#pragma once

#include <memory>
#include <string>

#include "libs/bus/kafka_settings.h"
#include "libs/bus/publisher.h"
#include "prometheus/registry.h"

namespace paperwire::bus {

// An idempotent producer (acks=all) that is rebuilt after a fatal error: records without a delivery
// report are sent again, and ids make duplicates harmless. Thread-safe.
class KafkaPublisher final : public Publisher {
 public:
  struct Options {
    // Shown at the broker: "paperwire-summarize".
    std::string client_id;
    std::chrono::milliseconds delivery_timeout{120000};
  };

  KafkaPublisher(const KafkaSettings& settings, Options options, prometheus::Registry& metrics);
  // Flushes for at most five seconds.
  ~KafkaPublisher() override;

  void Publish(Message message, Delivered delivered) override;
  absl::Status Flush(std::chrono::milliseconds timeout) override;

  // Makes the producer fail as a real fatal error does (an out-of-order sequence). For fault tests.
  void FailFatally();

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace paperwire::bus
