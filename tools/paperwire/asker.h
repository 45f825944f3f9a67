#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"

namespace paperwire::cli {

// Asks one gRPC service. Every call has a deadline. Thread-safe. Errors are the server's own; where
// it did not answer, Unavailable or DeadlineExceeded, which say "no answer from <server>".
template <typename Service>
class Asker {
 public:
  using Stub = typename Service::Stub;

  Asker(std::string server, std::chrono::milliseconds deadline, const clock::Clock& clock)
      : server_(std::move(server)), deadline_(deadline), clock_(clock) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(64 << 20);
    channel_ = grpc::CreateCustomChannel(server_, grpc::InsecureChannelCredentials(), arguments);
    stub_ = Service::NewStub(channel_);
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
    // Over a connection that stands it is the server that says so.
    const bool unreached = code == absl::StatusCode::kUnavailable &&
                           channel_->GetState(/*try_to_connect=*/false) != GRPC_CHANNEL_READY;
    if (unreached || code == absl::StatusCode::kDeadlineExceeded) {
      return absl::Status(code, "no answer from " + server_ + ": " + status.error_message());
    }
    return absl::Status(code, status.error_message());
  }

 private:
  const std::string server_;
  const std::chrono::milliseconds deadline_;
  const clock::Clock& clock_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace paperwire::cli
