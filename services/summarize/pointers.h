#pragma once

#include <string_view>

namespace paperwire::summarize {

// Whether a line names something that only a sentence before it can have brought up: "removes this
// gradient effect" where nothing in the line speaks of gradients or effects. "This paper" and "such
// as" point nowhere. A guess from words. Pure, thread-safe.
bool PointsOutside(std::string_view line);

}  // namespace paperwire::summarize
