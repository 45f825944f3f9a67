#include "services/ingest/polite_arxiv.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include "libs/http/url_policy.h"
#include "libs/telemetry/log.h"
#include "services/ingest/reading.h"
#include "services/ingest/retry_after.h"
#include "services/ingest/user_agent.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;

constexpr int kMostRedirects = 3;
constexpr milliseconds kConnectTimeout = std::chrono::seconds(5);
constexpr milliseconds kLeaseForOneTurn = std::chrono::seconds(15);
// What the store is told takes a moment to arrive.
constexpr milliseconds kSlack = std::chrono::seconds(1);
// Stands for all hosts in the store.
constexpr char kAllHosts[] = "*";
// arXiv has answered 406 to requests without Accept.
constexpr char kAccept[] =
    "Accept: application/rss+xml, application/atom+xml, text/xml, text/html;q=0.9, */*;q=0.8";

Answer NotAsked(std::string why) {
  return {.outcome = Outcome::kNotAsked, .detail = std::move(why), .body = {}};
}

// "rss.arxiv.org", "127.0.0.1:8080"; empty when it is no URL.
std::string HostOf(const std::string& url) {
  const absl::StatusOr<http::Url> parsed = http::ParseUrl(url);
  if (!parsed.ok()) return "";
  return parsed->HasDefaultPort() ? parsed->host : parsed->Authority();
}

std::string HeaderOf(const http::FetchResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

Outcome OutcomeOf(const absl::Status& status) {
  if (absl::IsDeadlineExceeded(status)) return Outcome::kTimeout;
  if (absl::IsResourceExhausted(status)) return Outcome::kTooLarge;
  if (absl::IsUnavailable(status)) return Outcome::kUnreachable;
  return Outcome::kHttpError;
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

PoliteArxiv::PoliteArxiv(http::Client& client, ArxivState& state, const clock::Clock& clock,
                         Options options, prometheus::Registry& metrics)
    : client_(client),
      state_(state),
      clock_(clock),
      options_(std::move(options)),
      requests_(prometheus::BuildCounter()
                    .Name("paperwire_ingest_requests_total")
                    .Help("Requests to arXiv, by how they ended.")
                    .Register(metrics)),
      rests_until_(prometheus::BuildGauge()
                       .Name("paperwire_ingest_host_rests_until_timestamp_seconds")
                       .Help("Until when a host is not asked, as far as it was told; 0: it may be.")
                       .Register(metrics)),
      seconds_(
          prometheus::BuildHistogram()
              .Name("paperwire_ingest_request_seconds")
              .Help("How long arXiv took to answer.")
              .Register(metrics)
              .Add({}, prometheus::Histogram::BucketBoundaries{0.1, 0.3, 1, 3, 10, 30, 60, 120})) {
  for (const Endpoint& endpoint : options_.endpoints) {
    hosts_.push_back(HostOf(endpoint.base_url));
    rests_until_.Add({{"host", hosts_.back()}}).Set(0);
  }
  rests_until_.Add({{"host", kAllHosts}}).Set(0);
}

Answer PoliteArxiv::Ask(const std::string& url, bool conditional, std::stop_token stop) {
  // Whatever it answered before is not to be kept, should this not end well.
  unkept_.erase(url);
  Validators validators;
  if (conditional) validators = state_.Known(url).value_or(Validators());
  std::string at = url;
  int redirects = 0;
  for (int attempt = 1;;) {
    const std::string host = HostOf(at);
    if (std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end()) {
      return NotAsked("not a host of arXiv's: " + http::UrlForPeople(at));
    }
    HostState known;
    if (std::optional<Answer> instead = AwaitTurn(host, known, stop)) return *std::move(instead);
    Exchange exchange = Send(at, TimeoutOf(url), validators, stop);
    if (exchange.stopped) return NotAsked("stopped");
    Answer& answer = exchange.answer;
    switch (BearingOf(answer.outcome, exchange.status)) {
      case Bearing::kAnswers:
        if (known.limited > 0 || known.failed > 0) Remember(host, {});
        if (!exchange.next.empty()) {
          if (++redirects > kMostRedirects) {
            answer.detail = "more than " + std::to_string(kMostRedirects) + " redirects";
            return answer;
          }
          at = std::move(exchange.next);
          continue;
        }
        if (answer.outcome == Outcome::kOk && !exchange.validators.empty()) {
          unkept_[url] = exchange.validators;
        }
        return answer;
      case Bearing::kRefuses:
        Remember(kAllHosts, {.limited = 0,
                             .failed = 0,
                             .rests = kRefusalRest,
                             .reason = std::string(Slug(answer.outcome))});
        answer.detail += "; nothing is asked until " + TimeIn(kRefusalRest);
        telemetry::Log(telemetry::Level::kError, "arXiv refuses us: nothing is asked for a day",
                       {{"url", at}, {"detail", answer.detail}});
        return answer;
      case Bearing::kLimits: {
        const HostState next = AfterLimit(known, exchange.retry_after, Chance());
        Remember(host, next);
        if (next.rests <= kPatience) continue;
        answer.detail += "; " + host + " rests until " + TimeIn(next.rests);
        return answer;
      }
      case Bearing::kFails:
        if (attempt < AttemptsFor(known)) {
          if (!Wait(PauseAfter(attempt++, Chance()), host + " failed", stop)) {
            return NotAsked("stopped");
          }
          continue;
        }
        const HostState next = AfterFailure(known, answer.outcome, Chance());
        Remember(host, next);
        answer.detail += "; " + host + " rests until " + TimeIn(next.rests);
        return answer;
    }
  }
}

std::optional<Answer> PoliteArxiv::AwaitTurn(const std::string& host, HostState& known,
                                             std::stop_token stop) {
  const absl::StatusOr<HostState> all = Recall(kAllHosts);
  if (!all.ok()) return NotAsked("Redis: " + std::string(all.status().message()));
  if (all->rests.count() > 0) {
    return NotAsked("arXiv has refused us (" + all->reason + "): nothing is asked until " +
                    TimeIn(all->rests));
  }
  const absl::StatusOr<HostState> recalled = Recall(host);
  if (!recalled.ok()) return NotAsked("Redis: " + std::string(recalled.status().message()));
  known = *recalled;
  if (known.rests.count() > 0) {
    const std::string why =
        host + " rests until " + TimeIn(known.rests) + " (" + known.reason + ")";
    if (known.rests > kPatience) return NotAsked(why);
    telemetry::Log(telemetry::Level::kInfo, "waiting for arXiv", {{"why", why}});
    if (!Wait(known.rests, why, stop)) return NotAsked("stopped");
  }
  for (;;) {
    const absl::StatusOr<milliseconds> wait =
        state_.TakeTurn(options_.owner, kLeaseForOneTurn, options_.request_interval);
    if (absl::IsAborted(wait.status())) return NotAsked("another ingest asks arXiv");
    if (!wait.ok()) return NotAsked("Redis: " + std::string(wait.status().message()));
    if (wait->count() == 0) break;
    if (!Wait(*wait, "one request in a while", stop)) return NotAsked("stopped");
  }
  if (stop.stop_requested()) return NotAsked("stopped");
  return std::nullopt;
}

PoliteArxiv::Exchange PoliteArxiv::Send(const std::string& url, milliseconds timeout,
                                        const Validators& validators, std::stop_token stop) {
  http::FetchRequest request;
  request.url = url;
  request.headers = {"User-Agent: " + UserAgent(options_.contact), kAccept};
  if (!validators.etag.empty()) request.headers.push_back("If-None-Match: " + validators.etag);
  if (!validators.last_modified.empty()) {
    request.headers.push_back("If-Modified-Since: " + validators.last_modified);
  }
  request.connect_timeout = kConnectTimeout;
  request.total_timeout = timeout;
  request.max_body_bytes = kMaxBytes;
  // Each hop has to take its turn.
  request.max_redirects = 0;
  request.allowed_hosts = hosts_;
  request.stop = std::move(stop);

  ++requests_made_;
  const clock::SteadyTime start = clock_.SteadyNow();
  absl::StatusOr<http::FetchResponse> response = client_.Fetch(request);
  seconds_.Observe(std::chrono::duration<double>(clock_.SteadyNow() - start).count());

  Exchange exchange;
  Answer& answer = exchange.answer;
  if (!response.ok()) {
    exchange.stopped = absl::IsCancelled(response.status());
    answer.outcome = OutcomeOf(response.status());
    answer.detail = std::string(response.status().message());
  } else if (response->status == 304 && !validators.empty()) {
    answer.outcome = Outcome::kUnchanged;
    exchange.status = response->status;
  } else {
    Verdict verdict = Judge(response->status, response->body);
    answer.outcome = verdict.outcome;
    answer.detail = std::move(verdict.detail);
    exchange.status = response->status;
    exchange.retry_after = ParseRetryAfter(HeaderOf(*response, "retry-after"), clock_.Now());
    exchange.validators = {.etag = HeaderOf(*response, "etag"),
                           .last_modified = HeaderOf(*response, "last-modified")};
    if (answer.outcome == Outcome::kRedirect && IsRedirect(response->status)) {
      FollowRedirect(url, *response, exchange);
    }
    if (answer.outcome == Outcome::kOk) answer.body = std::move(response->body);
  }
  const std::string slug =
      exchange.next.empty() ? std::string(Slug(answer.outcome)) : std::string("redirect");
  requests_.Add({{"outcome", slug}}).Increment();
  if (!IsGood(answer.outcome)) {
    telemetry::Log(exchange.next.empty() ? telemetry::Level::kWarning : telemetry::Level::kDebug,
                   "arXiv did not answer well",
                   {{"url", url}, {"outcome", slug}, {"detail", answer.detail}});
  }
  return exchange;
}

void PoliteArxiv::FollowRedirect(const std::string& url, const http::FetchResponse& response,
                                 Exchange& exchange) const {
  const std::string location = HeaderOf(response, "location");
  if (location.empty()) {
    exchange.answer.detail += ": redirected to nowhere";
    return;
  }
  const absl::StatusOr<http::Url> from = http::ParseUrl(url);
  const absl::StatusOr<std::string> next = http::ResolveUrl(url, location);
  const absl::StatusOr<http::Url> to = next.ok() ? http::ParseUrl(*next) : next.status();
  absl::Status allowed = from.ok() ? to.status() : from.status();
  if (allowed.ok()) allowed = http::CheckRedirect(*from, *to, hosts_, /*allow_http=*/false);
  if (allowed.ok()) {
    exchange.next = *next;
  } else {
    exchange.answer.detail += ": not followed: " + std::string(allowed.message());
  }
}

absl::StatusOr<HostState> PoliteArxiv::Recall(const std::string& host) {
  absl::StatusOr<HostState> stored = state_.Host(host);
  if (!stored.ok()) return stored;
  if (const auto known = known_.find(host); known != known_.end()) {
    const auto left = std::chrono::ceil<milliseconds>(known->second.rested - clock_.SteadyNow());
    if (left > stored->rests + kSlack) {
      HostState mine = known->second.state;
      mine.rests = left;
      const absl::Status told = state_.SetHost(host, mine);
      if (!told.ok()) return told;
      stored = mine;
    }
  }
  if (stored->rests.count() > 0) {
    const auto until = (clock_.Now() + stored->rests).time_since_epoch();
    rests_until_.Add({{"host", host}}).Set(std::chrono::duration<double>(until).count());
  }
  return stored;
}

void PoliteArxiv::Remember(const std::string& host, const HostState& state) {
  known_[host] = {.state = state, .rested = clock_.SteadyNow() + state.rests};
  const auto until = (clock_.Now() + state.rests).time_since_epoch();
  rests_until_.Add({{"host", host}})
      .Set(state.rests.count() == 0 ? 0.0 : std::chrono::duration<double>(until).count());
  const absl::Status told = state_.SetHost(host, state);
  if (!told.ok()) {
    telemetry::Log(telemetry::Level::kWarning, "cannot note that a host rests: told again later",
                   {{"host", host}, {"status", told}});
  }
}

void PoliteArxiv::Keep() {
  const absl::Status kept = unkept_.empty() ? absl::OkStatus() : state_.Keep(unkept_);
  unkept_.clear();
  if (kept.ok()) return;
  telemetry::Log(telemetry::Level::kWarning, "what was answered will be asked for in full again",
                 {{"status", kept}});
}

void PoliteArxiv::Drop() { unkept_.clear(); }

bool PoliteArxiv::Wait(milliseconds pause, const std::string& why, std::stop_token stop) {
  if (options_.on_wait) options_.on_wait(pause, why);
  return clock_.SleepFor(pause, std::move(stop));
}

std::string PoliteArxiv::TimeIn(milliseconds rest) const {
  // Rounded up: nobody is to look too early.
  const absl::Time time = absl::FromChrono(clock_.Now() + rest) + absl::Seconds(59);
  const bool today = rest < std::chrono::hours(12);
  return absl::FormatTime(today ? "%H:%M UTC" : "%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone());
}

milliseconds PoliteArxiv::TimeoutOf(const std::string& url) const {
  const Endpoint* best = nullptr;
  for (const Endpoint& endpoint : options_.endpoints) {
    if (!url.starts_with(endpoint.base_url)) continue;
    if (best == nullptr || endpoint.base_url.size() > best->base_url.size()) best = &endpoint;
  }
  return best == nullptr ? Endpoint{}.timeout : best->timeout;
}

}  // namespace paperwire::ingest
