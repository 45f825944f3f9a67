#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/http/client.h"

// What the clients on libcurl share. Internal to libs/http.
namespace paperwire::http {

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeHeaders>;

// What one exchange with one server fills. Stays where it is while libcurl knows it.
struct Exchange {
  FetchResponse response = {};
  size_t max_body_bytes = 0;
  size_t header_bytes = 0;
  // A header line came, an interim answer's (100, 103) included.
  bool answering = false;
  bool body_too_large = false;
  bool headers_too_large = false;
  // Given up for first_byte_timeout.
  bool late = false;
};

// Starts libcurl; once is enough, more does no harm.
void StartCurl();

// The name in front of a header's colon, in lower case.
std::string HeaderName(std::string_view line);

// Errors: InvalidArgument (a method or a header line that is none).
absl::Status CheckRequest(const FetchRequest& request);

// The header lines of `request`; `accept` where it has none of its own.
HeaderList HeadersOf(const FetchRequest& request, const std::string& accept);

// Who asks, through which proxy (empty: none, whatever the environment says), and whom it trusts
// (empty: whom the system trusts).
void ApplyPeer(CURL* curl, const std::string& user_agent, const std::string& proxy,
               const std::string& ca_file);

// URL, method, body and times; `request` and `headers` must outlive the exchange. `left` is what is
// left of the total time-out.
void ApplyRequest(CURL* curl, const FetchRequest& request, const curl_slist* headers,
                  std::chrono::milliseconds left);

// Has libcurl fill `exchange`, within its limits.
void ReceiveInto(CURL* curl, Exchange& exchange);

// What was received, once libcurl says that it is whole; `exchange` loses it.
FetchResponse Whole(CURL* curl, const FetchRequest& request, Exchange& exchange);

// "5s", "250ms".
std::string Spelled(std::chrono::milliseconds duration);

// What became of an exchange, with the limit that it ran into. `left`: as given to ApplyRequest.
absl::Status StatusOf(CURLcode code, CURL* curl, const Exchange& exchange,
                      const FetchRequest& request, std::chrono::milliseconds left);

}  // namespace paperwire::http
