#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "services/summarize/explanation.h"
#include "services/summarize/part_features.h"

namespace paperwire::summarize {

// How well a candidate serves each part of the card, by v1::Section - 1.
using PartScores = std::array<double, kParts>;

// One linear scorer a part: measures, the mean of the words' weights, the sum of the marks'.
// Weights of words and marks are int8 with one scale a part. Immutable, thread-safe.
class PartModel {
 public:
  // The model that was trained for this program, compiled in.
  static const PartModel& Trained();

  // `bytes` as tools/training writes them (docs/models.md); they must outlive the model. Stops the
  // program when they are not a model: that is a broken build.
  explicit PartModel(std::string_view bytes);

  PartScores Score(const CandidateFeatures& features) const;

 private:
  std::array<std::array<double, kMeasures>, kParts> measures_{};
  std::array<float, kParts> word_scale_{};
  std::array<float, kParts> mark_scale_{};
  const int8_t* weights_ = nullptr;
};

}  // namespace paperwire::summarize
