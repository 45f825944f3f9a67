#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/http/server.h"
#include "libs/telemetry/health.h"
#include "prometheus/registry.h"

namespace paperwire::telemetry {

// The port of a process for those who run it: /metrics (Prometheus' text format, the registry's
// metrics and the process's own), /livez and /readyz (200 or 503 with Health's report).
class OpsServer {
 public:
  // Serves until destroyed; both references must outlive it. Errors as http::Server::Start.
  static absl::StatusOr<std::unique_ptr<OpsServer>> Start(const std::string& listen,
                                                          const prometheus::Registry& metrics,
                                                          const Health& health);

  uint16_t port() const { return server_->port(); }
  void Drain(std::chrono::milliseconds timeout) { server_->Drain(timeout); }

 private:
  explicit OpsServer(std::unique_ptr<http::Server> server) : server_(std::move(server)) {}

  std::unique_ptr<http::Server> server_;
};

}  // namespace paperwire::telemetry
