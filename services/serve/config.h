#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "libs/bus/kafka_settings.h"
#include "libs/config/settings.h"

namespace paperwire::serve {

// The settings of serve; README.md has them as a table.
struct Config {
  bus::KafkaSettings kafka;
  std::string redis_url = "redis://127.0.0.1:6379";
  // "real", "data".
  std::string feed_clock = "real";
  std::string grpc_listen = "127.0.0.1:50051";
  // Numeric, loopback; empty: operators are not served.
  std::string operator_listen;
  std::string http_listen = "127.0.0.1:8080";
  int64_t http_threads = 1;
  std::chrono::milliseconds drain_timeout{5000};
  // Every stream of WatchPapers says something at least so often; one whose reader takes a message
  // for longer than `watch_stall` is ended.
  std::chrono::milliseconds watch_heartbeat{15000};
  std::chrono::milliseconds watch_stall{30000};

  void Declare(config::Settings& settings);
};

// InvalidArgument: `operator_listen` is reachable from beyond the machine, or is no address.
absl::Status Check(const Config& config);

}  // namespace paperwire::serve
