#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace paperwire::summarize {

// At most `limit` terms of a paper, strongest first: acronyms and runs of two or three content
// words that stand in the title or return in the abstract. Pure, thread-safe.
std::vector<std::string> Keywords(std::string_view title, std::string_view abstract, size_t limit);

}  // namespace paperwire::summarize
