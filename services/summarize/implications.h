#pragma once

#include <string_view>

namespace paperwire::summarize {

// Whether a sentence says in so many words what follows from a paper ("pave the way", "suggests
// that", "practitioners", "future work"). Pure, thread-safe.
bool SpeaksOfImplications(std::string_view sentence);

}  // namespace paperwire::summarize
