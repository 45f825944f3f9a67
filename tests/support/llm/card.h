#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/support/llm/misbehaviour.h"
#include "tests/support/llm/prompt.h"

namespace paperwire::stand_in {

// Its own idea of sentences, plain and short: what it makes must pass the gate, not be it.
std::vector<std::string> Sentences(const std::string& text);

// A card for the paper in `prompt` out of its own sentences, with the members that the schema
// names (without a schema: those of a Summary). The same prompt gives the same card.
nlohmann::ordered_json GoodCard(const Prompt& prompt);

// What a model answers that does `fault`; of an endpoint's fault: the good card.
std::string Content(const Prompt& prompt, Fault fault, const std::string& asked);

// A sentence with figures that are not in `source`.
std::string Invention(const std::string& source, int number);

}  // namespace paperwire::stand_in
