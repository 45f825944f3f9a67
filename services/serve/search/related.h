#pragma once

#include <vector>

#include "services/serve/search/search.h"

namespace paperwire::serve::search {

// The papers that resemble the one at `place`, the nearest first: by the rare words that they
// share, its keywords, and a little by its tags. Never itself. Equal for equal papers, in whatever
// order they came. Of `options`, limit, oldest and keep count.
std::vector<Hit> FindRelated(const Index& index, Index::Place place, const Options& options);

}  // namespace paperwire::serve::search
