#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace paperwire::redis {

struct Address {
  std::string host;
  int port = 0;

  // "host:port", an IPv6 address in brackets.
  std::string ToString() const;
  bool operator==(const Address&) const = default;
};

// Where a server is and how to log in, read from a URL:
//   redis://[[user]:password@]host[:port][,host[:port]…][/db]
//   redis+sentinel://[[user]:password@]sentinel[:port][,…]/service[/db]
//   unix://[[user]:password@]/path[?db=N]
// "rediss" for "redis" asks for TLS. Hosts are tried in turn: several nodes of a cluster, or
// several Sentinels. User and password may be percent-encoded; an IPv6 address stands in brackets.
// After "?", joined by "&": ca, cert, key (files, with TLS), sentinel_user, sentinel_password.
struct Url {
  bool tls = false;
  // Empty when `path` is set.
  std::vector<Address> addresses;
  // The master's name that Sentinels are asked for; empty: the addresses are servers.
  std::string service;
  // A unix socket.
  std::string path;
  std::string user;
  std::string password;
  int db = 0;
  std::string sentinel_user;
  std::string sentinel_password;
  // The certificates that are trusted; empty: those of the system.
  std::string ca;
  // Ours, where the server asks for one.
  std::string cert;
  std::string key;

  // The addresses or the path: for messages; never the password.
  std::string Where() const;
  // The same for one server, and for one Sentinel.
  Url At(const Address& address) const;
  Url AtSentinel(const Address& address) const;
};

// InvalidArgument says what is wrong, without repeating the password.
absl::StatusOr<Url> ParseUrl(std::string_view text);

// "host:port" as Redis writes it in a MOVED answer: the port stands behind the last colon. An empty
// host means `here`. Nothing: it is none.
absl::StatusOr<Address> ParseMoved(std::string_view answer, const Address& here);

}  // namespace paperwire::redis
