#include "services/serve/rpc_server.h"

#include <mutex>
#include <utility>
#include <vector>

#include "google/protobuf/stubs/logging.h"
#include "grpc/health/v1/health.pb.h"
#include "grpc/support/log.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "libs/telemetry/log.h"
#include "services/serve/requests.h"
#include "services/serve/tls_credentials.h"

namespace paperwire::serve {
namespace {

constexpr int kMaxAnswerBytes = 4 << 20;
constexpr size_t kMaxMemoryBytes = 64u << 20;
constexpr int kMaxThreads = 16;

// What gRPC says by itself is for its own people; what went wrong is in our statuses.
void LogOfLibrary(gpr_log_func_args* line) {
  telemetry::Log(telemetry::Level::kDebug, "grpc", {{"text", line->message}});
}

// Reflection is a switch of the process; this takes it away from one server.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins,
                  [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

void SetLimits(grpc::ServerBuilder& builder, const RpcServer::Options& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxRequestBytes));
  // It would unpack a request whole before it looks at the size: RpcCalls does it, and knows gzip.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetMaxSendMessageSize(kMaxAnswerBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_streams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8 << 10);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                             static_cast<int>(options.idle.count()));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             static_cast<int>(options.connection_age.count()));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             static_cast<int>(options.connection_grace.count()));
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             static_cast<int>(options.handshake_timeout.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30 * 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10 * 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Who pings more often than this is hung up on.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             static_cast<int>(options.min_ping.count()));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  // Otherwise a second server would share the port in silence.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota("paperwire-serve");
  quota.Resize(kMaxMemoryBytes);
  quota.SetMaxThreads(kMaxThreads);
  builder.SetResourceQuota(quota);
}

// A request's text that is not UTF-8, most of all: a caller's fault, and told to the caller.
void LogOfProtobuf(google::protobuf::LogLevel /*level*/, const char* /*file*/, int /*line*/,
                   const std::string& message) {
  telemetry::Log(telemetry::Level::kDebug, "protobuf", {{"text", message}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(Options options,
                                                            grpc::Service& service) {
  // All are switches of the whole process.
  static std::once_flag once;
  std::call_once(once, [] {
    gpr_set_log_function(LogOfLibrary);
    google::protobuf::SetLogHandler(LogOfProtobuf);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
  grpc::ServerBuilder builder;
  SetLimits(builder, options);
  // Reflection describes health only where its messages are linked, as those of ours.
  grpc::health::v1::HealthCheckRequest::descriptor();
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  const std::shared_ptr<grpc::ServerCredentials> credentials =
      options.tls == nullptr ? grpc::InsecureServerCredentials() : TlsCredentials(*options.tls);
  int port = 0;
  if (!options.listen.empty()) {
    builder.AddListeningPort(options.listen, credentials, &port);
  }
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || (!options.listen.empty() && port == 0)) {
    return absl::UnavailableError("cannot listen on " + options.listen +
                                  " for gRPC: it is in use or not an address of this machine (" +
                                  options.setting + ")");
  }
  std::unique_ptr<RpcServer> made(new RpcServer(std::move(server), credentials, std::move(options),
                                                static_cast<uint16_t>(port)));
  made->SetServing(false);
  return made;
}

RpcServer::RpcServer(std::unique_ptr<grpc::Server> server,
                     std::shared_ptr<grpc::ServerCredentials> credentials, Options options,
                     uint16_t port)
    : credentials_(std::move(credentials)),
      server_(std::move(server)),
      options_(std::move(options)),
      port_(port) {}

RpcServer::~RpcServer() { Drain(std::chrono::milliseconds(0)); }

void RpcServer::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  if (health == nullptr) return;
  health->SetServingStatus(serving);
  health->SetServingStatus(options_.name, serving);
}

void RpcServer::Drain(std::chrono::milliseconds timeout) {
  // For good: whoever follows readiness may not have heard of the stop yet.
  if (auto* const health = server_->GetHealthCheckService(); health != nullptr) health->Shutdown();
  if (options_.on_drain != nullptr) options_.on_drain();
  server_->Shutdown(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                 gpr_time_from_millis(timeout.count(), GPR_TIMESPAN)));
}

}  // namespace paperwire::serve
