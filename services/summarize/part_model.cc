#include "services/summarize/part_model.h"

#include <cstddef>

#include "libs/weights/reader.h"
#include "services/summarize/models.h"

namespace paperwire::summarize {

const PartModel& PartModel::Trained() {
  static const PartModel kModel{PartModelBytes()};
  return kModel;
}

PartModel::PartModel(std::string_view bytes) {
  weights::Reader reader(bytes, "PWPARTS1");
  reader.Expect(kPartFeatureBits);
  reader.Expect(kParts);
  reader.Expect(kMeasures);
  for (auto& row : measures_) {
    for (double& weight : row) weight = reader.Float();
  }
  for (float& scale : word_scale_) scale = reader.Float();
  for (float& scale : mark_scale_) scale = reader.Float();
  weights_ = reader.Weights((size_t{1} << kPartFeatureBits) * kParts);
}

PartScores PartModel::Score(const CandidateFeatures& features) const {
  const auto sum = [this](const std::vector<uint16_t>& hashed) {
    std::array<int32_t, kParts> sums{};
    for (const uint16_t feature : hashed) {
      const int8_t* row = weights_ + static_cast<size_t>(feature) * kParts;
      for (size_t part = 0; part < kParts; ++part) sums[part] += row[part];
    }
    return sums;
  };
  const std::array<int32_t, kParts> words = sum(features.words);
  const std::array<int32_t, kParts> marks = sum(features.marks);
  const double count = features.words.empty() ? 1 : static_cast<double>(features.words.size());
  PartScores scores{};
  for (size_t part = 0; part < kParts; ++part) {
    double score = static_cast<double>(words[part]) * word_scale_[part] / count +
                   static_cast<double>(marks[part]) * mark_scale_[part];
    for (size_t i = 0; i < kMeasures; ++i) score += measures_[part][i] * features.measures[i];
    scores[part] = score;
  }
  return scores;
}

}  // namespace paperwire::summarize
