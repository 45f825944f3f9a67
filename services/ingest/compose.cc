#include "services/ingest/compose.h"

#include <cstdio>
#include <memory>
#include <string>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/calendar/calendar.h"
#include "libs/calendar/holidays.h"
#include "libs/clock/shifted_clock.h"
#include "libs/http/curl_client.h"
#include "libs/redis/client.h"
#include "libs/telemetry/log.h"
#include "libs/window/redis_window.h"
#include "services/ingest/arxiv_lease.h"
#include "services/ingest/arxiv_rules.h"
#include "services/ingest/arxiv_source.h"
#include "services/ingest/categories.h"
#include "services/ingest/cycle.h"
#include "services/ingest/dry_run.h"
#include "services/ingest/file_source.h"
#include "services/ingest/memory_arxiv_state.h"
#include "services/ingest/polite_arxiv.h"
#include "services/ingest/redis_arxiv_state.h"
#include "services/ingest/redis_seen_set.h"
#include "services/ingest/schedule.h"
#include "services/ingest/times.h"
#include "services/ingest/user_agent.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPartsCheck = std::chrono::seconds(15);
constexpr milliseconds kPartsRetry = std::chrono::seconds(2);
constexpr milliseconds kPatience = std::chrono::seconds(60);
// sysexits.h EX_UNAVAILABLE.
constexpr int kExitUnavailable = 69;

// sysexits.h EX_TEMPFAIL.
constexpr int kExitBusy = 75;

ArxivSource::Options SourceOptions(const Config& config) {
  ArxivSource::Options options{.categories = config.categories,
                               .rss_url = config.rss_url,
                               .listing_url = config.listing_url,
                               .oai_url = config.oai_url};
  if (!config.since.empty()) options.since = calendar::ParseDate(config.since);
  return options;
}

PoliteArxiv::Options ArxivOptions(const Config& config, const std::string& owner) {
  return {.endpoints = {{.base_url = config.rss_url},
                        {.base_url = config.listing_url},
                        // Stalls of more than a minute have been seen that ended well.
                        {.base_url = config.oai_url, .timeout = std::chrono::seconds(120)}},
          .owner = owner,
          .contact = config.contact,
          .request_interval = config.request_interval,
          .on_wait = [](milliseconds pause, const std::string& why) {
            telemetry::Log(telemetry::Level::kInfo, "next request",
                           {{"in_s", static_cast<double>(pause.count()) / 1000}, {"why", why}});
          }};
}

http::CurlClient::Options HttpOptions(const Config& config) {
  http::CurlClient::Options options;
  options.user_agent = UserAgent(config.contact);
  // arXiv's OAI-PMH has been silent for 50 to 90 seconds before it answered.
  options.stall_timeout = std::chrono::seconds(110);
  return options;
}

absl::Status CheckDates(const Config& config, const clock::Clock& clock) {
  if (!config.as_of.empty() && !ParseTime(config.as_of)) {
    return absl::InvalidArgumentError("--as-of: \"" + config.as_of +
                                      "\" is no time, such as 2026-06-23T05:30:00Z");
  }
  if (config.since.empty()) return absl::OkStatus();
  const auto since = calendar::ParseDate(config.since);
  if (!since) {
    return absl::InvalidArgumentError("--since: \"" + config.since +
                                      "\" is no date, such as 2026-06-23");
  }
  const absl::CivilDay today = calendar::DateInNewYork(absl::FromChrono(clock.Now()));
  if (*since > today || today - *since >= ArxivSource::kCatchupDays) {
    return absl::InvalidArgumentError("--since: " + config.since + " is not within the " +
                                      std::to_string(ArxivSource::kCatchupDays) +
                                      " days for which arXiv lists what it announced");
  }
  return absl::OkStatus();
}

// Beyond its end every weekday is taken for one on which arXiv announces.
void TellWhenHolidaysEnd(const clock::Clock& clock, prometheus::Registry& metrics) {
  const absl::CivilDay end = calendar::HolidaysKnownUntil();
  prometheus::BuildGauge()
      .Name("paperwire_ingest_holidays_known_until_timestamp_seconds")
      .Help("Until when arXiv's holidays are known to this build.")
      .Register(metrics)
      .Add({})
      .Set(static_cast<double>(absl::ToUnixSeconds(absl::FromCivil(end + 1, absl::UTCTimeZone()))));
  if (end - calendar::DateInNewYork(absl::FromChrono(clock.Now())) > 60) return;
  telemetry::Log(telemetry::Level::kWarning,
                 "arXiv's holidays are known only for a while: a newer release knows more",
                 {{"until", calendar::FormatDate(end)}});
}

absl::Status Check(const Config& config) {
  if (config.sample && !config.from.empty()) {
    return absl::InvalidArgumentError("--sample and --from exclude each other");
  }
  if (config.print && !config.dry_run) {
    return absl::InvalidArgumentError("--print: needs --dry-run");
  }
  if (!config.since.empty() && config.recorded()) {
    return absl::InvalidArgumentError("--since: not with --from or --sample, which read all");
  }
  if (config.categories.empty()) return absl::InvalidArgumentError("--categories: none given");
  for (const std::string& category : config.categories) {
    if (!IsCategory(category)) {
      return absl::InvalidArgumentError("--categories: \"" + category +
                                        "\" is no arXiv category, such as cs.LG");
    }
  }
  if (!config.from.empty()) return DirectorySource(config.from).Check();
  return absl::OkStatus();
}

// One request, at once and once: whoever asks wants to know now.
absl::Status Probe(service::Context& context, const Config& config) {
  http::CurlClient client(HttpOptions(config));
  http::FetchRequest request;
  request.url = config.rss_url + "/rss/" + config.categories.front();
  request.total_timeout = std::chrono::seconds(20);
  request.max_body_bytes = kMaxBytes;
  request.stop = context.stop;
  const absl::StatusOr<http::FetchResponse> response = client.Fetch(request);
  Verdict verdict{Outcome::kUnreachable, std::string(response.status().message())};
  if (response.ok()) verdict = Judge(response->status, response->body);
  if (verdict.outcome == Outcome::kOk) {
    Reading reading = Read(response->body);
    verdict = {reading.outcome, std::move(reading.detail)};
  }
  std::printf("probe %s %s%s%s\n", config.rss_url.c_str(),
              std::string(Slug(verdict.outcome)).c_str(), verdict.detail.empty() ? "" : ": ",
              verdict.detail.c_str());
  // A feed without entries is an answer too.
  if (!IsGood(verdict.outcome)) context.exit_code = kExitUnavailable;
  return absl::OkStatus();
}

// Kafka and Redis, as ingest uses them.
class Parts {
 public:
  Parts(service::Context& context, const Config& config, std::unique_ptr<redis::Client> redis)
      : context_(context), admin_(config.kafka), redis_(std::move(redis)) {}

  // Asks both whether they are there, and says so at /readyz.
  absl::Status Check() {
    const absl::StatusOr<std::string> cluster = admin_.ClusterId();
    context_.health.SetReady("kafka", cluster.ok(), std::string(cluster.status().message()));
    const absl::Status ping = redis_->Call({"PING"}).status();
    context_.health.SetReady("redis", ping.ok(), std::string(ping.message()));
    if (!cluster.ok()) return cluster.status();
    cluster_ = *cluster;
    return ping;
  }

  // Waits until both are there. `patience` zero: for as long as it takes.
  absl::Status Wait(milliseconds patience) {
    const clock::SteadyTime since = context_.clock.SteadyNow();
    bool said = false;
    for (;;) {
      const absl::Status status = Check();
      if (status.ok() || absl::IsInvalidArgument(status)) return status;
      if (!std::exchange(said, true)) {
        telemetry::Log(telemetry::Level::kWarning, "waiting for Kafka and Redis",
                       {{"status", status}});
      }
      if (patience.count() > 0 && context_.clock.SteadyNow() - since >= patience) return status;
      if (!context_.clock.SleepFor(kPartsRetry, context_.stop)) {
        return absl::CancelledError("stopped");
      }
    }
  }

  const std::string& cluster() const { return cluster_; }
  bus::KafkaAdmin& admin() { return admin_; }
  redis::Client& redis() { return *redis_; }

 private:
  service::Context& context_;
  bus::KafkaAdmin admin_;
  std::unique_ptr<redis::Client> redis_;
  std::string cluster_;
};

// arXiv, a directory or the sample day, and what they need.
struct Sources {
  Sources(const Config& config, const clock::Clock& clock, ArxivState& state,
          const std::string& owner, prometheus::Registry& metrics)
      : client(HttpOptions(config)),
        arxiv(client, state, clock, ArxivOptions(config, owner), metrics) {
    if (config.sample) {
      source = std::make_unique<SampleSource>();
    } else if (!config.from.empty()) {
      source = std::make_unique<DirectorySource>(config.from);
    } else {
      source = std::make_unique<ArxivSource>(arxiv, SourceOptions(config));
    }
  }

  http::CurlClient client;
  PoliteArxiv arxiv;
  std::unique_ptr<Source> source;
};

// One look, of which nothing is published or remembered.
absl::Status DryRun(service::Context& context, const Config& config, const clock::Clock& clock) {
  MemoryArxivState state(clock);
  Sources sources(config, clock, state, "dry-run", context.metrics);
  MemorySeenSet seen;
  const absl::StatusOr<Harvest> harvest = sources.source->Collect(
      {.now = absl::FromChrono(clock.Now()), .batches = {}, .seen = seen}, context.stop);
  if (!harvest.ok()) return harvest.status();
  const Merged merged = Merge(harvest->readings, {},
                              {.show_old_cross_lists = config.old_cross_lists == "show",
                               .oldest = harvest->oldest,
                               .newest = harvest->newest,
                               .records_since = harvest->records_since,
                               .records_at = harvest->records_at});
  if (config.print) {
    for (const v1::Paper& paper : merged.papers) std::printf("%s\n", ToJsonLine(paper).c_str());
  }
  std::fprintf(config.print ? stderr : stdout, "%s", Report(*harvest, merged).c_str());
  if (!harvest->IsWhole()) context.exit_code = 1;
  return absl::OkStatus();
}

absl::Status RunOnce(CycleRunner& runner, service::Context& context) {
  const v1::Cycle cycle = runner.Run(context.stop);
  std::printf("cycle %s %s seen %u published %u\n", cycle.cycle_id().c_str(),
              OutcomeSlug(cycle.outcome()).c_str(), cycle.papers_seen(), cycle.papers_published());
  std::fflush(stdout);
  const bool good = cycle.outcome() == v1::CYCLE_OUTCOME_PUBLISHED ||
                    cycle.outcome() == v1::CYCLE_OUTCOME_NOTHING_NEW;
  if (!good) context.exit_code = 1;
  return absl::OkStatus();
}

// Sleeps until `time`, watching the parts; returns false when stopped.
bool SleepUntil(clock::WallTime time, Parts& parts, service::Context& context,
                const clock::Clock& clock) {
  while (clock.Now() < time) {
    const auto rest = std::chrono::ceil<milliseconds>(time - clock.Now());
    if (!clock.SleepFor(std::min(rest, kPartsCheck), context.stop)) return false;
    const absl::Status status = parts.Check();
    if (!status.ok()) {
      telemetry::Log(telemetry::Level::kWarning, "Kafka or Redis is away", {{"status", status}});
    }
  }
  return !context.stop.stop_requested();
}

}  // namespace

absl::Status Serve(service::Context& context, const Config& config) {
  if (const absl::Status status = Check(config); !status.ok()) return status;
  clock::WallTime now = context.clock.Now();
  if (const auto as_of = ParseTime(config.as_of); as_of) now = absl::ToChronoTime(*as_of);
  const clock::ShiftedClock clock(context.clock, now);
  if (const absl::Status status = CheckDates(config, clock); !status.ok()) return status;
  if (config.probe) return Probe(context, config);
  if (!config.recorded()) TellWhenHolidaysEnd(clock, context.metrics);
  if (config.dry_run) return DryRun(context, config, clock);
  absl::StatusOr<std::unique_ptr<redis::Client>> redis =
      redis::Client::Create({.url = config.redis_url});
  if (!redis.ok()) return redis.status();

  Parts parts(context, config, *std::move(redis));
  const milliseconds patience = config.single() ? kPatience : milliseconds(0);
  if (const absl::Status status = parts.Wait(patience); !status.ok()) return status;

  RedisArxivState shared(parts.redis(), "pw", parts.cluster());
  ArxivLease lease(shared, context.clock);
  if (!config.recorded()) {
    const auto wait = config.single() ? std::optional(ArxivLease::kOutlivesTheDead) : std::nullopt;
    const absl::Status leased = lease.Acquire(wait, context.stop);
    if (absl::IsFailedPrecondition(leased)) {
      telemetry::Log(telemetry::Level::kError, "left", {{"status", leased}});
      context.exit_code = kExitBusy;
      return absl::OkStatus();
    }
    if (!leased.ok()) return leased;
  }

  bus::KafkaPublisher publisher(config.kafka, {.client_id = "paperwire-ingest"}, context.metrics);
  const window::ReadTopic read_topic = [&parts, &context](
                                           const std::string& topic,
                                           const std::function<bool(const bus::Message&)>& visit) {
    return parts.admin().ReadAll(topic, visit, context.stop);
  };
  const CycleRunner::Options options{
      .recorded = config.recorded() || config.feed_clock == "data" || !config.as_of.empty(),
      .sample = config.sample,
      .show_old_cross_lists = config.old_cross_lists == "show"};

  for (;;) {
    // Another cluster is a new start: another seen-set, no batches, nothing unchanged.
    const std::string cluster = parts.cluster();
    RedisArxivState state(parts.redis(), "pw", cluster);
    Sources sources(config, clock, state, lease.owner(), context.metrics);
    RedisSeenSet seen(parts.redis(), "pw", cluster);
    const auto counters =
        window::MakeRedisWindow(parts.redis(), {.prefix = "pw", .cluster_id = cluster});
    window::WindowGenerations generations(*counters);
    CycleRunner runner(*sources.source, seen, generations, publisher, read_topic, clock,
                       context.metrics, options);
    if (config.single()) return RunOnce(runner, context);

    const auto started = clock.Now().time_since_epoch();
    // Installations are to spread over a few minutes.
    const milliseconds jitter =
        std::chrono::duration_cast<milliseconds>(started) % std::chrono::minutes(5);
    bool glance = false;
    while (parts.cluster() == cluster) {
      const v1::Cycle cycle = runner.Run(context.stop, glance);
      const Look next = NextLook(clock.Now(), config.every, jitter, cycle, runner.parts_failed(),
                                 runner.newest_batch());
      glance = next.glance;
      if (!SleepUntil(next.at, parts, context, clock)) return absl::OkStatus();
      if (!parts.Wait(milliseconds(0)).ok()) return absl::OkStatus();
      if (!lease.Acquire(std::nullopt, context.stop).ok()) return absl::OkStatus();
    }
    telemetry::Log(telemetry::Level::kWarning, "another Kafka cluster answers: starting anew",
                   {{"cluster", parts.cluster()}});
  }
}

}  // namespace paperwire::ingest
