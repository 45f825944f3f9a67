#include "libs/llm/chat.h"

namespace paperwire::llm {

std::string_view SchemaModeName(SchemaMode mode) {
  switch (mode) {
    case SchemaMode::kJsonSchema:
      return "json_schema";
    case SchemaMode::kJsonObject:
      return "json_object";
    case SchemaMode::kPromptOnly:
      return "prompt";
  }
  return "prompt";
}

std::string_view OutcomeName(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::kAnswered:
      return "answered";
    case CallOutcome::kRefused:
      return "refused";
    case CallOutcome::kFiltered:
      return "filtered";
    case CallOutcome::kTruncated:
      return "truncated";
    case CallOutcome::kEmpty:
      return "empty";
    case CallOutcome::kRateLimited:
      return "rate-limited";
    case CallOutcome::kQuotaExhausted:
      return "quota-exhausted";
    case CallOutcome::kServerError:
      return "server-error";
    case CallOutcome::kTimeout:
      return "timeout";
    case CallOutcome::kUnreachable:
      return "unreachable";
    case CallOutcome::kUnauthorized:
      return "unauthorized";
    case CallOutcome::kNoSuchModel:
      return "no-such-model";
    case CallOutcome::kSchemaUnsupported:
      return "schema-unsupported";
    case CallOutcome::kBadRequest:
      return "bad-request";
    case CallOutcome::kNotAnEndpoint:
      return "not-an-endpoint";
    case CallOutcome::kTooLarge:
      return "too-large";
    case CallOutcome::kCancelled:
      return "cancelled";
  }
  return "cancelled";
}

}  // namespace paperwire::llm
