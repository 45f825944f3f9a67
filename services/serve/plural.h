#pragma once

#include <cstddef>
#include <string>

namespace paperwire::serve {

// Takes the ending of an English plural off the folded word that begins at `begin` and ends `text`.
// What is left is equal for singular and plural ("cache" and "caches": "cach") and is for comparing
// only: nobody is shown it. Only plurals: "generation" and "generative" stay two words.
void TakePlural(std::string& text, size_t begin);

}  // namespace paperwire::serve
