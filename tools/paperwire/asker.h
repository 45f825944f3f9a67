#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "tools/paperwire/call_status.h"
#include "tools/paperwire/connection.h"

namespace paperwire::cli {

// Asks one gRPC service. Every call has a deadline. Thread-safe. Errors are the server's own, or
// those of Connection; where
// it did not answer, Unavailable or DeadlineExceeded, which say "no answer from <server>". `server`
// may name several addresses, by commas.
template <typename Service>
class Asker {
 public:
  using Stub = typename Service::Stub;

  Asker(std::string server, const ConnectionSettings& connection,
        std::chrono::milliseconds deadline)
      : server_(std::move(server)),
        deadline_(deadline),
        connection_(Connection::Open(server_, connection)) {}

  const absl::StatusOr<Connection>& connection() const { return connection_; }

  // Calls `method`. When a server cannot be reached, or cannot answer now, the next one is asked.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Request& request,
                               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                            Response*)) {
    if (!connection_.ok()) return connection_.status();
    absl::Status failure;
    for (const auto& channel : connection_->channels()) {
      grpc::ClientContext context;
      failure = connection_->Authorize(context);
      if (!failure.ok()) return failure;
      // A span of time: gRPC counts it from its own now.
      context.set_deadline(gpr_time_from_millis(deadline_.count(), GPR_TIMESPAN));
      Response response;
      failure = CallStatus(((*Service::NewStub(channel)).*method)(&context, request, &response));
      if (failure.ok()) return response;
      const bool later = absl::IsUnavailable(failure);
      // Over a connection that stands it is the server that says so.
      const bool unreached =
          later && channel->GetState(/*try_to_connect=*/false) != GRPC_CHANNEL_READY;
      if (unreached || absl::IsDeadlineExceeded(failure)) {
        failure = absl::Status(failure.code(),
                               "no answer from " + server_ + ": " + std::string(failure.message()));
      }
      if (!later) break;
    }
    return failure;
  }

 private:
  const std::string server_;
  const std::chrono::milliseconds deadline_;
  const absl::StatusOr<Connection> connection_;
};

}  // namespace paperwire::cli
