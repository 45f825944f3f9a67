#pragma once

#include "libs/llm/chat.h"
#include "libs/llm/daily_budget.h"

namespace paperwire::llm {

// What one call of `request` uses at most: half its bytes (two bytes a token is less than any
// tokenizer makes of English or of TeX), 256 for what the endpoint puts around them, and all the
// output that is allowed. Pure, as are the others.
Usage MostOf(const ChatRequest& request);

// What to count for a call that is over. One that nobody knows the end of, such as a time-out, may
// have been paid for: it counts as the most; one that failed otherwise, as what its answer says.
Usage BilledFor(const ChatAnswer& answer, const Usage& most);

// By the endpoint's prices, rounded up.
Spend SpendOf(const Endpoint& endpoint, const Usage& usage);

}  // namespace paperwire::llm
