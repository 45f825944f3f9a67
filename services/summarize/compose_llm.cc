#include "services/summarize/compose_llm.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "libs/llm/redis_daily_budget.h"
#include "libs/llm/redis_leases.h"
#include "libs/llm/redis_limiter.h"
#include "libs/llm/redis_result_cache.h"
#include "libs/telemetry/log.h"
#include "libs/window/redis_window.h"

namespace paperwire::summarize {
namespace {

// Nobody is kept waiting for a Redis that stands still: without it cards fall back.
constexpr std::chrono::milliseconds kRedisPatience{1000};

}  // namespace

LlmRoom::LlmRoom(service::Context& /*context*/, const Config& config)
    : http_(config.llm.ClientOptions()), places_(static_cast<int>(config.llm.concurrency)) {}

absl::StatusOr<std::unique_ptr<LlmRoom>> LlmRoom::Create(service::Context& context,
                                                         const Config& config) {
  std::unique_ptr<LlmRoom> room(new LlmRoom(context, config));
  if (const absl::Status status = room->Connect(context, config); !status.ok()) return status;
  const absl::StatusOr<std::vector<llm::Endpoint>> endpoints = config.llm.Endpoints();
  if (!endpoints.ok()) {
    telemetry::Log(telemetry::Level::kError,
                   "no language model is asked: its settings cannot be meant",
                   {{"error", endpoints.status().message().data()}});
  } else {
    for (const llm::Endpoint& endpoint : *endpoints) room->AddModel(context, config, endpoint);
  }
  const LlmSummarizer::Options options{
      .max_output_tokens = static_cast<int>(config.llm.max_output_tokens),
      .leaving = context.stop,
      .without_models = config.redis_url.empty() ? v1::FALLBACK_REASON_BUDGET_UNKNOWN
                                                 : v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE};
  room->summarizer_ = std::make_unique<LlmSummarizer>(room->models_, *room->cache_, *room->keeper_,
                                                      options, context.clock, context.metrics);
  return room;
}

absl::Status LlmRoom::Connect(service::Context& context, const Config& config) {
  if (config.redis_url.empty()) {
    telemetry::Log(telemetry::Level::kError,
                   "no language model is asked: without --redis-url its budget is unknown");
    const absl::Status away = absl::UnavailableError("no Redis");
    auto cache = std::make_unique<llm::MemoryResultCache>(context.clock);
    auto leases = std::make_unique<llm::MemoryLeases>(context.clock);
    cache->SetFailure(away);
    leases->SetFailure(away);
    cache_ = std::move(cache);
    leases_ = std::move(leases);
    keeper_ = std::make_unique<llm::LeaseKeeper>(*leases_);
    return absl::OkStatus();
  }
  const redis::Options options{.url = config.redis_url,
                               .connect_timeout = kRedisPatience,
                               .command_timeout = kRedisPatience};
  auto client = redis::Client::Create(options);
  if (!client.ok()) return client.status();
  auto window_client = redis::Client::Create({.url = config.redis_url});
  if (!window_client.ok()) return window_client.status();
  client_ = *std::move(client);
  window_client_ = *std::move(window_client);
  store_ = std::make_unique<llm::RedisStore>(*client_, context.clock);
  limiter_ = std::make_unique<llm::RedisLimiter>(
      *store_, llm::LimiterOptions{.cap = static_cast<int>(config.llm.total_concurrency)});
  // Before an endpoint is understood one question may be several calls.
  constexpr int kMostWays = 10;
  budget_ = std::make_unique<llm::RedisDailyBudget>(
      *store_, config.llm.Limits(),
      std::max(llm::DailyBudget::kReservationLife, kMostWays * config.llm.total_timeout));
  cache_ = std::make_unique<llm::RedisResultCache>(*store_);
  ladder_ = std::make_unique<llm::Ladder>(*cache_);
  leases_ = std::make_unique<llm::RedisLeases>(*store_);
  keeper_ = std::make_unique<llm::LeaseKeeper>(*leases_);
  // Papers are read, no offsets: whose cluster it is does not matter.
  window_ = window::MakeRedisWindow(*window_client_, {});
  return absl::OkStatus();
}

void LlmRoom::AddModel(service::Context& context, const Config& config,
                       const llm::Endpoint& endpoint) {
  if (limiter_ == nullptr) return;
  llm::HttpChat& chat =
      chats_.emplace_back(endpoint, http_, config.llm.TimeoutsOfCalls(), context.clock);
  llm::LadderedChat& laddered = laddered_.emplace_back(chat, *ladder_);
  llm::Caller& caller =
      callers_.emplace_back(llm::Caller::Parts{.chat = laddered,
                                               .limiter = *limiter_,
                                               .budget = *budget_,
                                               .clock = context.clock,
                                               .metrics = context.metrics},
                            llm::Caller::Options{.position = std::to_string(callers_.size() + 1)});
  CallerAsker& asker = askers_.emplace_back(caller, places_);
  models_.push_back({asker, endpoint.model, endpoint.Key()});
  telemetry::Log(telemetry::Level::kInfo, "cards are written by a language model",
                 {{"endpoint", endpoint.Name()}, {"position", static_cast<int>(models_.size())}});
}

bool LlmRoom::Healthy() const {
  return std::any_of(callers_.begin(), callers_.end(),
                     [](const llm::Caller& caller) { return caller.Healthy(); });
}

}  // namespace paperwire::summarize
