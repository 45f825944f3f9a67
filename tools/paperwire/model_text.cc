#include "tools/paperwire/model_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "tools/paperwire/card_text.h"
#include "tools/paperwire/console.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

using Json = nlohmann::ordered_json;
using llm::CallOutcome;

std::string Seconds(std::chrono::milliseconds time) {
  return fmt::format("{:.1f}s", static_cast<double>(time.count()) / 1000);
}

// A model's text on a terminal: nothing that a terminal obeys.
std::string Harmless(std::string_view text) {
  std::string clean;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool high_control =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (high_control) ++i;
    const bool control =
        high_control || (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
    clean += control ? ' ' : static_cast<char>(byte);
  }
  return clean;
}

std::string Ended(std::string text) {
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string_view Reason(v1::FallbackReason reason) {
  switch (reason) {
    case v1::FALLBACK_REASON_REFUSED:
      return "the model refused";
    case v1::FALLBACK_REASON_TRUNCATED:
      return "the answer was cut short (--llm-max-output-tokens)";
    case v1::FALLBACK_REASON_INVALID_OUTPUT:
      return "the answer is not what was asked for";
    case v1::FALLBACK_REASON_UNGROUNDED:
      return "the answer says what the abstract does not";
    default:
      return "the endpoint did not answer";
  }
}

// " (--llm-2-api-key)": what such an outcome makes one look at.
std::string SettingOf(const ModelLook& look) {
  const std::string number = look.position == 1 ? "" : fmt::format("{}-", look.position);
  switch (look.turns.back().answer.outcome) {
    case CallOutcome::kUnauthorized:
      return fmt::format(" (--llm-{}api-key)", number);
    case CallOutcome::kNoSuchModel:
      return fmt::format(" (--llm-{}model)", number);
    case CallOutcome::kUnreachable:
    case CallOutcome::kNotAnEndpoint:
      return fmt::format(" (--llm-{}base-url)", number);
    case CallOutcome::kTimeout:
      return " (--llm-first-byte-timeout, --llm-total-timeout)";
    default:
      return "";
  }
}

std::string UsageText(const llm::Usage& usage) {
  return fmt::format("{} tokens in, {} out{}", usage.input_tokens, usage.output_tokens,
                     usage.estimated ? " (estimated)" : "");
}

std::string_view FormText(const llm::ChatAnswer& answer, const llm::Endpoint& endpoint) {
  if (endpoint.format == llm::WireFormat::kAnthropic) return "the prompt says it";
  switch (answer.mode) {
    case llm::SchemaMode::kJsonSchema:
      return "json_schema";
    case llm::SchemaMode::kJsonObject:
      return "json_object (json_schema is refused there)";
    case llm::SchemaMode::kPromptOnly:
      return "the prompt says it (json_schema and json_object are refused there)";
  }
  return "";
}

Json RequestJson(const llm::ChatRequest& request) {
  return {{"system", request.system},
          {"user", request.user},
          {"schemaName", request.schema_name},
          {"schema", request.schema},
          {"maxOutputTokens", request.max_output_tokens},
          {"temperature", request.temperature}};
}

Json AnswerJson(const llm::ChatAnswer& answer) {
  Json json = {{"outcome", llm::OutcomeName(answer.outcome)},
               {"detail", answer.detail},
               {"mode", llm::SchemaModeName(answer.mode)},
               {"model", answer.model},
               {"requestId", answer.request_id},
               {"latencyMs", answer.latency.count()},
               {"inputTokens", answer.usage.input_tokens},
               {"outputTokens", answer.usage.output_tokens},
               {"estimated", answer.usage.estimated}};
  return json;
}

std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string CardWord(const summarize::LlmCard& card) {
  switch (card.outcome) {
    case summarize::CardOutcome::kAnswered:
      return "as asked";
    case summarize::CardOutcome::kRepaired:
      return "after a second question";
    case summarize::CardOutcome::kTrimmed:
      return "with sentences taken out";
    default:
      return fmt::format("none: {}", Reason(card.failure));
  }
}

std::string ReportText(const ModelLook& look, int columns) {
  const llm::ChatAnswer& answer = look.turns.back().answer;
  std::string text = fmt::format("{} {}\n", look.position, look.endpoint.Name());
  const auto row = [&text](std::string_view name, std::string_view value) {
    text += fmt::format("  {:<8} {}\n", name, value);
  };
  row("address", look.endpoint.base_url + " answers");
  if (!answer.model.empty()) row("model", answer.model);
  row("form", FormText(answer, look.endpoint));
  row("latency", Seconds(answer.latency));
  row("usage", UsageText(answer.usage));
  if (look.dollars > 0) row("cost", fmt::format("${:.4f}", look.dollars));
  row("card", CardWord(look.card));
  if (look.card.outcome == summarize::CardOutcome::kFailed) return text;
  return text + SummaryText(look.card.summary, columns);
}

std::string ComplaintText(const ModelLook& look) {
  const llm::ChatAnswer& answer = look.turns.back().answer;
  return fmt::format(
      "{} {}: {}: {}{}", look.position, look.endpoint.Name(), llm::OutcomeName(answer.outcome),
      answer.detail.empty() ? Reason(look.card.failure) : std::string_view(answer.detail),
      SettingOf(look));
}

int ExitCodeOf(const ModelLook& look) {
  switch (look.turns.back().answer.outcome) {
    case CallOutcome::kAnswered:
      return look.card.outcome == summarize::CardOutcome::kFailed ? kExitNegative : kExitOk;
    case CallOutcome::kUnauthorized:
      return kExitNoPermission;
    case CallOutcome::kNoSuchModel:
    case CallOutcome::kNotAnEndpoint:
      return config::kExitConfig;
    case CallOutcome::kRefused:
    case CallOutcome::kFiltered:
    case CallOutcome::kTruncated:
    case CallOutcome::kEmpty:
      return kExitNegative;
    default:
      return kExitUnavailable;
  }
}

std::string QuestionText(const llm::ChatRequest& request) {
  return fmt::format("--- system\n{}--- user\n{}--- schema {}\n{}", Ended(Harmless(request.system)),
                     Ended(Harmless(request.user)), request.schema_name,
                     Ended(Harmless(request.schema)));
}

std::string ConversationText(const ModelLook& look, int columns) {
  std::string text;
  for (const Turn& turn : look.turns) {
    if (&turn != &look.turns.front()) {
      text += fmt::format("--- user, once more\n{}", Ended(Harmless(turn.request.user)));
    }
    const llm::ChatAnswer& answer = turn.answer;
    text += fmt::format("--- answer of {}: {}, {}, {}, {}\n", look.endpoint.Name(),
                        llm::OutcomeName(answer.outcome), llm::SchemaModeName(answer.mode),
                        Seconds(answer.latency), UsageText(answer.usage));
    for (const std::string* part : {&answer.detail, &answer.refusal, &answer.content}) {
      if (!part->empty()) text += Ended(Harmless(*part));
    }
  }
  text += fmt::format("--- card: {}\n", CardWord(look.card));
  if (look.card.outcome == summarize::CardOutcome::kFailed) return text;
  return text + SummaryText(look.card.summary, columns);
}

std::string LookJson(const ModelLook& look, bool with_turns) {
  Json json = {{"position", look.position},
               {"endpoint", look.endpoint.Name()},
               {"answer", AnswerJson(look.turns.back().answer)},
               {"calls", look.turns.size()},
               {"dollars", look.dollars},
               {"card", CardWord(look.card)}};
  if (look.card.outcome != summarize::CardOutcome::kFailed) {
    json["summary"] = Json::parse(ToJson(look.card.summary), nullptr, false);
  }
  if (!with_turns) return Line(json);
  Json& turns = json["turns"] = Json::array();
  for (const Turn& turn : look.turns) {
    Json answer = AnswerJson(turn.answer);
    answer["refusal"] = turn.answer.refusal;
    answer["content"] = turn.answer.content;
    turns.push_back({{"request", RequestJson(turn.request)}, {"answer", answer}});
  }
  return Line(json);
}

std::string QuestionJson(const llm::ChatRequest& request) {
  return Line({{"request", RequestJson(request)}});
}

}  // namespace paperwire::cli
