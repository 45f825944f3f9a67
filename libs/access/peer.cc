#include "libs/access/peer.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_replace.h"

namespace paperwire::access {
namespace {

// Only the part that an IPv6 site is given whole: whoever has it has all its addresses.
constexpr size_t kNetworkBytes = 8;

Peer Ipv4(const in_addr& address, std::string text) {
  return {.key = std::move(text), .loopback = (ntohl(address.s_addr) >> 24) == 127};
}

Peer Ipv6(in6_addr address) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    in_addr inner{};
    std::copy_n(address.s6_addr + 12, 4, reinterpret_cast<unsigned char*>(&inner.s_addr));
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, &inner, text.data(), text.size());
    return Ipv4(inner, text.data());
  }
  const bool loopback = IN6_IS_ADDR_LOOPBACK(&address);
  if (loopback) return {.key = "::1", .loopback = true};
  std::fill(address.s6_addr + kNetworkBytes, address.s6_addr + sizeof(address.s6_addr), 0);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &address, text.data(), text.size());
  return {.key = std::string(text.data()) + "/64"};
}

}  // namespace

Peer PeerOf(std::string_view text) {
  if (text.starts_with("unix:") || text.starts_with("inproc") || text == "local") {
    return {.key = "local", .loopback = true};
  }
  const bool with_port = text.starts_with("ipv4:") || text.starts_with("ipv6:");
  if (with_port) {
    text.remove_prefix(5);
    text = text.substr(0, text.rfind(':'));
  }
  std::string plain(text);
  in_addr four{};
  // There is one way to write it.
  if (inet_pton(AF_INET, plain.c_str(), &four) == 1) return Ipv4(four, std::move(plain));
  // gRPC escapes what is special in an address of the web.
  std::string host = absl::StrReplaceAll(absl::string_view(text.data(), text.size()),
                                         {{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}});
  host.resize(std::min(host.size(), host.find('%')));
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return Ipv4(four, std::move(host));
  in6_addr six{};
  if (inet_pton(AF_INET6, host.c_str(), &six) == 1) return Ipv6(six);
  return {.key = "unknown"};
}

}  // namespace paperwire::access
