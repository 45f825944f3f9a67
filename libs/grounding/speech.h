#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::grounding {

// Words that speak of the making of a card instead of a paper.
struct Speech {
  // REFUSAL, INSTRUCTION or PLACEHOLDER.
  v1::GroundingItemKind kind = v1::GROUNDING_ITEM_KIND_UNSPECIFIED;
  // [begin, end) in bytes of the text.
  size_t begin = 0;
  size_t end = 0;
};

// The phrases in `text` by which a model refuses ("I'm sorry, but", "as an AI language model"),
// echoes what it was asked ("here is the summary", "ignore previous instructions") or leaves a gap
// ("lorem ipsum", "summary generation failed"). Linear in the text. Pure, thread-safe.
std::vector<Speech> FindSpeech(std::string_view text);

// Whether `text` as a whole stands for a text that is not there: "N/A", "TODO", "none", "null",
// "[insert results here]".
bool IsPlaceholder(std::string_view text);

}  // namespace paperwire::grounding
