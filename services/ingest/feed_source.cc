#include "services/ingest/feed_source.h"

#include <utility>

#include "libs/telemetry/log.h"
#include "services/ingest/retry_after.h"
#include "services/ingest/user_agent.h"

namespace paperwire::ingest {
namespace {

constexpr std::chrono::milliseconds kDefaultPause = std::chrono::seconds(60);
constexpr std::chrono::milliseconds kLongestPause = std::chrono::seconds(120);

Reading Failed(Outcome outcome, std::string detail) {
  Reading reading;
  reading.outcome = outcome;
  reading.detail = std::move(detail);
  return reading;
}

}  // namespace

FeedSource::FeedSource(http::Client& client, const clock::Clock& clock, Options options,
                       prometheus::Registry& metrics)
    : client_(client),
      clock_(clock),
      options_(std::move(options)),
      gate_(clock, options_.request_interval),
      requests_(prometheus::BuildCounter()
                    .Name("paperwire_ingest_requests_total")
                    .Help("Requests to arXiv, by how they ended.")
                    .Register(metrics)) {}

Reading FeedSource::Ask(const std::string& url, std::chrono::milliseconds& retry_after) {
  http::FetchRequest request;
  request.url = url;
  // arXiv has answered 406 to requests without Accept.
  request.headers = {"User-Agent: " + UserAgent(options_.contact),
                     "Accept: application/rss+xml, application/atom+xml, text/xml, */*"};
  request.max_body_bytes = kMaxBytes;
  const absl::StatusOr<http::FetchResponse> response = client_.Fetch(request);
  if (!response.ok()) {
    const absl::Status& status = response.status();
    Outcome outcome = Outcome::kUnreachable;
    if (absl::IsDeadlineExceeded(status)) outcome = Outcome::kTimeout;
    if (absl::IsResourceExhausted(status)) outcome = Outcome::kTooLarge;
    return Failed(outcome, std::string(status.message()));
  }
  const auto header = response->headers.find("retry-after");
  retry_after = header == response->headers.end() ? std::chrono::milliseconds(0)
                                                  : ParseRetryAfter(header->second, clock_.Now());
  const std::string status = "status " + std::to_string(response->status);
  if (response->status == 403) return Failed(Outcome::kForbidden, "arXiv refuses: " + status);
  if (response->status == 429 || response->status == 503 || response->status == 406) {
    return Failed(Outcome::kRateLimited, status);
  }
  Reading reading = Read(response->body);
  if (response->status != 200 && reading.outcome != Outcome::kErrorFeed) {
    return Failed(Outcome::kHttpError, status);
  }
  if (reading.outcome == Outcome::kOk || reading.outcome == Outcome::kIncomplete) {
    for (const v1::Paper& paper : reading.papers) {
      if (paper.announced().empty()) {
        return Failed(Outcome::kNoDate, paper.arxiv_id() + " has no announcement date");
      }
    }
  }
  return reading;
}

Reading FeedSource::Probe() {
  std::chrono::milliseconds retry_after{0};
  return Ask(options_.base_url + "/rss/" + options_.categories.front(), retry_after);
}

Harvest FeedSource::Collect(std::stop_token stop) {
  Harvest harvest;
  std::string given_up;
  for (const std::string& category : options_.categories) {
    const std::string url = options_.base_url + "/rss/" + category;
    if (!given_up.empty()) {
      harvest.Add(url, category, Failed(Outcome::kNotAsked, given_up));
      continue;
    }
    Reading reading;
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (!gate_.Pass(stop)) {
        reading = Failed(Outcome::kNotAsked, "stopped");
        given_up = "stopped";
        break;
      }
      std::chrono::milliseconds retry_after{0};
      reading = Ask(url, retry_after);
      ++harvest.requests;
      requests_.Add({{"outcome", std::string(Slug(reading.outcome))}}).Increment();
      const bool limited = reading.outcome == Outcome::kRateLimited;
      const bool broken =
          reading.outcome == Outcome::kUnreachable || reading.outcome == Outcome::kTimeout ||
          reading.outcome == Outcome::kTruncated || reading.outcome == Outcome::kNoBody;
      if (!limited && !broken) break;
      telemetry::Log(telemetry::Level::kWarning, "arXiv did not answer well",
                     {{"url", url},
                      {"outcome", Slug(reading.outcome)},
                      {"detail", reading.detail},
                      {"attempt", attempt + 1}});
      if (limited) {
        if (retry_after > kLongestPause) {
          reading.detail += "; asks to wait longer than this cycle may";
          break;
        }
        gate_.HoldBack(retry_after.count() > 0 ? retry_after : kDefaultPause);
      }
    }
    // The same host stands behind every category: what it refuses once it refuses again.
    if (reading.outcome == Outcome::kForbidden || reading.outcome == Outcome::kRateLimited ||
        reading.outcome == Outcome::kUnreachable || reading.outcome == Outcome::kTimeout) {
      given_up = "given up after " + std::string(Slug(reading.outcome));
    }
    // A feed of another category than the one asked for must not count for it.
    if (reading.outcome == Outcome::kOk || reading.outcome == Outcome::kIncomplete) {
      reading.category = category;
    }
    harvest.Add(url, category, std::move(reading));
  }
  return harvest;
}

}  // namespace paperwire::ingest
