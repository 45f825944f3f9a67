#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"

namespace paperwire::cli {

// Asks one gRPC service. Every call has a deadline. Thread-safe. Errors keep the server's code;
// DeadlineExceeded, and Unavailable, say "no answer from <server>" before what gRPC or the server
// says.
template <typename Service>
class Asker {
 public:
  using Stub = typename Service::Stub;

  Asker(std::string server, std::chrono::milliseconds deadline, const clock::Clock& clock)
      : server_(std::move(server)), deadline_(deadline), clock_(clock) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(64 << 20);
    stub_ = Service::NewStub(
        grpc::CreateCustomChannel(server_, grpc::InsecureChannelCredentials(), arguments));
  }

  // `call` is given the stub, the context and the response to fill.
  template <typename Response, typename Call>
  absl::StatusOr<Response> Ask(const Call& call) {
    grpc::ClientContext context;
    context.set_deadline(clock_.Now() + deadline_);
    Response response;
    const grpc::Status status = call(*stub_, context, response);
    if (status.ok()) {
      return response;
    }
    const auto code = static_cast<absl::StatusCode>(status.error_code());
    if (code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded) {
      return absl::Status(code, "no answer from " + server_ + ": " + status.error_message());
    }
    return absl::Status(code, status.error_message());
  }

 private:
  const std::string server_;
  const std::chrono::milliseconds deadline_;
  const clock::Clock& clock_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace paperwire::cli
