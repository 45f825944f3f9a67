#include "services/classify/classify.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "libs/tags/catalogue.h"
#include "services/classify/tag_model.h"

namespace paperwire::classify {
namespace {

constexpr size_t kMostTags = 3;

// Holds until the thread's next call, which uses its room again.
const Assessment& Assess(const v1::Paper& paper, const v1::Summary& summary) {
  thread_local Assessment assessment;
  const std::string_view text = paper.abstract().empty() ? summary.summary() : paper.abstract();
  TagModel::Trained().Assess(paper, text, assessment);
  return assessment;
}

}  // namespace

std::array<float, kTags> Confidences(const v1::Paper& paper, const v1::Summary& summary) {
  return Assess(paper, summary).confidence;
}

std::vector<v1::Tag> Classify(const v1::Paper& paper, const v1::Summary& summary) {
  const TagModel& model = TagModel::Trained();
  const Assessment& assessment = Assess(paper, summary);
  const std::array<float, kTags>& confidence = assessment.confidence;
  std::array<size_t, kTags> order{};
  for (size_t tag = 0; tag < kTags; ++tag) order[tag] = tag;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return assessment.odds[a] > assessment.odds[b]; });
  size_t count = 1;
  while (count < kMostTags && confidence[order[count]] >= model.least_confidence()) ++count;
  const auto rank = [&](size_t tag) { return assessment.odds[tag] + model.lead(tag); };
  std::stable_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                   [&](size_t a, size_t b) { return rank(a) > rank(b); });
  std::vector<v1::Tag> tags(count);
  for (size_t i = 0; i < count; ++i) {
    const tags::TagInfo& info = tags::Catalogue()[order[i]];
    tags[i].set_slug(info.slug);
    tags[i].set_name(info.name);
    tags[i].set_confidence(confidence[order[i]]);
    for (std::string& phrase : model.Evidence(assessment, order[i])) {
      tags[i].add_evidence(std::move(phrase));
    }
  }
  return tags;
}

bool IsGuess(const std::vector<v1::Tag>& tags) {
  return std::none_of(tags.begin(), tags.end(),
                      [](const v1::Tag& tag) { return tag.confidence() >= kLowConfidence; });
}

}  // namespace paperwire::classify
