#include "libs/http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "libs/http/exchange.h"
#include "libs/http/url_policy.h"

namespace paperwire::http {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr size_t kMaxIdleHandles = 8;
constexpr long kSlowestBytesPerSecond = 100;

// What an exchange is given up for while libcurl waits.
struct Watch {
  const FetchRequest& request;
  CURL* curl;
  Exchange& exchange;
};

// libcurl asks at least once a second, also while nothing arrives.
int OnProgress(void* user, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*up_total*/,
               curl_off_t /*up_now*/) {
  const auto& watch = *static_cast<Watch*>(user);
  if (watch.request.first_byte_timeout.count() > 0 && !watch.exchange.answering) {
    curl_off_t taken = 0;
    curl_easy_getinfo(watch.curl, CURLINFO_TOTAL_TIME_T, &taken);
    watch.exchange.late = microseconds(taken) >= watch.request.first_byte_timeout;
  }
  return watch.exchange.late || watch.request.stop.stop_requested() ? 1 : 0;
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

}  // namespace

struct CurlClient::Handle {
  CURL* curl = curl_easy_init();

  Handle() = default;
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void Apply(const Options& options) {
    ApplyPeer(curl, options.user_agent, options.proxy, options.ca_file);
    if (options.stall_timeout.count() > 0) {
      curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerSecond);
      curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
                       static_cast<long>(options.stall_timeout.count()));
    }
  }

  // One request and its answer; `left` loses the time it took.
  absl::StatusOr<FetchResponse> Perform(const Options& options, const FetchRequest& request,
                                        milliseconds& left) {
    if (left.count() <= 0) {
      return absl::DeadlineExceededError(request.method + " " + UrlForPeople(request.url) +
                                         ": no time left");
    }
    const HeaderList headers = HeadersOf(request, options.accept);
    Exchange exchange{.max_body_bytes = request.max_body_bytes};
    curl_easy_reset(curl);
    Apply(options);
    ApplyRequest(curl, request, headers.get(), left);
    ReceiveInto(curl, exchange);
    Watch watch{.request = request, .curl = curl, .exchange = exchange};
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &OnProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &watch);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    const CURLcode code = curl_easy_perform(curl);

    const absl::Status status = StatusOf(code, curl, exchange, request, left);
    curl_off_t taken = 0;
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &taken);
    left -= std::chrono::ceil<milliseconds>(microseconds(taken));
    if (!status.ok()) return status;
    return Whole(curl, request, exchange);
  }
};

CurlClient::CurlClient(Options options) : options_(std::move(options)) { StartCurl(); }

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
