#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

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
  // Numeric; empty: operators are not served.
  std::string operator_listen;
  std::string http_listen = "127.0.0.1:8080";
  int64_t http_threads = 1;
  // Of gRPC, in PEM; empty: plain text.
  std::string tls_cert;
  std::string tls_key;
  // PEM; when set, clients must have a certificate that it signed.
  std::string tls_client_ca;
  // Empty: there are no tokens.
  std::string token_file;
  bool require_read_token = false;
  // The port may be reached unencrypted from other machines; each has its own word for it.
  bool grpc_allow_plaintext = false;
  bool http_allow_plaintext = false;
  // Of one caller on another machine; 0: no limit.
  double requests_per_second = 500;
  int64_t watch_streams = 2000;
  // 0: no limit but the one above.
  int64_t watch_streams_per_caller = 100;
  // Connections are asked to close after the first, and closed after the second, too.
  std::chrono::milliseconds grpc_connection_age{std::chrono::minutes(5)};
  std::chrono::milliseconds grpc_connection_grace{std::chrono::seconds(30)};
  // "remote", "on", "off".
  std::string grpc_gzip = "remote";
  // Of one address on another machine.
  int64_t http_connections_per_caller = 64;
  // Origins that may ask over Connect from a browser ("https://example.org", "*").
  std::vector<std::string> cors_origins;
  std::chrono::milliseconds drain_timeout{5000};
  // Every stream of WatchPapers says something at least so often; one whose reader takes a message
  // for longer than `watch_stall` is ended.
  std::chrono::milliseconds watch_heartbeat{15000};
  std::chrono::milliseconds watch_stall{30000};

  void Declare(config::Settings& settings);
};

// InvalidArgument: an address is none, or can be reached from other machines and is not guarded
// enough, or settings do not go together.
absl::Status Check(const Config& config);

}  // namespace paperwire::serve
