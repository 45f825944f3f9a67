#pragma once

#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"
#include "services/summarize/explanation.h"

namespace paperwire::summarize {

// Model name of the embedded summarizer, as it stands in the provenance.
inline constexpr const char* kModel = "linear-1";

// The card's text for `paper`, taken from its title and abstract by choosing, cutting and
// rewording sentences: it says nothing that the abstract does not. Whatever the abstract is (empty,
// not English, without a stop), the answer is an honest card: what is not stated stays empty. The
// grounding gate has been applied and its verdict is in the provenance; create_time is left to the
// caller. Pure, thread-safe.
v1::Summary Summarize(const v1::Paper& paper);

// The same; `removed` is how many sentences the gate took out.
v1::Summary Summarize(const v1::Paper& paper, int& removed);

// The same, and why.
v1::Summary Summarize(const v1::Paper& paper, Explanation& why);

// The same from an abstract whose sentences are known; the paper's own is not read.
v1::Summary Summarize(const v1::Paper& paper, const std::vector<std::string>& sentences,
                      Explanation& why);

}  // namespace paperwire::summarize
