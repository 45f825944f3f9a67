#pragma once

#include <vector>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::classify {

// Model name, as it stands in the provenance.
inline constexpr const char* kModel = "lexicon-1";

// Below this confidence of the first tag the choice is a guess and is marked as one.
inline constexpr float kLowConfidence = 0.35f;

// One to three tags of the catalogue for a paper, most relevant first, each with its confidence
// and its strongest evidence. Never empty: where nothing speaks for a tag, the categories do, and
// where they are silent too it is Theory, with a confidence that says so. Pure, thread-safe.
std::vector<v1::Tag> Classify(const v1::Paper& paper, const v1::Summary& summary);

// Whether the first tag is a guess (TagProvenance.low_confidence).
bool IsGuess(const std::vector<v1::Tag>& tags);

}  // namespace paperwire::classify
