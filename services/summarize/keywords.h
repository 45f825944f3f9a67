#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace paperwire::summarize {

// At most `limit` terms of a paper, strongest first: runs of two to four words and names that stand
// in the title or return in the abstract, and single words where those are few. Each occurs in one
// of the two texts (an acronym perhaps in the plural); none says what another one says. Pure,
// thread-safe.
std::vector<std::string> Keywords(std::string_view title, std::string_view abstract, size_t limit);

}  // namespace paperwire::summarize
