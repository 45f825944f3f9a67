#include "libs/http/exchange.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "libs/http/url_policy.h"

namespace paperwire::http {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMaxHeaderBytes = 64u << 10;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void Append(HeaderList& list, const std::string& line) {
  list.reset(curl_slist_append(list.release(), line.c_str()));
}

// libcurl hands over what is already decompressed, so the cap holds for a compressed bomb too.
size_t OnBody(char* data, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const size_t bytes = size * count;
  if (exchange.response.body.size() + bytes > exchange.max_body_bytes) {
    exchange.body_too_large = true;
    return 0;
  }
  exchange.response.body.append(data, bytes);
  return bytes;
}

size_t OnHeader(char* data, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const size_t bytes = size * count;
  exchange.answering = true;
  exchange.header_bytes += bytes;
  if (exchange.header_bytes > kMaxHeaderBytes) {
    exchange.headers_too_large = true;
    return 0;
  }
  const std::string_view line(data, bytes);
  const size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    // An interim answer (100, 103) came before this one.
    exchange.response.headers.clear();
  } else if (colon != std::string_view::npos) {
    exchange.response.headers[HeaderName(line)] = Trimmed(line.substr(colon + 1));
  }
  return bytes;
}

milliseconds Taken(CURL* curl, CURLINFO info) {
  curl_off_t taken = 0;
  curl_easy_getinfo(curl, info, &taken);
  return std::chrono::ceil<milliseconds>(std::chrono::microseconds(taken));
}

// Which of the limits it was that libcurl calls a time-out.
absl::Status TimeOut(CURL* curl, const FetchRequest& request, milliseconds left,
                     const std::string& what) {
  // Not the time that connecting took: a connection that was kept took none.
  const bool connected = Taken(curl, CURLINFO_PRETRANSFER_TIME_T).count() > 0;
  if (!connected) {
    return absl::UnavailableError(what + ": no connection within " +
                                  Spelled(request.connect_timeout));
  }
  if (Taken(curl, CURLINFO_TOTAL_TIME_T) < left) {
    return absl::DeadlineExceededError(what + ": too slow for too long");
  }
  return absl::DeadlineExceededError(what + ": not whole within " + Spelled(request.total_timeout));
}

}  // namespace

void StartCurl() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(kStarted);
}

std::string HeaderName(std::string_view line) {
  return Lower(Trimmed(line.substr(0, std::min(line.find(':'), line.size()))));
}

absl::Status CheckRequest(const FetchRequest& request) {
  const bool plain_method =
      !request.method.empty() && std::all_of(request.method.begin(), request.method.end(),
                                             [](unsigned char l) { return std::isupper(l) != 0; });
  if (!plain_method) return absl::InvalidArgumentError("not an HTTP method: " + request.method);
  for (const std::string& line : request.headers) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos ||
        line.find(':') == std::string::npos) {
      return absl::InvalidArgumentError("not a header line");
    }
  }
  return absl::OkStatus();
}

HeaderList HeadersOf(const FetchRequest& request, const std::string& accept) {
  HeaderList headers;
  const bool has_accept =
      std::any_of(request.headers.begin(), request.headers.end(),
                  [](const std::string& line) { return HeaderName(line) == "accept"; });
  if (!has_accept) Append(headers, "Accept: " + accept);
  // Without it libcurl waits a second for "100 Continue" before larger bodies.
  Append(headers, "Expect:");
  for (const std::string& line : request.headers) Append(headers, line);
  return headers;
}

void ApplyPeer(CURL* curl, const std::string& user_agent, const std::string& proxy,
               const std::string& ca_file) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, user_agent.c_str());
  // Empty texts switch off what http_proxy, no_proxy and the like say.
  curl_easy_setopt(curl, CURLOPT_PROXY, proxy.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
  // What is meant for the server is not for the proxy, and the proxy's headers are not the
  // server's.
  curl_easy_setopt(curl, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
}

void ApplyRequest(CURL* curl, const FetchRequest& request, const curl_slist* headers,
                  milliseconds left) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(request.connect_timeout, left).count()));
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (!request.body.empty() || request.method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    if (request.method != "GET") {
      curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }
}

void ReceiveInto(CURL* curl, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
}

FetchResponse Whole(CURL* curl, const FetchRequest& request, Exchange& exchange) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<int>(status);
  exchange.response.url = request.url;
  return std::move(exchange.response);
}

std::string Spelled(milliseconds duration) {
  return duration.count() % 1000 == 0 ? std::to_string(duration.count() / 1000) + "s"
                                      : std::to_string(duration.count()) + "ms";
}

absl::Status StatusOf(CURLcode code, CURL* curl, const Exchange& exchange,
                      const FetchRequest& request, milliseconds left) {
  const std::string what = request.method + " " + UrlForPeople(request.url);
  if (exchange.body_too_large) {
    return absl::ResourceExhaustedError(what + ": body over " +
                                        std::to_string(exchange.max_body_bytes) + " bytes");
  }
  if (exchange.headers_too_large) {
    return absl::ResourceExhaustedError(what + ": headers over " + std::to_string(kMaxHeaderBytes) +
                                        " bytes");
  }
  if (exchange.late) {
    return absl::DeadlineExceededError(what + ": no first byte within " +
                                       Spelled(request.first_byte_timeout));
  }
  const std::string message = what + ": " + curl_easy_strerror(code);
  switch (code) {
    case CURLE_OK:
      return absl::OkStatus();
    case CURLE_ABORTED_BY_CALLBACK:
      return absl::CancelledError(what + ": stopped");
    case CURLE_OPERATION_TIMEDOUT:
      return TimeOut(curl, request, left, what);
    case CURLE_URL_MALFORMAT:
      return absl::InvalidArgumentError(message);
    // The URL's protocol was looked at before; this is of the answer.
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return absl::DataLossError(what + ": what answers does not speak HTTP");
    default:
      return absl::UnavailableError(message);
  }
}

}  // namespace paperwire::http
