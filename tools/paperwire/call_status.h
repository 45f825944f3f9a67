#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <optional>

#include "absl/status/status.h"

namespace paperwire::cli {

// How a call ended: code and message, and the details that came with it (google.rpc) as payloads by
// type URL. A field that only the details name is named in the message too. Details that are not
// well-formed are left out. Pure.
absl::Status CallStatus(const grpc::Status& status);

// The delay of the google.rpc.RetryInfo that came with an error; nullopt: none came. Pure.
std::optional<std::chrono::milliseconds> RetryDelay(const absl::Status& status);

}  // namespace paperwire::cli
