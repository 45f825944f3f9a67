#include "services/serve/config.h"

#include <string>
#include <utility>

#include "fmt/format.h"
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
  settings.Text(&operator_listen, "operator-listen",
                "address of the operator's gRPC; beyond loopback only with TLS and tokens; empty: "
                "off");
  settings.Text(&http_listen, "http-listen", "address of the page");
  settings.Integer(&http_threads, "http-threads", "threads that answer HTTP", 1, 64);
  settings.Text(&tls_cert, "tls-cert", "PEM file of the server's certificate; empty: plain text");
  settings.Text(&tls_key, "tls-key", "PEM file of its key");
  settings.Text(&tls_client_ca, "tls-client-ca",
                "PEM file of the CA that clients' certificates must come from; empty: none needed");
  settings.Text(&token_file, "token-file",
                "file of hashed tokens, as `paperwire token new` prints them; empty: no tokens");
  settings.Flag(&require_read_token, "require-read-token",
                "readers need a token too, with the scope read");
  settings.Flag(&grpc_allow_plaintext, "grpc-allow-plaintext",
                "--grpc-listen may be reached unencrypted from other machines");
  settings.Flag(&http_allow_plaintext, "http-allow-plaintext",
                "--http-listen may be reached unencrypted from other machines");
  settings.Real(&requests_per_second, "requests-per-second",
                "of one token or address on another machine, on average; 0: no limit", 0, 1e6);
  settings.Integer(&watch_streams, "watch-streams", "streams that may be open in total", 0, 100000);
  settings.Integer(&watch_streams_per_caller, "watch-streams-per-caller",
                   "of those for one token or address on another machine; 0: no limit", 0, 100000);
  settings.Duration(&grpc_connection_age, "grpc-connection-age",
                    "how old a gRPC connection gets before the client is asked to make a new one",
                    std::chrono::seconds(1), std::chrono::hours(24));
  settings.Duration(&grpc_connection_grace, "grpc-connection-grace",
                    "how long its calls may go on after that", std::chrono::milliseconds(0),
                    std::chrono::hours(1));
  settings.Text(&grpc_gzip, "grpc-gzip",
                "compress answers of 1 KiB and more for clients that take gzip: on other machines "
                "(remote), everywhere (on), or not (off)",
                {.choices = {"remote", "on", "off"}});
  settings.Integer(&http_connections_per_caller, "http-connections-per-caller",
                   "HTTP connections of one address on another machine", 1, 100000);
  settings.List(&cors_origins, "cors-origins",
                "origins whose pages may call the feed from a browser, or *; empty: none");
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

namespace {

absl::Status CheckTls(const Config& config) {
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    return absl::InvalidArgumentError("--tls-cert and --tls-key: one is set without the other");
  }
  if (!config.tls_client_ca.empty() && config.tls_cert.empty()) {
    return absl::InvalidArgumentError("--tls-client-ca: needs --tls-cert and --tls-key");
  }
  if (config.require_read_token && config.token_file.empty()) {
    return absl::InvalidArgumentError("--require-read-token: needs --token-file");
  }
  return absl::OkStatus();
}

// Names are taken where they are resolved: by gRPC alone.
absl::Status CheckAddress(const char* setting, const std::string& listen, bool grpc) {
  if (grpc && listen.starts_with("unix:")) return absl::OkStatus();
  const absl::Status parsed = http::ParseListenAddress(listen).status();
  const size_t colon = listen.rfind(':');
  const bool name = grpc && colon != std::string::npos && colon > 0 && listen[colon - 1] != ':' &&
                    http::ParseListenAddress("[::]" + listen.substr(colon)).ok();
  if (parsed.ok() || name) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(setting) + ": " + std::string(parsed.message()));
}

bool IsLocal(const std::string& listen) {
  if (listen.starts_with("unix:")) return true;
  const auto address = http::ParseListenAddress(listen);
  return address.ok() && (address->host.starts_with("127.") || address->host == "::1");
}

absl::Status CheckOperators(const Config& config) {
  if (config.operator_listen.empty()) return absl::OkStatus();
  if (absl::Status address = CheckAddress("--operator-listen", config.operator_listen, false);
      !address.ok()) {
    return address;
  }
  if (IsLocal(config.operator_listen)) return absl::OkStatus();
  if (!config.tls_cert.empty() && !config.token_file.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("--operator-listen: {} can be reached from other machines; that needs TLS "
                  "(--tls-cert, --tls-key) and tokens (--token-file)",
                  config.operator_listen));
}

}  // namespace

absl::Status Check(const Config& config) {
  absl::Status status = CheckTls(config);
  status.Update(CheckAddress("--grpc-listen", config.grpc_listen, true));
  status.Update(CheckAddress("--http-listen", config.http_listen, false));
  if (!status.ok()) return status;
  if (!config.grpc_allow_plaintext && config.tls_cert.empty() && !IsLocal(config.grpc_listen)) {
    return absl::InvalidArgumentError(fmt::format(
        "--grpc-listen: {} can be reached from other machines, unencrypted; set --tls-cert and "
        "--tls-key, or --grpc-allow-plaintext where something else guards it",
        config.grpc_listen));
  }
  if (!config.http_allow_plaintext && !IsLocal(config.http_listen)) {
    return absl::InvalidArgumentError(fmt::format(
        "--http-listen: {} can be reached from other machines, unencrypted; put a proxy that ends "
        "TLS in front of it, and set --http-allow-plaintext where that is on another machine",
        config.http_listen));
  }
  // Who has no certificate would be shut out at one door and let in at the other.
  if (!config.tls_client_ca.empty() && !config.require_read_token && !IsLocal(config.http_listen)) {
    return absl::InvalidArgumentError(fmt::format(
        "--tls-client-ca: guards gRPC alone, and --http-listen {} offers the same cards to other "
        "machines; listen on this machine, or set --require-read-token",
        config.http_listen));
  }
  return CheckOperators(config);
}

}  // namespace paperwire::serve
