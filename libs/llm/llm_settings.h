#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/config/settings.h"
#include "libs/http/multi_client.h"
#include "libs/llm/daily_budget.h"
#include "libs/llm/endpoint.h"
#include "libs/llm/http_chat.h"

namespace paperwire::llm {

// Which language models to ask, and how much of them. One set for every program.
struct LlmSettings {
  // The models of the ordered list: "--llm-…", "--llm-2-…", "--llm-3-…".
  static constexpr size_t kMostModels = 3;

  struct Model {
    std::string base_url;
    std::string model;
    std::string api_key;
    std::string organization;
    std::string project;
    // "openai", "anthropic".
    std::string format = "openai";
    // US dollars per million tokens.
    double input_price = 0;
    double output_price = 0;
  };

  std::array<Model, kMostModels> models;
  std::string proxy;
  std::string ca_file;
  bool allow_http = false;
  bool allow_private = false;
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds first_byte_timeout{30000};
  std::chrono::milliseconds total_timeout{60000};
  // Calls under way: of this process, and of all workers of an endpoint together.
  int64_t concurrency = 8;
  int64_t total_concurrency = 64;
  int64_t daily_tokens = 5'000'000;
  // Zero: a tenth above the soft limit. So too for dollars.
  int64_t daily_tokens_hard = 0;
  double daily_dollars = 0;
  double daily_dollars_hard = 0;
  int64_t max_output_tokens = 1500;

  // Declares --llm-base-url, --llm-model, … on `settings`.
  void Declare(config::Settings& settings);

  // Those of the list that have a base URL, in order; none: no model is asked. Errors:
  // InvalidArgument: one line, each wrong setting named, no secret in it.
  absl::StatusOr<std::vector<Endpoint>> Endpoints() const;

  http::MultiClient::Options ClientOptions() const;
  Timeouts TimeoutsOfCalls() const;
  // With what zero stands for filled in.
  DailyLimits Limits() const;
};

}  // namespace paperwire::llm
