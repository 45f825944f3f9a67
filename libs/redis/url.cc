#include "libs/redis/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"

namespace paperwire::redis {
namespace {

constexpr int kPort = 6379;
constexpr int kSentinelPort = 26379;
constexpr int kMaxPort = 65535;
constexpr int kMaxDb = 1'000'000;

absl::Status Wrong(std::string_view what) {
  return absl::InvalidArgumentError(
      fmt::format("Redis URL: {}; allowed are redis://[user:password@]host:port[,host:port][/db], "
                  "redis+sentinel://host:port[,host:port]/service[/db], rediss:// and "
                  "rediss+sentinel:// likewise, and unix:///path",
                  what));
}

std::optional<int> ParseNumber(std::string_view text, int smallest, int largest) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number < smallest || number > largest) return std::nullopt;
  return number;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    int byte = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const char* begin = text.data() + i + 1;
    const auto [end, error] = std::from_chars(begin, begin + 2, byte, 16);
    if (error != std::errc() || end != begin + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

// Takes "user:password@" off the front of `rest`.
absl::Status TakeCredentials(std::string_view& rest, Url& url) {
  const size_t at = rest.substr(0, rest.find_first_of("/?")).rfind('@');
  if (at == std::string_view::npos) return absl::OkStatus();
  const std::string_view credentials = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const size_t colon = credentials.find(':');
  if (colon == std::string_view::npos) return Wrong("a user without a password");
  auto user = PercentDecode(credentials.substr(0, colon));
  auto password = PercentDecode(credentials.substr(colon + 1));
  if (!user || !password) return Wrong("bad percent-encoding in user or password");
  url.user = std::move(*user);
  url.password = std::move(*password);
  return absl::OkStatus();
}

// Takes "?name=value&name=value" off the end of `rest`.
absl::Status TakeParameters(std::string_view& rest, Url& url) {
  const size_t question = rest.find('?');
  if (question == std::string_view::npos) return absl::OkStatus();
  std::string_view query = rest.substr(question + 1);
  rest = rest.substr(0, question);
  const std::map<std::string_view, std::string*> texts = {
      {"ca", &url.ca},
      {"cert", &url.cert},
      {"key", &url.key},
      {"sentinel_user", &url.sentinel_user},
      {"sentinel_password", &url.sentinel_password}};
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    const auto value = PercentDecode(pair.substr(std::min(pair.size(), name.size() + 1)));
    if (!value) return Wrong("bad percent-encoding after '?'");
    const auto text = texts.find(name);
    if (text == texts.end()) return Wrong(fmt::format("'{}' after '?' is not known", name));
    *text->second = *value;
  }
  return absl::OkStatus();
}

absl::StatusOr<Url> ParseUnix(std::string_view rest) {
  Url url;
  if (auto status = TakeCredentials(rest, url); !status.ok()) return status;
  const size_t question = rest.find('?');
  url.path = std::string(rest.substr(0, question));
  if (url.path.size() < 2 || url.path[0] != '/') return Wrong("a socket path must be absolute");
  if (question != std::string_view::npos) {
    const std::string_view query = rest.substr(question + 1);
    const auto db =
        query.starts_with("db=") ? ParseNumber(query.substr(3), 0, kMaxDb) : std::nullopt;
    if (!db) return Wrong("after '?' only db=N is known");
    url.db = *db;
  }
  return url;
}

absl::StatusOr<Address> ParseAddress(std::string_view text, int default_port) {
  Address address{.host = {}, .port = default_port};
  std::string_view port;
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return Wrong("'[' without ']'");
    address.host = std::string(text.substr(1, close - 1));
    port = text.substr(close + 1);
  } else {
    const size_t colon = text.find(':');
    address.host = std::string(text.substr(0, colon));
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (address.host.empty()) return Wrong("there is no host");
  if (!port.empty()) {
    const auto number = port[0] == ':' ? ParseNumber(port.substr(1), 1, kMaxPort) : std::nullopt;
    if (!number) return Wrong("the port must be a number from 1 to 65535");
    address.port = *number;
  }
  return address;
}

// "host:port,host:port" and, behind a slash each, the service and the database.
absl::StatusOr<Url> ParseTcp(std::string_view rest, bool tls, bool sentinel) {
  Url url;
  url.tls = tls;
  if (auto status = TakeCredentials(rest, url); !status.ok()) return status;
  if (auto status = TakeParameters(rest, url); !status.ok()) return status;
  const size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  rest.remove_prefix(std::min(rest.size(), authority.size() + 1));
  while (true) {
    const size_t comma = authority.find(',');
    auto address = ParseAddress(authority.substr(0, comma), sentinel ? kSentinelPort : kPort);
    if (!address.ok()) return address.status();
    url.addresses.push_back(*std::move(address));
    if (comma == std::string_view::npos) break;
    authority.remove_prefix(comma + 1);
  }
  if (sentinel) {
    const std::string_view service = rest.substr(0, rest.find('/'));
    const auto decoded = PercentDecode(service);
    if (!decoded || decoded->empty()) {
      return Wrong("after the Sentinels' addresses the master's name is missing, as in /mymaster");
    }
    url.service = *decoded;
    rest.remove_prefix(std::min(rest.size(), service.size() + 1));
  } else if (!url.sentinel_user.empty() || !url.sentinel_password.empty()) {
    return Wrong("a password for Sentinels and no Sentinel");
  }
  if (!rest.empty()) {
    const auto db = ParseNumber(rest, 0, kMaxDb);
    if (!db) return Wrong("the database must be a number");
    url.db = *db;
  }
  if (!tls && !(url.ca + url.cert + url.key).empty()) {
    return Wrong("ca, cert and key are for rediss://");
  }
  if (url.cert.empty() != url.key.empty()) return Wrong("cert and key belong together");
  return url;
}

}  // namespace

std::string Address::ToString() const {
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string Url::Where() const {
  if (!path.empty()) return path;
  std::string text;
  for (const Address& address : addresses) {
    if (!text.empty()) text += ',';
    text += address.ToString();
  }
  return text;
}

Url Url::At(const Address& address) const {
  Url url = *this;
  url.addresses = {address};
  url.service.clear();
  return url;
}

Url Url::AtSentinel(const Address& address) const {
  Url url = At(address);
  url.user = sentinel_user;
  url.password = sentinel_password;
  url.db = 0;
  return url;
}

absl::StatusOr<Address> ParseMoved(std::string_view answer, const Address& here) {
  const std::string_view text = answer.substr(answer.rfind(' ') + 1);
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return absl::InvalidArgumentError("no address");
  const auto port = ParseNumber(text.substr(colon + 1), 1, kMaxPort);
  if (!port) return absl::InvalidArgumentError("no port");
  const std::string_view host = text.substr(0, colon);
  return Address{.host = host.empty() || host == "?" ? here.host : std::string(host),
                 .port = *port};
}

absl::StatusOr<Url> ParseUrl(std::string_view text) {
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return Wrong("there is no scheme");
  const std::string_view scheme = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 3);
  if (scheme == "redis") return ParseTcp(rest, false, false);
  if (scheme == "rediss") return ParseTcp(rest, true, false);
  if (scheme == "redis+sentinel") return ParseTcp(rest, false, true);
  if (scheme == "rediss+sentinel") return ParseTcp(rest, true, true);
  if (scheme == "unix") return ParseUnix(rest);
  return Wrong(fmt::format("the scheme '{}' is not known", scheme));
}

}  // namespace paperwire::redis
