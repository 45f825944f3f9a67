#include "libs/redis/url.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "absl/status/status.h"

namespace paperwire::redis {
namespace {

constexpr int kMaxPort = 65535;
constexpr int kMaxDb = 1'000'000;

absl::Status Wrong(std::string_view what) {
  return absl::InvalidArgumentError(
      fmt::format("Redis URL: {}; allowed are redis://[user:password@]host:port[/db], rediss://… "
                  "and unix:///path",
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
  const size_t at = rest.substr(0, rest.find('/')).rfind('@');
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

absl::StatusOr<Url> ParseTcp(std::string_view rest, bool tls) {
  Url url;
  url.tls = tls;
  if (auto status = TakeCredentials(rest, url); !status.ok()) return status;
  const size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    const auto db = ParseNumber(rest.substr(slash + 1), 0, kMaxDb);
    if (!db) return Wrong("the database must be a number");
    url.db = *db;
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return Wrong("'[' without ']'");
    url.host = std::string(authority.substr(1, close - 1));
    port = authority.substr(close + 1);
  } else {
    const size_t colon = authority.find(':');
    url.host = std::string(authority.substr(0, colon));
    port = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
  }
  if (url.host.empty()) return Wrong("there is no host");
  if (!port.empty()) {
    const auto number = port[0] == ':' ? ParseNumber(port.substr(1), 1, kMaxPort) : std::nullopt;
    if (!number) return Wrong("the port must be a number from 1 to 65535");
    url.port = *number;
  }
  return url;
}

}  // namespace

std::string Url::Address() const {
  if (!path.empty()) return path;
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

absl::StatusOr<Url> ParseUrl(std::string_view text) {
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return Wrong("there is no scheme");
  const std::string_view scheme = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 3);
  if (scheme == "redis") return ParseTcp(rest, false);
  if (scheme == "rediss") return ParseTcp(rest, true);
  if (scheme == "unix") return ParseUnix(rest);
  return Wrong(fmt::format("the scheme '{}' is not known", scheme));
}

}  // namespace paperwire::redis
