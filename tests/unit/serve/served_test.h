#pragma once

#include <memory>
#include <string>

#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/serve/rpc_server.h"

namespace paperwire::serve {

// A test of a gRPC service on a server of its own, asked in-process through `stub_`. Skipped under
// the thread sanitizer: gRPC's templates run in our code and synchronize in a library that it
// cannot see. What they call is tested without them.
template <typename Service>
class ServedTest : public testing::Test {
 protected:
  virtual grpc::Service& service() = 0;

  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#else
    auto server = RpcServer::Start({.listen = "127.0.0.1:0"}, service());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = Service::NewStub(server_->server().InProcessChannel({}));
#endif
  }
  // The service goes before the members of this class do.
  void TearDown() override {
    stub_.reset();
    server_.reset();
  }

  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<typename Service::Stub> stub_;
};

}  // namespace paperwire::serve
