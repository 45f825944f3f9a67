#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/http/multi_client.h"
#include "libs/llm/chat.h"
#include "libs/llm/endpoint.h"
#include "libs/llm/llm_settings.h"
#include "paperwire/v1/paper.pb.h"
#include "services/summarize/llm_card.h"

namespace paperwire::cli {

// A question to a model, and what came back.
struct Turn {
  llm::ChatRequest request;
  llm::ChatAnswer answer;
};

// What one model made of one paper.
struct ModelLook {
  llm::Endpoint endpoint;
  // In the list of models, from 1.
  size_t position = 1;
  std::vector<Turn> turns = {};
  summarize::LlmCard card = {};
  double dollars = 0;

  // Whether the model wrote something, a card or not.
  bool Answered() const;
};

// The question for the card of `paper`, as the services would ask it.
llm::ChatRequest QuestionFor(const v1::Paper& paper, const llm::LlmSettings& settings);

// Asks for the card of `paper` as the services would, but at once: without budget, breaker, cache
// and retries.
ModelLook LookAt(const v1::Paper& paper, const llm::Endpoint& endpoint, size_t position,
                 const llm::LlmSettings& settings, http::MultiClient& client,
                 const clock::Clock& clock);

}  // namespace paperwire::cli
