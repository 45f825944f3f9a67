#include "services/serve/front.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "libs/telemetry/log.h"

namespace paperwire::serve {
namespace {

Gzip GzipOf(const Config& config) {
  if (config.grpc_gzip == "on") return Gzip::kOn;
  return config.grpc_gzip == "off" ? Gzip::kOff : Gzip::kRemote;
}

// Room for calls beside as many streams as one caller may have.
int StreamsOfConnection(const Config& config) {
  constexpr int64_t kCalls = 100;
  constexpr int64_t kLeast = 256;
  const int64_t streams = config.watch_streams_per_caller == 0
                              ? config.watch_streams
                              : std::min(config.watch_streams_per_caller, config.watch_streams);
  return static_cast<int>(std::max(streams + kCalls, kLeast));
}

}  // namespace

Front::Front(const service::Context& context, const Config& config, Access& given_access)
    : access(given_access),
      feed_clock(context.clock, config.feed_clock == "data"),
      requests(context.metrics),
      feed(snapshots, statuses, feed_clock),
      methods(feed),
      watches({.heartbeat = config.watch_heartbeat, .stall = config.watch_stall},
              {.snapshots = snapshots,
               .statuses = statuses,
               .feed = feed,
               .clock = context.clock,
               .slots = access.slots(),
               .registry = context.metrics}),
      feed_service(methods, access.gate(), requests, &watches,
                   {.encrypted = access.tls() != nullptr, .gzip = GzipOf(config)}),
      operator_service(access.gate(), requests, access.tls() != nullptr),
      site(feed, snapshots, statuses, feed_clock, requests),
      connect(methods, access.gate(), requests, config.cors_origins),
      http_face(site, connect, access.gate(), requests),
      http_errors(context.clock) {}

absl::Status Front::Start(const Config& config) {
  RpcServer::Options rpc_options{.listen = config.grpc_listen,
                                 .tls = access.tls(),
                                 .reflection = !config.require_read_token,
                                 .connection_age = config.grpc_connection_age,
                                 .connection_grace = config.grpc_connection_grace,
                                 .max_streams = StreamsOfConnection(config),
                                 .on_drain = [this] { watches.Drain(); }};
  auto rpc_started = RpcServer::Start(rpc_options, feed_service);
  if (!rpc_started.ok()) return rpc_started.status();
  rpc = *std::move(rpc_started);
  if (!config.operator_listen.empty()) {
    rpc_options.listen = config.operator_listen;
    rpc_options.on_drain = nullptr;
    rpc_options.setting = "--operator-listen";
    rpc_options.name = "paperwire.v1.OperatorService";
    rpc_options.reflection = config.token_file.empty();
    auto started = RpcServer::Start(rpc_options, operator_service);
    if (!started.ok()) return started.status();
    operators = *std::move(started);
    telemetry::Log(telemetry::Level::kInfo, "listening for operators",
                   {{"port", static_cast<int>(operators->port())}});
  }
  http::ServerOptions options;
  options.listen = config.http_listen;
  options.threads = static_cast<int>(config.http_threads);
  options.headers = SecurityHeaders();
  options.max_body_bytes = kMaxRequestBytes;
  options.max_connections_per_peer = static_cast<size_t>(config.http_connections_per_caller);
  options.on_error = [this](std::string_view what) { http_errors.Tell(what); };
  options.error_page = [this](int status, std::string_view reason) {
    return site.ErrorPage(status, reason);
  };
  auto http_started = http::Server::Start(std::move(options), [this](const http::Request& request) {
    return http_face.Answer(request);
  });
  if (!http_started.ok()) {
    return absl::UnavailableError(std::string(http_started.status().message()) +
                                  " (--http-listen)");
  }
  http = *std::move(http_started);
  telemetry::Log(telemetry::Level::kInfo, "listening",
                 {{"grpc_port", static_cast<int>(rpc->port())},
                  {"http_port", static_cast<int>(http->port())}});
  return absl::OkStatus();
}

void Front::Drain(std::chrono::milliseconds timeout) {
  const std::jthread http_drain([&] { http->Drain(timeout); });
  const std::jthread operators_drain([&] {
    if (operators != nullptr) operators->Drain(timeout);
  });
  rpc->Drain(timeout);
}

}  // namespace paperwire::serve
