#pragma once

#include <cstdint>

#include "libs/clock/clock.h"
#include "libs/http/client.h"
#include "libs/llm/chat.h"
#include "libs/llm/wire.h"

namespace paperwire::llm {

// What `request` comes to where nobody counted: a quarter of its bytes.
int64_t EstimatedTokens(const ChatRequest& request);
// What to count for a call that nobody knows the end of: it may have been paid for.
Usage UnknownUsage(const ChatRequest& request);

// Reads what the endpoint said to `request`, whatever it is, into `answer`, whose mode says how it
// was asked. True: the endpoint would take it said otherwise, and `dialect`, which is how it was
// said, was changed so. Pure.
bool ReadResponse(const http::FetchResponse& response, const Endpoint& endpoint,
                  const ChatRequest& request, clock::WallTime now, Dialect& dialect,
                  ChatAnswer& answer);

}  // namespace paperwire::llm
