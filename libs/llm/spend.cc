#include "libs/llm/spend.h"

#include <cmath>

namespace paperwire::llm {

Usage MostOf(const ChatRequest& request) {
  const size_t bytes = request.system.size() + request.user.size() + request.schema.size();
  return {.input_tokens = static_cast<int64_t>((bytes + 1) / 2) + 256,
          .output_tokens = request.max_output_tokens,
          .estimated = true};
}

Usage BilledFor(const ChatAnswer& answer, const Usage& most) {
  const bool said = answer.usage.input_tokens > 0 || answer.usage.output_tokens > 0;
  switch (answer.outcome) {
    case CallOutcome::kTimeout:
    case CallOutcome::kCancelled:
    case CallOutcome::kTooLarge:
      return said ? answer.usage : most;
    default:
      return answer.usage;
  }
}

Spend SpendOf(const Endpoint& endpoint, const Usage& usage) {
  // A dollar per million tokens is a millionth of a dollar per token.
  const double money = static_cast<double>(usage.input_tokens) * endpoint.input_price +
                       static_cast<double>(usage.output_tokens) * endpoint.output_price;
  return {.tokens = usage.input_tokens + usage.output_tokens,
          .microdollars = static_cast<int64_t>(std::ceil(money))};
}

}  // namespace paperwire::llm
