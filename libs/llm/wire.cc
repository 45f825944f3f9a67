#include "libs/llm/wire.h"

#include <nlohmann/json.hpp>

#include "libs/llm/anthropic_wire.h"
#include "libs/llm/openai_wire.h"

namespace paperwire::llm {
namespace {

// More than any model reads or writes at once.
constexpr int64_t kMostTokens = 100'000'000;

}  // namespace

const Wire& WireOf(WireFormat format) {
  static const OpenAiWire kOpenAi;
  static const AnthropicWire kAnthropic;
  if (format == WireFormat::kAnthropic) return kAnthropic;
  return kOpenAi;
}

std::string SystemText(const ChatRequest& request, SchemaMode mode) {
  if (request.schema.empty() || mode == SchemaMode::kJsonSchema) return request.system;
  return request.system +
         "\n\nAnswer with one JSON object and nothing else. It conforms to this JSON schema:\n" +
         request.schema;
}

std::optional<int64_t> TokensOf(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  const auto tokens = found->get<int64_t>();
  if (tokens < 0 || tokens > kMostTokens) return std::nullopt;
  return tokens;
}

std::string TextOf(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return "";
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

void Judge(bool filtered, bool truncated, ChatAnswer& answer) {
  if (!answer.refusal.empty()) {
    answer.outcome = CallOutcome::kRefused;
  } else if (filtered) {
    answer.outcome = CallOutcome::kFiltered;
  } else if (truncated) {
    answer.outcome = CallOutcome::kTruncated;
  } else if (answer.content.find_first_not_of(" \t\r\n") == std::string::npos) {
    answer.outcome = CallOutcome::kEmpty;
  } else {
    answer.outcome = CallOutcome::kAnswered;
  }
}

}  // namespace paperwire::llm
