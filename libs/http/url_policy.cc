#include "libs/http/url_policy.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace paperwire::http {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, FreeUrl>;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool IsAllowedHost(const Url& url, const std::vector<std::string>& allowed_hosts) {
  return std::any_of(allowed_hosts.begin(), allowed_hosts.end(), [&url](const std::string& entry) {
    const std::string allowed = Lower(entry);
    return allowed == url.Authority() || (allowed == url.host && url.HasDefaultPort());
  });
}

}  // namespace

bool Url::IsLoopback() const {
  const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host == "[::1]" || (numeric && host.starts_with("127."));
}

absl::StatusOr<Url> ParseUrl(const std::string& url) {
  const absl::Status refused =
      absl::InvalidArgumentError("not an http or https URL: " + UrlForPeople(url));
  const UrlHandle handle(curl_url());
  if (handle == nullptr || curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return refused;
  }
  Url parsed{.scheme = Lower(Part(handle.get(), CURLUPART_SCHEME)),
             .host = Lower(Part(handle.get(), CURLUPART_HOST))};
  if ((parsed.scheme != "http" && parsed.scheme != "https") || parsed.host.empty()) return refused;
  if (!Part(handle.get(), CURLUPART_USER).empty() ||
      !Part(handle.get(), CURLUPART_PASSWORD).empty()) {
    return absl::InvalidArgumentError("a URL must not carry a user name or password");
  }
  parsed.port = std::atoi(Part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT).c_str());
  return parsed;
}

absl::StatusOr<std::string> ResolveUrl(const std::string& base, const std::string& location) {
  const UrlHandle handle(curl_url());
  if (handle == nullptr ||
      curl_url_set(handle.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(handle.get(), CURLUPART_URL, location.c_str(),
                   CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE) != CURLUE_OK) {
    return absl::InvalidArgumentError("redirect to what is not a URL");
  }
  return Part(handle.get(), CURLUPART_URL);
}

absl::Status CheckUrl(const Url& url, const std::vector<std::string>& allowed_hosts,
                      bool allow_http) {
  if (url.scheme == "http" && !allow_http && !url.IsLoopback()) {
    return absl::PermissionDeniedError("http without TLS is for loopback hosts only, not for " +
                                       url.host);
  }
  if (!IsAllowedHost(url, allowed_hosts)) {
    return absl::PermissionDeniedError("host not allowed: " + url.Authority());
  }
  return absl::OkStatus();
}

absl::Status CheckRedirect(const Url& from, const Url& to,
                           const std::vector<std::string>& allowed_hosts, bool allow_http) {
  if (from.scheme == "https" && to.scheme != "https") {
    return absl::PermissionDeniedError("redirect from https to http: " + to.Authority());
  }
  // From http to https on the same host is no other host, though the port differs.
  if (from.host == to.host && from.HasDefaultPort() && to.HasDefaultPort()) {
    return absl::OkStatus();
  }
  return CheckUrl(to, allowed_hosts, allow_http);
}

std::string UrlForPeople(std::string_view url) {
  return std::string(url.substr(0, std::min(url.find_first_of("?#"), url.size())));
}

}  // namespace paperwire::http
