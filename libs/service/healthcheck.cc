#include "libs/service/healthcheck.h"

#include <cstdio>
#include <string_view>

#include "libs/http/curl_client.h"

namespace paperwire::service {
namespace {

// Who listens on every address is asked on the loopback one.
std::string AddressToAsk(std::string_view listen) {
  for (const std::string_view any : {"0.0.0.0:", "*:", ":"}) {
    if (listen.starts_with(any)) {
      return std::string("127.0.0.1:").append(listen.substr(any.size()));
    }
  }
  constexpr std::string_view kAny6 = "[::]:";
  if (listen.starts_with(kAny6)) return std::string("[::1]:").append(listen.substr(kAny6.size()));
  return std::string(listen);
}

}  // namespace

int Healthcheck(const std::string& metrics_listen) {
  // It asks the address that the operator gave, wherever that is.
  http::CurlClient client({.user_agent = "paperwire-healthcheck", .allow_http = true});
  http::FetchRequest request;
  request.url = "http://" + AddressToAsk(metrics_listen) + "/readyz";
  request.headers = {"Accept: text/plain"};
  request.total_timeout = std::chrono::seconds(3);
  request.connect_timeout = std::chrono::seconds(2);
  request.max_body_bytes = 64u << 10;
  request.max_redirects = 0;
  const absl::StatusOr<http::FetchResponse> response = client.Fetch(request);
  if (!response.ok()) {
    std::fprintf(stderr, "%s: no answer: %s\n", metrics_listen.c_str(),
                 response.status().ToString().c_str());
    return 1;
  }
  std::fputs(response->body.c_str(), stdout);
  return response->status == 200 ? 0 : 1;
}

}  // namespace paperwire::service
