#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace paperwire::redis {

// Where a server is and how to log in, read from a URL:
//   redis://[[user]:password@]host[:port][/db]     rediss:// likewise, with TLS
//   unix://[[user]:password@]/path[?db=N]
// User and password may be percent-encoded; an IPv6 address stands in brackets.
struct Url {
  bool tls = false;
  // Empty when `path` is set.
  std::string host;
  int port = 6379;
  // A unix socket.
  std::string path;
  std::string user;
  std::string password;
  int db = 0;

  // "host:port" or the path: for messages; never the password.
  std::string Address() const;
};

// InvalidArgument says what is wrong, without repeating the password.
absl::StatusOr<Url> ParseUrl(std::string_view text);

}  // namespace paperwire::redis
