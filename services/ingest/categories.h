#pragma once

#include <string_view>

namespace paperwire::ingest {

// Whether `text` is an active arXiv category ("cs.LG", "hep-th"). arXiv's feeds put ACM and MSC
// codes into the same elements.
bool IsCategory(std::string_view text);

}  // namespace paperwire::ingest
