#pragma once

#include <array>
#include <vector>

#include "paperwire/v1/paper.pb.h"
#include "services/classify/lexicon.h"

namespace paperwire::classify {

// Model name, as it stands in the provenance.
inline constexpr const char* kModel = "tags-linear-3";

// Where no tag reaches this confidence the choice is a guess and is marked as one.
inline constexpr float kLowConfidence = 0.4f;

// One to three tags of the catalogue for a paper, most relevant first, each with its confidence and
// its strongest evidence. 0.7: a reader under docs/tagging.md would give seven of ten such tags
// (docs/models.md). Never empty: where nothing speaks for a tag it is the likeliest of all papers,
// with a confidence that says so. A paper without an abstract is read by its summary. Pure,
// thread-safe.
std::vector<v1::Tag> Classify(const v1::Paper& paper, const v1::Summary& summary);

// The confidence of every tag, in the order of tags::Catalogue(). Pure, thread-safe.
std::array<float, kTags> Confidences(const v1::Paper& paper, const v1::Summary& summary);

// Whether the choice is a guess (TagProvenance.low_confidence).
bool IsGuess(const std::vector<v1::Tag>& tags);

}  // namespace paperwire::classify
