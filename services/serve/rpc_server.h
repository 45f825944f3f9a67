#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace paperwire::serve {

// The gRPC server with its limits, health and reflection. Thread-safe.
class RpcServer {
 public:
  struct Options {
    std::string listen;
    // Where the address comes from.
    std::string setting = "--grpc-listen";
    // Full name of what it serves, for the health service.
    std::string name = "paperwire.v1.FeedService";
  };
  // `service` must outlive it. Health begins as NOT_SERVING. Unavailable: the address is in use, or
  // is none; the message names it and the setting.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(Options options, grpc::Service& service);
  ~RpcServer();

  uint16_t port() const { return port_; }
  // What the health service says, for the whole server and for what it serves.
  void SetServing(bool serving);
  // Health off, no new calls, what runs is finished or cut off after `timeout`.
  void Drain(std::chrono::milliseconds timeout);

  grpc::Server& server() { return *server_; }

 private:
  RpcServer(std::unique_ptr<grpc::Server> server, std::string name, uint16_t port);

  std::unique_ptr<grpc::Server> server_;
  const std::string name_;
  uint16_t port_ = 0;
};

}  // namespace paperwire::serve
