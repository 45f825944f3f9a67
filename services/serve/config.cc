#include "services/serve/config.h"

#include <string>

#include "libs/http/listen_address.h"

namespace paperwire::serve {

void Config::Declare(config::Settings& settings) {
  kafka.Declare(settings);
  settings.Text(&redis_url, "redis-url", "Redis that holds the window: redis://host:port/db",
                {.secret = true});
  settings.Text(&feed_clock, "feed-clock",
                "what day it is: real, or data (the newest announcement date seen; for replays)",
                {.choices = {"real", "data"}});
  settings.Text(&grpc_listen, "grpc-listen", "address of the gRPC feed");
  settings.Text(
      &operator_listen, "operator-listen",
      "address of the operator's gRPC, loopback only because it asks for no token; empty: "
      "off");
  settings.Text(&http_listen, "http-listen", "address of the page");
  settings.Integer(&http_threads, "http-threads", "threads that answer HTTP", 1, 64);
  settings.Duration(&drain_timeout, "drain-timeout",
                    "how long a stop waits for requests that are being answered",
                    std::chrono::milliseconds(0), std::chrono::minutes(1));
  settings.Duration(&watch_heartbeat, "watch-heartbeat",
                    "how often streams of papers get a heartbeat", std::chrono::milliseconds(100),
                    std::chrono::minutes(5));
  settings.Duration(&watch_stall, "watch-stall",
                    "streams whose reader does not take a message for so long are ended",
                    std::chrono::milliseconds(100), std::chrono::minutes(10));
}

absl::Status Check(const Config& config) {
  if (config.operator_listen.empty()) return absl::OkStatus();
  const auto address = http::ParseListenAddress(config.operator_listen);
  if (!address.ok()) {
    return absl::InvalidArgumentError("--operator-listen: " +
                                      std::string(address.status().message()));
  }
  if (address->host.starts_with("127.") || address->host == "::1") return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--operator-listen: " + config.operator_listen +
      " can be reached from other machines, and operators need no token yet; allowed is loopback, "
      "for example 127.0.0.1:50052");
}

}  // namespace paperwire::serve
