#include "tests/support/arxiv/front.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "libs/http/request_target.h"
#include "tests/support/arxiv/taxonomy.h"
#include "tests/support/gzip.h"

namespace paperwire::arxiv {
namespace {

std::string_view EndpointOf(std::string_view path) {
  if (path.starts_with("/rss/")) return "rss";
  if (path.starts_with("/atom/")) return "atom";
  if (path == "/oai" || path == "/oai2") return "oai";
  if (path.starts_with("/catchup/")) return "catchup";
  if (path.starts_with("/list/")) return "list";
  if (path == "/api/query") return "query";
  return "other";
}

std::string Header(const http::Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

// All that tells which category a request is about; sets as categories too.
std::string CategoriesOf(const http::Request& request) {
  std::string text = request.path;
  http::Request original;
  http::ParseTarget("/?" + std::string(request.Parameter("resumptionToken")), original);
  for (const auto& parameters : {request.query, original.query}) {
    for (const auto& [name, value] : parameters) {
      text += " " + value;
      const size_t colon = value.rfind(':');
      if (name != "set" || colon == std::string::npos) continue;
      const size_t archive = value.rfind(':', colon - 1);
      if (archive == std::string::npos) continue;
      text += fmt::format(" {}.{}", value.substr(archive + 1, colon - archive - 1),
                          value.substr(colon + 1));
    }
  }
  return text;
}

bool IsLaterPage(const http::Request& request) {
  if (!request.Parameter("resumptionToken").empty()) return true;
  for (const char* name : {"start", "skip"}) {
    const std::string_view value = request.Parameter(name);
    if (!value.empty() && value != "0") return true;
  }
  const std::string_view page = request.Parameter("page");
  return !page.empty() && page != "1";
}

constexpr std::string_view kDenied =
    "<!DOCTYPE html>\n<html>\n<head><title>Access Denied</title></head>\n<body>\n"
    "<h1>Access Denied</h1>\n<p>Automated requests from this address were stopped. Agent: {}</p>\n"
    "</body>\n</html>\n";

// An answer that has nothing to do with what was asked.
std::optional<http::Response> Refusal(const Scene& scene) {
  if (!scene.fault) return std::nullopt;
  const std::string agent = Escape(Header(scene.request, "user-agent"), true);
  switch (scene.fault->fault) {
    case Fault::kRateExceeded:
      return Answer(429, "text/plain", "Rate exceeded.");
    case Fault::kRateExceeded200:
      return Answer(200, "text/plain", "Rate exceeded.");
    case Fault::kEmptyBody:
      return Answer(200, "application/xml", "");
    case Fault::kEmptyRedirect: {
      http::Response moved = Answer(301, "", "");
      moved.headers.emplace_back(
          "Location", "http://" + Header(scene.request, "host") + std::string(scene.target));
      return moved;
    }
    case Fault::kAccessDenied:
      return Answer(403, "text/html; charset=utf-8", fmt::format(kDenied, agent));
    case Fault::kNotAcceptable:
      return Answer(406, "text/plain", "Not Acceptable");
    case Fault::kUnavailable:
      return Answer(503, "text/plain", "Service Unavailable");
    case Fault::kServerError:
      return Answer(500, "text/html; charset=utf-8", "<html><body>Server Error</body></html>");
    case Fault::kNotFound:
      return Answer(404, "text/html; charset=utf-8", "<html><body>Not Found</body></html>");
    case Fault::kHtml:
      return Answer(200, "text/html; charset=utf-8",
                    "<!DOCTYPE html>\n<html><head><title>arXiv</title></head>"
                    "<body><p>Down for maintenance.</p></body></html>\n");
    default:
      return std::nullopt;
  }
}

}  // namespace

http::Response Answer(int status, std::string content_type, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

ArxivStandIn::Front::Front(const World& world, const clock::Clock& clock, StandInOptions options)
    : world_(world),
      clock_(clock),
      options_(std::move(options)),
      door_(options_.listen,
            [this](const http::Request& request, const std::string& target, int connection) {
              return Answer(request, target, connection);
            }) {}

Delivery ArxivStandIn::Front::Answer(const http::Request& request, const std::string& target,
                                     int connection) {
  if (request.path.starts_with("/_control")) return {.response = Control(request)};
  const std::shared_ptr<void> work(nullptr, [this](void*) { --at_work_; });
  Asked asked{.at = clock_.Now(), .steady = clock_.SteadyNow()};
  asked.in_flight = ++at_work_;
  asked.method = request.method;
  asked.target = target;
  asked.endpoint = EndpointOf(request.path);
  asked.headers = request.headers;
  asked.connection = connection;

  Scene scene{.world = world_,
              .options = options_,
              .request = request,
              .target = target,
              .now = absl::FromChrono(asked.at),
              .built = Built(absl::FromChrono(asked.at))};
  std::string host = Header(request, "host");
  host.resize(std::min(host.find(':'), host.size()));
  scene.fault = mischief_.Take(asked.endpoint, host, CategoriesOf(request), IsLaterPage(request));

  Delivery delivery;
  delivery.work = work;
  std::optional<http::Response> refusal = Refusal(scene);
  if (!refusal && options_.needs_accept && Header(request, "accept").empty()) {
    refusal = arxiv::Answer(406, "text/plain", "Not Acceptable");
  }
  delivery.response = refusal ? *std::move(refusal) : Page(scene, asked.endpoint);
  if (scene.fault) {
    asked.fault = Name(scene.fault->fault);
    delivery.delay = scene.fault->delay;
    if (scene.fault->retry_after) {
      delivery.response.headers.emplace_back("Retry-After", *scene.fault->retry_after);
    }
    if (scene.Has(Fault::kStall) && delivery.delay.count() == 0) {
      delivery.how = Delivery::How::kNothing;
    }
    if (scene.Has(Fault::kReset)) delivery.how = Delivery::How::kReset;
    if (scene.Has(Fault::kCut)) delivery.how = Delivery::How::kCut;
  }
  using How = Delivery::How;
  const bool silent = delivery.how == How::kNothing || delivery.how == How::kReset;
  asked.status = silent ? 0 : delivery.response.status;
  Record(std::move(asked));
  return delivery;
}

http::Response ArxivStandIn::Front::Page(const Scene& scene, std::string_view endpoint) {
  http::Response response;
  if (scene.request.method != "GET" && scene.request.method != "HEAD") {
    response = arxiv::Answer(405, "text/plain", "Method Not Allowed");
  } else if (endpoint == "rss" || endpoint == "atom") {
    response = FeedPage(scene);
  } else if (endpoint == "oai") {
    response = FromCdn(scene);
    if (scene.Has(Fault::kTokenShift)) ShiftToken(scene);
  } else if (endpoint == "catchup") {
    response = CatchupPage(scene);
  } else if (endpoint == "list") {
    response = ListPage(scene);
  } else if (endpoint == "query") {
    response = QueryPage(scene);
  } else {
    response =
        arxiv::Answer(404, "text/html; charset=utf-8", "<html><body>Not Found</body></html>");
  }
  if (scene.Has(Fault::kTruncated)) {
    response.body =
        std::make_shared<const std::string>(response.body->substr(0, response.body->size() / 2));
  }
  if (response.status == 200 && (endpoint == "rss" || endpoint == "atom")) {
    const std::string tag = fmt::format("\"{:016x}\"", std::hash<std::string>()(*response.body));
    response.headers.emplace_back("ETag", tag);
    if (absl::StrContains(Header(scene.request, "if-none-match"), tag)) {
      response.status = 304;
      response.body = nullptr;
      return response;
    }
  }
  if (options_.gzip && absl::StrContains(Header(scene.request, "accept-encoding"), "gzip")) {
    response.body = std::make_shared<const std::string>(support::Gzip(*response.body));
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.headers.emplace_back("Vary", "Accept-Encoding");
  }
  return response;
}

http::Response ArxivStandIn::Front::FromCdn(const Scene& scene) {
  const std::string target(scene.target);
  const bool tampered = scene.fault.has_value() && !scene.Has(Fault::kNoRecords);
  if (options_.oai_cdn && !tampered) {
    const std::lock_guard lock(mutex_);
    const auto found = cdn_.find(target);
    if (found != cdn_.end() && scene.now < found->second.until) {
      http::Response kept = found->second.response;
      kept.headers.emplace_back("X-Cache", "HIT");
      return kept;
    }
  }
  http::Response response = OaiPage(scene);
  if (options_.oai_cdn && !tampered && absl::StrContains(*response.body, "'noRecordsMatch'")) {
    const std::lock_guard lock(mutex_);
    const absl::Duration rest = absl::Seconds(SecondsToMidnight(scene.now, absl::UTCTimeZone()));
    cdn_[target] = {.response = response, .until = scene.now + rest};
  }
  return response;
}

void ArxivStandIn::Front::ShiftToken(const Scene& scene) {
  int left = scene.fault->count;
  const std::string_view set = scene.request.Parameter("set");
  const std::string from(scene.request.Parameter("from"));
  for (const arxiv::Record& record : world_.Records(scene.now, options_.oai_lag)) {
    if (left == 0) break;
    if (absl::FormatTime("%Y-%m-%d", record.modified, absl::UTCTimeZone()) < from) continue;
    const std::vector<std::string>& categories = record.paper.categories;
    if (!set.empty() && std::none_of(categories.begin(), categories.end(),
                                     [&](const auto& name) { return IsInSet(name, set); })) {
      continue;
    }
    world_.Touch(record.paper.id, scene.now);
    --left;
  }
}

absl::Time ArxivStandIn::Front::Built(absl::Time now) const {
  const std::lock_guard lock(mutex_);
  const absl::CivilDay today = absl::ToCivilDay(now, NewYorkZone());
  const absl::Time turn = absl::FromCivil(today, NewYorkZone());
  // Some seconds after midnight, as seen.
  return std::max(turn + absl::Seconds(7), rebuilt_.value_or(absl::InfinitePast()));
}

void ArxivStandIn::Front::Record(Asked asked) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(asked));
}

void ArxivStandIn::Front::RebuildFeeds() {
  const std::lock_guard lock(mutex_);
  // Builds may not share a second: the date in the feed has no finer grain.
  rebuilt_ = std::max(Now(), rebuilt_.value_or(absl::InfinitePast()) + absl::Seconds(1));
}

void ArxivStandIn::Front::Behave() {
  mischief_.Clear();
  const std::lock_guard lock(mutex_);
  cdn_.clear();
}

std::vector<Asked> ArxivStandIn::Front::Requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void ArxivStandIn::Front::ForgetRequests() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

}  // namespace paperwire::arxiv
