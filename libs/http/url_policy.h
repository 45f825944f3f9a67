#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace paperwire::http {

// The parts of an absolute http or https URL.
struct Url {
  std::string scheme = {};
  // Lower case; IPv6 in brackets.
  std::string host = {};
  int port = 0;

  bool HasDefaultPort() const { return port == (scheme == "https" ? 443 : 80); }
  // "host:port".
  std::string Authority() const { return host + ":" + std::to_string(port); }
  // localhost, 127.0.0.0/8, [::1].
  bool IsLoopback() const;
};

// Errors: InvalidArgument (not a URL, another scheme, or it carries a user name).
absl::StatusOr<Url> ParseUrl(const std::string& url);

// `location` as seen from `base`; both may be anything.
absl::StatusOr<std::string> ResolveUrl(const std::string& base, const std::string& location);

// Whether `url` may be asked. `allowed_hosts` as in FetchRequest, not empty. Errors:
// PermissionDenied.
absl::Status CheckUrl(const Url& url, const std::vector<std::string>& allowed_hosts,
                      bool allow_http);

// Whether `from` may send us to `to`. Errors: PermissionDenied.
absl::Status CheckRedirect(const Url& from, const Url& to,
                           const std::vector<std::string>& allowed_hosts, bool allow_http);

// `url` without its query, which may hold a secret: for messages.
std::string UrlForPeople(std::string_view url);

}  // namespace paperwire::http
