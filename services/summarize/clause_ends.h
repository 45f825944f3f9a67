#pragma once

#include <cstddef>
#include <vector>

#include "services/summarize/clause_starts.h"

namespace paperwire::summarize {

// Words of `clause` before which it can end and still say something, in order; conditions ("if",
// "only", "but") and negations never go. What ends there must still be looked at: see
// Grammar::LeavesOpen.
void ClauseEnds(const Grammar& grammar, const Clause& clause, std::vector<size_t>& ends);

}  // namespace paperwire::summarize
