#pragma once

#include <string_view>
#include <vector>

#include "libs/grounding/phrases.h"

namespace paperwire::summarize {

// Whether a sentence says in so many words what follows from a paper ("pave the way", "suggests
// that", "practitioners", "future work"). `words` are its words. Pure, thread-safe.
bool SpeaksOfImplications(std::string_view sentence, const std::vector<grounding::Word>& words);

}  // namespace paperwire::summarize
