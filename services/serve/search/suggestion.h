#pragma once

#include <string>
#include <string_view>

#include "services/serve/search/index.h"
#include "services/serve/search/query.h"
#include "services/serve/search/search.h"

namespace paperwire::serve::search {

// A query like `text` that has results under `options`, for one that has none: words that no paper
// holds by near ones, a phrase as words, or without a word. Empty: none was found in a bounded
// number of trials. `query` is what `text` was read as; `read_tag` as there.
std::string Suggest(const Index& index, std::string_view text, const Query& query,
                    const TagReader& read_tag, const Options& options);

}  // namespace paperwire::serve::search
