#include "libs/http/listen_address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace paperwire::http {
namespace {

bool IsNumericAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text) {
  const absl::Status refused = absl::InvalidArgumentError(
      "not an address to listen on: \"" + std::string(text) +
      "\"; allowed is ADDRESS:PORT, for example 127.0.0.1:8080 or [::]:8080");
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refused;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);

  ListenAddress address{.host = host == "localhost" ? "127.0.0.1" : std::string(host)};
  const char* const end = port.data() + port.size();
  const auto [rest, error] = std::from_chars(port.data(), end, address.port);
  if (error != std::errc() || rest != end || !IsNumericAddress(address.host)) return refused;
  return address;
}

}  // namespace paperwire::http
