#pragma once

#include <string>
#include <string_view>

namespace paperwire::access {

// Where a caller comes from.
struct Peer {
  // Callers of one key are counted as one: "192.0.2.7", "2001:db8:1:2::/64", "local" (a Unix socket
  // or the same process), "unknown".
  std::string key;
  // The caller is on this machine.
  bool loopback = false;
};

// From an address ("192.0.2.7", "::1") or from gRPC's text of a peer ("ipv4:192.0.2.7:4711",
// "ipv6:[2001:db8::1]:4711", "unix:…"). An IPv4 address in IPv6's clothes is the IPv4 address.
Peer PeerOf(std::string_view text);

}  // namespace paperwire::access
