#include "services/classify/tag_model.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "fmt/format.h"
#include "libs/tags/catalogue.h"
#include "libs/weights/reader.h"
#include "services/classify/classify.h"
#include "services/classify/phrase_text.h"

extern "C" {
extern const char kPaperwireTags[];
extern const char kPaperwireTagsEnd[];
}

namespace paperwire::classify {
namespace {

constexpr uint32_t kSlotBits = 15;
// The length of a paper's vector of words; shorter where little of the paper is known: a title of
// three words must not say it as loudly as an abstract.
constexpr float kLength = 10.0f;
constexpr float kFullSquares = 128.0f;
// A paper of which so many different features are known says what it is about; abstracts have
// several times as many. Of fewer, what any paper is about counts too.
constexpr float kFullHits = 60.0f;
// Fewer say nothing: one word said over and over has as many.
constexpr float kFewHits = 5.0f;
constexpr size_t kEvidence = 3;
// Of a tag's log-odds; less is not worth telling.
constexpr float kLeastEvidence = 0.08f;

// 1 + ln(times).
float ValueOf(uint32_t times) {
  static const std::array<float, 64> kValues = [] {
    std::array<float, 64> values{};
    for (size_t i = 1; i < values.size(); ++i) values[i] = 1.0f + std::log(static_cast<float>(i));
    return values;
  }();
  return kValues[std::min<size_t>(times, kValues.size() - 1)];
}

std::string_view FittingWeights() {
  const absl::Status status = TagModel::Fits(tags::Catalogue());
  if (!status.ok()) {
    const std::string message(status.message());
    std::fprintf(stderr, "%s\n", message.c_str());
    std::_Exit(EXIT_FAILURE);
  }
  return {kPaperwireTags, static_cast<size_t>(kPaperwireTagsEnd - kPaperwireTags)};
}

// Of the catalogue's slugs in their order (FNV-1a): weights go by the index.
uint32_t OrderHash() {
  uint32_t hash = 2166136261U;
  for (const tags::TagInfo& tag : tags::Catalogue()) {
    for (const char c : tag.slug + "\n") hash = (hash ^ static_cast<uint8_t>(c)) * 16777619U;
  }
  return hash;
}

}  // namespace

absl::Status TagModel::Fits(const tags::TagCatalogue& catalogue) {
  if (catalogue.size() == kTags) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("the tag catalogue has {} tags, but the model {} was trained for {}",
                  catalogue.size(), kModel, kTags));
}

const TagModel& TagModel::Trained() {
  static const TagModel kTrained{FittingWeights()};
  return kTrained;
}

TagModel::TagModel(std::string_view bytes) : slots_(size_t{1} << kSlotBits) {
  weights::Reader reader(bytes, "PWTAGS02");
  reader.Expect(kTags);
  reader.Expect(OrderHash());
  const size_t count = reader.NumberUpTo(static_cast<uint32_t>(slots_.size() / 2));
  const auto read = [&reader](std::array<float, kTags>& values) {
    for (float& value : values) value = reader.Float();
  };
  read(scales_);
  read(biases_);
  for (std::array<float, kTags>& row : lexicon_) read(row);
  read(slopes_);
  read(offsets_);
  read(usual_);
  read(leads_);
  least_confidence_ = reader.Float();
  const std::vector<uint32_t> keys = reader.Numbers(count);
  const int8_t* weights = reader.Weights(count * kTags);

  known_.resize((size_t{1} << kKnownBits) / 64);
  rows_.resize(count);
  for (size_t row = 0; row < count; ++row) {
    std::memcpy(rows_[row].data(), weights + row * kTags, kTags);
    size_t at = keys[row] & (slots_.size() - 1);
    while (slots_[at].row != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {keys[row], static_cast<uint32_t>(row + 1)};
    const uint32_t bit = keys[row] >> (32 - kKnownBits);
    known_[bit / 64] |= uint64_t{1} << (bit % 64);
  }
}

uint32_t TagModel::Find(uint32_t key) const {
  size_t at = key & (slots_.size() - 1);
  while (slots_[at].row != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
  return slots_[at].row;
}

void TagModel::Assess(const v1::Paper& paper, std::string_view text, Assessment& assessment) const {
  Read(paper.title(), text, assessment.reading);
  MatchLexicon(assessment.reading, assessment.lexicon);

  // By row: its place among the hits and one; 0: not met yet.
  thread_local std::vector<uint16_t> places;
  if (places.size() < rows_.size()) places.resize(rows_.size());
  std::vector<FeatureHit>& hits = assessment.hits;
  hits.clear();
  VisitFeatures(assessment.reading, [&](const Feature& feature) {
    if (!MayKnow(feature.key)) return;
    const uint32_t found = Find(feature.key);
    if (found == 0) return;
    uint16_t& place = places[found - 1];
    if (place == 0) {
      hits.push_back({found - 1, 0, 0, feature});
      place = static_cast<uint16_t>(hits.size());
    }
    hits[place - 1U].times += feature.times;
  });
  float squares = 0;
  for (FeatureHit& hit : hits) {
    places[hit.row] = 0;
    hit.value = ValueOf(hit.times);
    squares += hit.value * hit.value;
  }
  const float unit = kLength / std::sqrt(std::max(squares, kFullSquares));
  const float share = (static_cast<float>(hits.size()) - kFewHits) / (kFullHits - kFewHits);
  const float known = std::sqrt(std::clamp(share, 0.0f, 1.0f));
  std::array<float, 16> sums{};
  std::array<float, 16> listed{};
  const auto add = [this](uint32_t row, float value, std::array<float, 16>& to) {
    for (size_t i = 0; i < to.size(); ++i) to[i] += value * static_cast<float>(rows_[row][i]);
  };
  for (FeatureHit& hit : hits) {
    hit.value *= unit;
    add(hit.row, hit.value, sums);
  }
  for (auto category = paper.categories().begin(); category != paper.categories().end();
       ++category) {
    if (std::find(paper.categories().begin(), category, *category) != category) continue;
    if (const uint32_t found = Find(CategoryKey(*category)); found != 0) {
      add(found - 1, 1.0f, listed);
    }
  }
  for (size_t tag = 0; tag < kTags; ++tag) {
    float score = biases_[tag] + sums[tag] * scales_[tag];
    for (size_t other = 0; other < kTags; ++other) {
      score += lexicon_[tag][other] * assessment.lexicon.strength[other];
    }
    const float said = slopes_[tag] * score + offsets_[tag];
    assessment.odds[tag] =
        usual_[tag] + known * (said - usual_[tag]) + slopes_[tag] * scales_[tag] * listed[tag];
    assessment.confidence[tag] = 1.0f / (1.0f + std::exp(-assessment.odds[tag]));
  }
}

std::vector<std::string> TagModel::Evidence(const Assessment& assessment, size_t tag) const {
  struct Candidate {
    float weight = 0;
    uint32_t first = 0;
    uint32_t count = 0;
    bool in_title = false;
  };
  thread_local std::vector<Candidate> candidates;
  candidates.clear();
  const auto consider = [&](float weight, const auto& at) {
    if (weight >= kLeastEvidence) candidates.push_back({weight, at.first, at.count, at.in_title});
  };
  const float scale = scales_[tag] * slopes_[tag];
  for (const FeatureHit& hit : assessment.hits) {
    consider(hit.value * scale * static_cast<float>(rows_[hit.row][tag]), hit.feature);
  }
  // A pattern's part of what its tag's strength adds.
  const float strength = assessment.lexicon.strength[tag];
  const float share =
      slopes_[tag] * lexicon_[tag][tag] * strength / std::max(std::expm1(strength), 1e-6f);
  for (const PatternHit& hit : assessment.lexicon.hits) {
    if (Patterns()[hit.pattern].tag == tag) consider(hit.worth * share, hit);
  }
  const auto weaker = [](const Candidate& a, const Candidate& b) { return a.weight < b.weight; };
  std::make_heap(candidates.begin(), candidates.end(), weaker);
  std::vector<std::string> phrases;
  const Reading& reading = assessment.reading;
  while (phrases.size() < kEvidence && !candidates.empty()) {
    std::pop_heap(candidates.begin(), candidates.end(), weaker);
    const Candidate candidate = candidates.back();
    candidates.pop_back();
    std::string phrase = PhraseText(candidate.in_title ? reading.title : reading.text,
                                    candidate.in_title ? reading.title_words : reading.text_words,
                                    candidate.first, candidate.count);
    if (!phrase.empty() && !Tells(phrases, phrase)) phrases.push_back(std::move(phrase));
  }
  return phrases;
}

}  // namespace paperwire::classify
