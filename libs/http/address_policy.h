#pragma once

#include <sys/socket.h>

#include <string>

namespace paperwire::http {

// Whom an address belongs to.
enum class AddressKind {
  kPublic,
  kLoopback,
  // Of this network only: private, link-local, carrier's, multicast, unspecified, reserved.
  kPrivate,
};

// An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as itself. What is neither IPv4
// nor IPv6 is kPrivate.
AddressKind KindOf(const sockaddr& address);

// Of an address as a URL writes it ("10.0.0.1", "[fe80::1]"); kPublic for a name.
AddressKind KindOfHost(const std::string& host);

// "10.0.0.1", "fe80::1".
std::string AddressText(const sockaddr& address);

}  // namespace paperwire::http
