#pragma once

#include <string>

#include "tools/paperwire/model_look.h"

// What a person reads of a model that was asked. Pure.
namespace paperwire::cli {

// What came of the card: "as asked", "none: it was cut short".
std::string CardWord(const summarize::LlmCard& card);

// A model that answered: what works, and the card.
std::string ReportText(const ModelLook& look, int columns);

// One line of a model that did not answer, with the setting to look at.
std::string ComplaintText(const ModelLook& look);

// The exit code that belongs to it.
int ExitCodeOf(const ModelLook& look);

// A question, as it is sent.
std::string QuestionText(const llm::ChatRequest& request);

// All that was said after the first question, and what was made of it.
std::string ConversationText(const ModelLook& look, int columns);

// The same as one line of JSON; with what was asked and answered, or without.
std::string LookJson(const ModelLook& look, bool with_turns);
std::string QuestionJson(const llm::ChatRequest& request);

}  // namespace paperwire::cli
