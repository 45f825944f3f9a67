#include "libs/http/address_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace paperwire::http {
namespace {

struct Block {
  uint32_t first;
  int bits;
};

// The registry's IPv4 blocks that the public network does not route, loopback aside.
constexpr std::array<Block, 14> kNotPublic = {{
    {0x00000000, 8},   // this host
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // carrier's
    {0xA9FE0000, 16},  // link-local
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0586300, 24},  // 6to4 relays
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarks
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved
}};

AddressKind KindOf4(uint32_t address) {
  if (address >> 24 == 127) return AddressKind::kLoopback;
  for (const Block& block : kNotPublic) {
    if ((address ^ block.first) >> (32 - block.bits) == 0) return AddressKind::kPrivate;
  }
  return AddressKind::kPublic;
}

AddressKind KindOf6(const std::array<uint8_t, 16>& bytes) {
  const auto starts = [&bytes](std::initializer_list<uint8_t> prefix) {
    return std::memcmp(bytes.data(), std::data(prefix), prefix.size()) == 0;
  };
  const auto embedded = [&bytes](size_t at) {
    return KindOf4(static_cast<uint32_t>(bytes[at]) << 24 |
                   static_cast<uint32_t>(bytes[at + 1]) << 16 |
                   static_cast<uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3]);
  };
  if (starts({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})) return AddressKind::kLoopback;
  if (starts({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) return embedded(12);
  if (starts({0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) return embedded(12);
  if (starts({0x20, 0x02})) return embedded(2);
  // All that is routed is in 2000::/3; of it the documentation's block is not.
  const bool global = (bytes[0] & 0xE0) == 0x20 && !starts({0x20, 0x01, 0x0D, 0xB8});
  return global ? AddressKind::kPublic : AddressKind::kPrivate;
}

}  // namespace

AddressKind KindOf(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in ip4{};
    std::memcpy(&ip4, &address, sizeof(ip4));
    return KindOf4(ntohl(ip4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 ip6{};
    std::memcpy(&ip6, &address, sizeof(ip6));
    std::array<uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &ip6.sin6_addr, bytes.size());
    return KindOf6(bytes);
  }
  return AddressKind::kPrivate;
}

AddressKind KindOfHost(const std::string& host) {
  in_addr ip4{};
  if (inet_pton(AF_INET, host.c_str(), &ip4) == 1) return KindOf4(ntohl(ip4.s_addr));
  if (host.size() < 2 || host.front() != '[') return AddressKind::kPublic;
  const std::string inside = host.substr(1, host.find_first_of("]%") - 1);
  std::array<uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, inside.c_str(), bytes.data()) != 1) return AddressKind::kPrivate;
  return KindOf6(bytes);
}

std::string AddressText(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.sa_family == AF_INET) {
    sockaddr_in ip4{};
    std::memcpy(&ip4, &address, sizeof(ip4));
    inet_ntop(AF_INET, &ip4.sin_addr, text.data(), text.size());
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 ip6{};
    std::memcpy(&ip6, &address, sizeof(ip6));
    inet_ntop(AF_INET6, &ip6.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

}  // namespace paperwire::http
