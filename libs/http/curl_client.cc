#include "libs/http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "libs/http/url_policy.h"

namespace paperwire::http {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr size_t kMaxHeaderBytes = 64u << 10;
constexpr size_t kMaxIdleHandles = 8;
constexpr long kSlowestBytesPerSecond = 100;

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

std::string HeaderName(std::string_view line) {
  return Lower(Trimmed(line.substr(0, std::min(line.find(':'), line.size()))));
}

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeHeaders>;

void Append(HeaderList& list, const std::string& line) {
  list.reset(curl_slist_append(list.release(), line.c_str()));
}

// What one exchange with one server fills.
struct Exchange {
  FetchResponse response;
  size_t max_body_bytes = 0;
  size_t header_bytes = 0;
  bool body_too_large = false;
  bool headers_too_large = false;
};

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

// libcurl asks at least once a second, also while nothing arrives.
int OnProgress(void* stop, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*up_total*/,
               curl_off_t /*up_now*/) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

absl::Status ToStatus(CURLcode code, const Exchange& exchange, const std::string& what) {
  if (exchange.body_too_large) {
    return absl::ResourceExhaustedError(what + ": body over " +
                                        std::to_string(exchange.max_body_bytes) + " bytes");
  }
  if (exchange.headers_too_large) return absl::ResourceExhaustedError(what + ": too many headers");
  const std::string message = what + ": " + curl_easy_strerror(code);
  switch (code) {
    case CURLE_OK:
      return absl::OkStatus();
    case CURLE_ABORTED_BY_CALLBACK:
      return absl::CancelledError(what + ": stopped");
    case CURLE_OPERATION_TIMEDOUT:
      return absl::DeadlineExceededError(message);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return absl::InvalidArgumentError(message);
    default:
      return absl::UnavailableError(message);
  }
}

bool IsRedirect(const FetchResponse& response) {
  static constexpr std::array kStatuses = {301, 302, 303, 307, 308};
  return std::find(kStatuses.begin(), kStatuses.end(), response.status) != kStatuses.end() &&
         response.headers.contains("location");
}

// What is asked at the next hop: as browsers do, 303 always and 301, 302 after POST become GET.
void FollowMethod(int status, FetchRequest& request) {
  const bool becomes_get = (status == 303 && request.method != "HEAD") ||
                           ((status == 301 || status == 302) && request.method == "POST");
  if (!becomes_get) return;
  request.method = "GET";
  request.body.clear();
  std::erase_if(request.headers,
                [](const std::string& line) { return HeaderName(line).starts_with("content-"); });
}

void DropCredentials(FetchRequest& request) {
  std::erase_if(request.headers, [](const std::string& line) {
    const std::string name = HeaderName(line);
    return name == "authorization" || name == "cookie" || name == "proxy-authorization" ||
           name.ends_with("api-key");
  });
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

}  // namespace

struct CurlClient::Handle {
  CURL* curl = curl_easy_init();

  Handle() = default;
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void Apply(const Options& options) {
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, options.user_agent.c_str());
    // An empty text switches off what http_proxy and the like say.
    curl_easy_setopt(curl, CURLOPT_PROXY, options.proxy.c_str());
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    if (!options.ca_file.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    }
    if (options.stall_timeout.count() > 0) {
      curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerSecond);
      curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
                       static_cast<long>(options.stall_timeout.count()));
    }
  }

  void Apply(const FetchRequest& request, const curl_slist* headers, milliseconds left) {
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

  // One request and its answer; `left` loses the time it took.
  absl::StatusOr<FetchResponse> Perform(const Options& options, const FetchRequest& request,
                                        milliseconds& left) {
    const std::string what = request.method + " " + UrlForPeople(request.url);
    if (left.count() <= 0) return absl::DeadlineExceededError(what + ": no time left");
    HeaderList headers;
    const bool has_accept =
        std::any_of(request.headers.begin(), request.headers.end(),
                    [](const std::string& line) { return HeaderName(line) == "accept"; });
    if (!has_accept) Append(headers, "Accept: " + options.accept);
    // Without it libcurl waits a second for "100 Continue" before larger bodies.
    Append(headers, "Expect:");
    for (const std::string& line : request.headers) Append(headers, line);

    Exchange exchange{.response = {}, .max_body_bytes = request.max_body_bytes};
    curl_easy_reset(curl);
    Apply(options);
    Apply(request, headers.get(), left);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &OnBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &OnHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &OnProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &request.stop);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    const CURLcode code = curl_easy_perform(curl);

    curl_off_t taken = 0;
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &taken);
    left -= std::chrono::ceil<milliseconds>(microseconds(taken));
    if (const absl::Status status = ToStatus(code, exchange, what); !status.ok()) return status;
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    exchange.response.status = static_cast<int>(status);
    exchange.response.url = request.url;
    return std::move(exchange.response);
  }
};

CurlClient::CurlClient(Options options) : options_(std::move(options)) {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(kStarted);
}

CurlClient::~CurlClient() = default;

std::unique_ptr<CurlClient::Handle> CurlClient::TakeHandle() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Handle>();
  std::unique_ptr<Handle> handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void CurlClient::GiveBack(std::unique_ptr<Handle> handle) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdleHandles) idle_.push_back(std::move(handle));
}

absl::StatusOr<FetchResponse> CurlClient::Fetch(const FetchRequest& request) {
  if (const absl::Status status = CheckRequest(request); !status.ok()) return status;
  absl::StatusOr<Url> url = ParseUrl(request.url);
  if (!url.ok()) return url.status();
  std::vector<std::string> allowed = request.allowed_hosts;
  if (allowed.empty()) allowed.push_back(url->Authority());
  if (const absl::Status status = CheckUrl(*url, allowed, options_.allow_http); !status.ok()) {
    return status;
  }

  std::unique_ptr<Handle> handle = TakeHandle();
  if (handle->curl == nullptr) return absl::UnavailableError("libcurl cannot start");
  FetchRequest hop = request;
  milliseconds left = request.total_timeout;
  for (int redirects = 0;; ++redirects) {
    absl::StatusOr<FetchResponse> response = handle->Perform(options_, hop, left);
    const bool last = !response.ok() || !IsRedirect(*response) || request.max_redirects == 0;
    if (last) {
      GiveBack(std::move(handle));
      return response;
    }
    if (redirects == request.max_redirects) {
      return absl::UnavailableError(UrlForPeople(request.url) + ": more than " +
                                    std::to_string(request.max_redirects) + " redirects");
    }
    const absl::StatusOr<std::string> next = ResolveUrl(hop.url, response->headers["location"]);
    if (!next.ok()) return absl::PermissionDeniedError("redirect to what is not a URL");
    const absl::StatusOr<Url> target = ParseUrl(*next);
    if (!target.ok()) return absl::PermissionDeniedError("redirect to what is no web address");
    const absl::Status allowed_hop = CheckRedirect(*url, *target, allowed, options_.allow_http);
    if (!allowed_hop.ok()) return allowed_hop;
    if (target->Authority() != url->Authority()) DropCredentials(hop);
    FollowMethod(response->status, hop);
    hop.url = *next;
    url = *target;
  }
}

}  // namespace paperwire::http
