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
  // `feed` and `operations` must outlive it. Health begins as NOT_SERVING. Unavailable: the address
  // is in use, or is none; the message names it.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(const std::string& listen,
                                                          grpc::Service& feed,
                                                          grpc::Service& operations);
  ~RpcServer();

  uint16_t port() const { return port_; }
  // What the health service says, for the whole server and for the feed.
  void SetServing(bool serving);
  // Health off, no new calls, what runs is finished or cut off after `timeout`.
  void Drain(std::chrono::milliseconds timeout);

  grpc::Server& server() { return *server_; }

 private:
  RpcServer(std::unique_ptr<grpc::Server> server, uint16_t port);

  std::unique_ptr<grpc::Server> server_;
  uint16_t port_ = 0;
};

}  // namespace paperwire::serve
