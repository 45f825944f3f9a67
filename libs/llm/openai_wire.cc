#include "libs/llm/openai_wire.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace paperwire::llm {
namespace {

using Json = nlohmann::json;

template <size_t kCount>
bool IsOneOf(std::string_view text, const std::array<std::string_view, kCount>& names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

// The reasons for which generation ended, in the words of those who copied the protocol.
bool IsCut(std::string_view reason) {
  static constexpr std::array<std::string_view, 4> kNames = {"length", "max_tokens", "MAX_TOKENS",
                                                             "model_length"};
  return IsOneOf(reason, kNames);
}

bool IsFilter(std::string_view reason) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "content_filter", "SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST"};
  return IsOneOf(reason, kNames);
}

bool IsBreakdown(std::string_view reason) {
  static constexpr std::array<std::string_view, 3> kNames = {"error", "abort",
                                                             "insufficient_system_resource"};
  return IsOneOf(reason, kNames);
}

void ReadMessage(const Json& message, ChatAnswer& answer) {
  answer.refusal = TextOf(message, "refusal");
  answer.content = TextOf(message, "content");
  const auto parts = message.find("content");
  if (parts == message.end() || !parts->is_array()) return;
  for (const Json& part : *parts) {
    answer.content += TextOf(part, "text");
    answer.refusal += TextOf(part, "refusal");
  }
}

}  // namespace

std::vector<std::string> OpenAiWire::Headers(const Endpoint& endpoint) const {
  std::vector<std::string> headers = {"Content-Type: application/json"};
  if (!endpoint.api_key.empty()) headers.push_back("Authorization: Bearer " + endpoint.api_key);
  if (!endpoint.organization.empty()) {
    headers.push_back("OpenAI-Organization: " + endpoint.organization);
  }
  if (!endpoint.project.empty()) headers.push_back("OpenAI-Project: " + endpoint.project);
  return headers;
}

Json OpenAiWire::Body(const std::string& model, const ChatRequest& request, SchemaMode mode,
                      const Dialect& dialect) const {
  Json body = {{"model", model},
               {"messages",
                {{{"role", "system"}, {"content", SystemText(request, mode)}},
                 {{"role", "user"}, {"content", request.user}}}},
               {"stream", false}};
  body[dialect.completion_tokens ? "max_completion_tokens" : "max_tokens"] =
      request.max_output_tokens;
  if (!dialect.no_temperature) body["temperature"] = request.temperature;
  if (request.schema.empty() || mode == SchemaMode::kPromptOnly) return body;
  if (mode == SchemaMode::kJsonObject) {
    body["response_format"] = {{"type", "json_object"}};
    return body;
  }
  body["response_format"] = {{"type", "json_schema"},
                             {"json_schema",
                              {{"name", request.schema_name},
                               {"strict", true},
                               {"schema", Json::parse(request.schema, nullptr, false)}}}};
  return body;
}

bool OpenAiWire::Read(const Json& body, ChatAnswer& answer) const {
  const auto choices = body.find("choices");
  if (choices == body.end() || !choices->is_array() || choices->empty()) return false;
  const Json& choice = choices->front();
  if (!choice.is_object()) return false;
  const auto message = choice.find("message");
  if (message == choice.end() || !message->is_object()) return false;

  ReadMessage(*message, answer);
  answer.model = TextOf(body, "model");
  const auto usage = body.find("usage");
  if (usage != body.end() && usage->is_object()) {
    const auto input = TokensOf(*usage, "prompt_tokens");
    const auto output = TokensOf(*usage, "completion_tokens");
    answer.usage = {.input_tokens = input.value_or(0),
                    .output_tokens = output.value_or(0),
                    .estimated = !input.has_value() || !output.has_value()};
  } else {
    answer.usage.estimated = true;
  }
  const std::string reason = TextOf(choice, "finish_reason");
  Judge(IsFilter(reason), IsCut(reason), answer);
  if (IsBreakdown(reason)) answer.outcome = CallOutcome::kServerError;
  return true;
}

}  // namespace paperwire::llm
