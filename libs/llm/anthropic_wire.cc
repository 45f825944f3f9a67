#include "libs/llm/anthropic_wire.h"

#include <nlohmann/json.hpp>

namespace paperwire::llm {

using Json = nlohmann::json;

std::vector<std::string> AnthropicWire::Headers(const Endpoint& endpoint) const {
  std::vector<std::string> headers = {"Content-Type: application/json",
                                      "anthropic-version: 2023-06-01"};
  if (!endpoint.api_key.empty()) headers.push_back("x-api-key: " + endpoint.api_key);
  return headers;
}

Json AnthropicWire::Body(const std::string& model, const ChatRequest& request, SchemaMode mode,
                         const Dialect& dialect) const {
  Json body = {{"model", model},
               {"max_tokens", request.max_output_tokens},
               {"system", SystemText(request, mode)},
               {"messages", {{{"role", "user"}, {"content", request.user}}}}};
  if (!dialect.no_temperature) body["temperature"] = request.temperature;
  return body;
}

bool AnthropicWire::Read(const Json& body, ChatAnswer& answer) const {
  const auto parts = body.find("content");
  if (parts == body.end() || !parts->is_array() || TextOf(body, "type") != "message") return false;
  for (const Json& part : *parts) {
    if (TextOf(part, "type") == "text") answer.content += TextOf(part, "text");
  }
  answer.model = TextOf(body, "model");
  answer.usage.estimated = true;
  const auto usage = body.find("usage");
  if (usage != body.end() && usage->is_object()) {
    const auto input = TokensOf(*usage, "input_tokens");
    const auto output = TokensOf(*usage, "output_tokens");
    answer.usage = {.input_tokens = input.value_or(0),
                    .output_tokens = output.value_or(0),
                    .estimated = !input.has_value() || !output.has_value()};
  }
  const std::string reason = TextOf(body, "stop_reason");
  if (reason == "refusal") answer.refusal = answer.content.empty() ? reason : answer.content;
  Judge(/*filtered=*/false, reason == "max_tokens" || reason == "model_context_window_exceeded",
        answer);
  return true;
}

}  // namespace paperwire::llm
