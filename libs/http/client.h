#pragma once

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace paperwire::http {

struct FetchRequest {
  std::string url;
  std::string method = "GET";
  std::string body = {};
  // "Name: value".
  std::vector<std::string> headers = {};
  std::chrono::milliseconds connect_timeout{5000};
  // Of the answer's header, connecting included; zero: the total one only.
  std::chrono::milliseconds first_byte_timeout{0};
  std::chrono::milliseconds total_timeout{60000};
  // Of the decompressed body.
  size_t max_body_bytes = 32u << 20;
  int max_redirects = 3;
  // Hosts that may be asked and redirected to; empty: the host of `url` only. A redirect from https
  // to http is refused.
  std::vector<std::string> allowed_hosts = {};
  // Ends the request within about a second: Cancelled.
  std::stop_token stop = {};
};

struct FetchResponse {
  int status = 0;
  // Lower-case names; the last of a name wins.
  std::map<std::string, std::string> headers;
  std::string body = {};
  // After redirects.
  std::string url;
};

// Asks HTTP servers. Thread-safe.
class Client {
 public:
  virtual ~Client() = default;

  // Any answer of the server, whatever its status, is OK. Errors: Unavailable (no connection,
  // reset, truncated), DeadlineExceeded (time-out), Cancelled (`stop`), ResourceExhausted (body
  // over the cap), DataLoss (an answer that is no HTTP), PermissionDenied (a redirect to a host or
  // scheme that is not allowed), InvalidArgument (URL).
  virtual absl::StatusOr<FetchResponse> Fetch(const FetchRequest& request) = 0;
};

}  // namespace paperwire::http
