#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace paperwire::http {

// Where a server listens: "127.0.0.1:8080", "[::1]:8080", "localhost:8080", "0.0.0.0:0".
struct ListenAddress {
  // A numeric address.
  std::string host = {};
  uint16_t port = 0;
};

// Errors: InvalidArgument, with what is allowed.
absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace paperwire::http
