#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/access/tls_files.h"

namespace grpc {
class Server;
class ServerCredentials;
class Service;
}  // namespace grpc

namespace paperwire::serve {

// The gRPC server with its limits, health and reflection. Thread-safe.
class RpcServer {
 public:
  struct Options {
    std::string listen = {};
    // Where the address comes from.
    std::string setting = "--grpc-listen";
    // Full name of what it serves, for the health service.
    std::string name = "paperwire.v1.FeedService";
    // Null: plain text. Must outlive the server.
    const access::TlsFiles* tls = nullptr;
    // Whether it says what it serves to whoever asks: it asks for no token.
    bool reflection = true;
    // How old a connection gets, and how long its calls may go on then.
    std::chrono::milliseconds connection_age = std::chrono::minutes(5);
    std::chrono::milliseconds connection_grace = std::chrono::seconds(30);
    // Calls and streams at once on one connection; the client's library lets more wait in silence,
    // so it is above what a caller may have.
    int max_streams = 256;
    // How long a connection may be without a call.
    std::chrono::milliseconds idle = std::chrono::minutes(1);
    // Pings more often than this, without anything said between, are too many.
    std::chrono::milliseconds min_ping = std::chrono::seconds(20);
    // A peer that connects and then says nothing, or nothing that makes sense, is hung up on.
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds(10);
    // Called when a drain begins, before calls are waited for: what ends streams.
    std::function<void()> on_drain = nullptr;
  };
  // `service` must outlive it. Health begins as NOT_SERVING. Unavailable: the address is in use, or
  // is none; the message names it and the setting.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(Options options, grpc::Service& service);
  ~RpcServer();

  uint16_t port() const { return port_; }
  // What the health service says, for the whole server and for what it serves.
  void SetServing(bool serving);
  // Health off, on_drain, no new calls, what runs is finished or cut off after `timeout`.
  void Drain(std::chrono::milliseconds timeout);

  grpc::Server& server() { return *server_; }

 private:
  RpcServer(std::unique_ptr<grpc::Server> server,
            std::shared_ptr<grpc::ServerCredentials> credentials, Options options, uint16_t port);

  // Asked at every handshake; gRPC itself lets go of it.
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  std::unique_ptr<grpc::Server> server_;
  const Options options_;
  uint16_t port_ = 0;
};

}  // namespace paperwire::serve
