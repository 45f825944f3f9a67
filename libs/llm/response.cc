#include "libs/llm/response.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "libs/llm/failure.h"
#include "libs/llm/retry_advice.h"

namespace paperwire::llm {
namespace {

using Json = nlohmann::json;

int64_t TokensOfBytes(size_t bytes) { return static_cast<int64_t>((bytes + 3) / 4); }

std::string HeaderOf(const http::FetchResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

void ReadHeaders(const http::FetchResponse& response, const Secrets& secrets, clock::WallTime now,
                 ChatAnswer& answer) {
  answer.retry_after = RetryAfter(response.headers, now);
  answer.should_retry = ShouldRetry(response.headers);
  for (const char* name : {"request-id", "x-request-id"}) {
    if (const std::string id = Identifier(HeaderOf(response, name), secrets); !id.empty()) {
      answer.request_id = id;
    }
  }
}

}  // namespace

int64_t EstimatedTokens(const ChatRequest& request) {
  return TokensOfBytes(request.system.size() + request.user.size() + request.schema.size());
}

Usage UnknownUsage(const ChatRequest& request) {
  return {.input_tokens = EstimatedTokens(request),
          .output_tokens = request.max_output_tokens,
          .estimated = true};
}

bool ReadResponse(const http::FetchResponse& response, const Endpoint& endpoint,
                  const ChatRequest& request, clock::WallTime now, Dialect& dialect,
                  ChatAnswer& answer) {
  const Secrets secrets(endpoint, request);
  ReadHeaders(response, secrets, now, answer);
  const Json body = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const bool json = body.is_object() || body.is_array();
  const bool ok = response.status >= 200 && response.status < 300;
  if (!ok || (json && TellsOfError(body))) {
    const std::string location = HeaderOf(response, "location");
    const Failure failure{.status = ok ? StatusOfError(body) : response.status,
                          .body = json ? &body : nullptr,
                          .text = response.body,
                          .location = location};
    ReadFailure(failure, secrets, answer);
    if (failure.status >= 500 && answer.outcome == CallOutcome::kServerError) {
      answer.usage = UnknownUsage(request);
      // A model may have written before its gateway gave up; not where the server itself says so.
      const bool gateway = !json || failure.status == 502 || failure.status == 504;
      if (!gateway) answer.usage.output_tokens = 0;
    }
    return Learn(failure, dialect);
  }
  if (!json && response.body.starts_with('{')) {
    answer.outcome = CallOutcome::kServerError;
    answer.detail = "an answer that is no whole JSON";
    answer.usage = UnknownUsage(request);
    return false;
  }
  if (!body.is_object() || !WireOf(endpoint.format).Read(body, answer)) {
    const bool page = HeaderOf(response, "content-type").starts_with("text/html");
    answer.outcome = CallOutcome::kNotAnEndpoint;
    if (!page) answer.usage = UnknownUsage(request);
    answer.detail = page ? "what answers is a web page" : "what answers is no such endpoint";
    return false;
  }
  answer.model = Identifier(answer.model, secrets);
  // Some say nought whatever it was.
  const bool wrote = !answer.content.empty() || !answer.refusal.empty();
  if (answer.usage.input_tokens <= 0 || (wrote && answer.usage.output_tokens <= 0)) {
    answer.usage.estimated = true;
  }
  if (answer.usage.estimated) {
    answer.usage.input_tokens = std::max(answer.usage.input_tokens, EstimatedTokens(request));
    answer.usage.output_tokens = std::max(
        answer.usage.output_tokens, TokensOfBytes(answer.content.size() + answer.refusal.size()));
  }
  return false;
}

}  // namespace paperwire::llm
