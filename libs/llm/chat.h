#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "libs/llm/endpoint.h"

namespace paperwire::llm {

// How an answer's form is asked for, strictest first.
enum class SchemaMode { kJsonSchema, kJsonObject, kPromptOnly };
// "json_schema", "json_object", "prompt".
std::string_view SchemaModeName(SchemaMode mode);

// What is asked of a model.
struct ChatRequest {
  std::string system = {};
  std::string user = {};
  // The JSON schema of the answer, and its name.
  std::string schema_name = {};
  std::string schema = {};
  int max_output_tokens = 1500;
  double temperature = 0;
};

struct Usage {
  int64_t input_tokens = 0;
  int64_t output_tokens = 0;
  // The endpoint did not say: a quarter of the bytes.
  bool estimated = false;
};

// What became of one call.
enum class CallOutcome {
  kAnswered,
  // The model said that it will not.
  kRefused,
  // Held back by the endpoint's filter.
  kFiltered,
  // Ended by the limit of tokens.
  kTruncated,
  kEmpty,
  kRateLimited,
  // Paid for no more: asking again does not help.
  kQuotaExhausted,
  kServerError,
  kTimeout,
  kUnreachable,
  kUnauthorized,
  kNoSuchModel,
  // The way the form was asked for is not known there.
  kSchemaUnsupported,
  kBadRequest,
  // What answers is no such endpoint.
  kNotAnEndpoint,
  kTooLarge,
  // Our own side gave up.
  kCancelled,
};
// A label of metrics: "answered", "rate-limited", …
std::string_view OutcomeName(CallOutcome outcome);

// What one call brought.
struct ChatAnswer {
  CallOutcome outcome = CallOutcome::kUnreachable;
  // As the model wrote it: `<think>` blocks and code fences still in it.
  std::string content = {};
  std::string refusal = {};
  // One line for people: what went wrong. Holds no prompt and no key.
  std::string detail = {};
  // As the endpoint names it.
  std::string model = {};
  std::string request_id = {};
  Usage usage = {};
  // What the endpoint said about asking again.
  std::optional<std::chrono::milliseconds> retry_after = {};
  std::optional<bool> should_retry = {};
  // A refusal of something before the model, such as a filter of requests: kUnauthorized or
  // kNotAnEndpoint, but it may be about what was asked alone.
  bool may_be_the_request = false;
  std::chrono::milliseconds latency{0};
  SchemaMode mode = SchemaMode::kJsonSchema;
};

// Asks one endpoint, once. Thread-safe; blocks the calling thread.
class Chat {
 public:
  virtual ~Chat() = default;

  virtual const Endpoint& endpoint() const = 0;
  // kCancelled soon after `stop` is requested.
  virtual ChatAnswer Ask(const ChatRequest& request, SchemaMode mode, std::stop_token stop) = 0;
};

}  // namespace paperwire::llm
