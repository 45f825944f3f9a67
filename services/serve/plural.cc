#include "services/serve/plural.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace paperwire::serve {
namespace {

constexpr size_t kShortest = 4;

// Plurals that no rule finds, by first letters.
constexpr std::pair<std::string_view, std::string_view> kIrregular[] = {
    {"automata", "automaton"}, {"corpora", "corpus"},   {"cpus", "cpu"},
    {"criteria", "criterion"}, {"gpus", "gpu"},         {"indices", "index"},
    {"matrices", "matrix"},    {"npus", "npu"},         {"phenomena", "phenomenon"},
    {"simplices", "simplex"},  {"spectra", "spectrum"}, {"tpus", "tpu"},
    {"vertices", "vertex"},
};

// They end like a plural and are none.
constexpr std::string_view kSingular[] = {"atlas", "bias", "canvas", "lens", "pandas"};

}  // namespace

void TakePlural(std::string& text, size_t begin) {
  const std::string_view word = std::string_view(text).substr(begin);
  if (word.size() < kShortest) return;
  const auto ends = [&](std::string_view ending) {
    return text.size() - begin >= kShortest && text.ends_with(ending);
  };
  if (word.back() == 'a' || ends("ices") || ends("pus")) {
    const auto* irregular = std::find_if(std::begin(kIrregular), std::end(kIrregular),
                                         [&](const auto& pair) { return pair.first == word; });
    if (irregular != std::end(kIrregular)) {
      text.replace(begin, std::string::npos, irregular->second);
      return;
    }
  }
  if (std::find(std::begin(kSingular), std::end(kSingular), word) != std::end(kSingular)) return;
  // "analysis" and "analyses".
  if (ends("sis") && word.size() > 5) {
    text.resize(text.size() - 2);
    return;
  }
  if (ends("s") && !ends("ss") && !ends("us") && !ends("is")) text.pop_back();
  if (ends("ie")) {
    text.replace(text.size() - 2, 2, "y");
  } else if (ends("se") || ends("xe") || ends("che") || ends("she")) {
    text.pop_back();
  }
}

}  // namespace paperwire::serve
