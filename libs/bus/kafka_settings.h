#pragma once

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "libs/config/settings.h"

namespace paperwire::bus {

// How to reach Kafka. One set for every program.
struct KafkaSettings {
  std::string brokers = "127.0.0.1:9092";
  // "plaintext", "ssl", "sasl_plaintext", "sasl_ssl".
  std::string security_protocol = "plaintext";
  std::string ssl_ca;
  std::string ssl_certificate;
  std::string ssl_key;
  std::string ssl_key_password;
  // "SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"; with sasl_* only.
  std::string sasl_mechanism;
  std::string sasl_username;
  std::string sasl_password;
  // How long a dead member keeps its partitions.
  std::chrono::milliseconds session_timeout{15000};

  // Declares --kafka-brokers, --kafka-security-protocol, … on `settings`.
  void Declare(config::Settings& settings);
};

}  // namespace paperwire::bus
