#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/tags/catalogue.h"
#include "paperwire/v1/paper.pb.h"
#include "services/classify/features.h"
#include "services/classify/lexicon.h"

namespace paperwire::classify {

// A feature of a paper that the model has weights for.
struct FeatureHit {
  uint32_t row = 0;
  uint32_t times = 0;
  // What its weights are multiplied by.
  float value = 0;
  // Where it stands first.
  Feature feature;
};

// What the model makes of a paper. Used again, it allocates nothing.
struct Assessment {
  Reading reading;
  std::vector<FeatureHit> hits;
  LexiconFindings lexicon;
  // By tag, in the order of tags::Catalogue(): how likely it is, calibrated: 0–1, and as log-odds.
  std::array<float, kTags> confidence{};
  std::array<float, kTags> odds{};
};

// One linear scorer a tag over words, pairs of words, categories and what the lexicon says, and a
// logistic that makes its score a probability (Platt scaling). Immutable, thread-safe.
class TagModel {
 public:
  // The model that was trained for this program, compiled in. Stops the program with one line where
  // it does not fit the catalogue.
  static const TagModel& Trained();

  // FailedPrecondition: the catalogue has more or fewer tags than the model that is compiled in.
  static absl::Status Fits(const tags::TagCatalogue& catalogue);

  // `bytes` as tools/training writes them (docs/models.md). Stops the program when they are not a
  // model: that is a broken build.
  explicit TagModel(std::string_view bytes);

  void Assess(const v1::Paper& paper, std::string_view text, Assessment& assessment) const;

  // The phrases of the paper that speak most for a tag, strongest first, in its own spelling.
  std::vector<std::string> Evidence(const Assessment& assessment, size_t tag) const;

  // A second and a third tag need this confidence.
  float least_confidence() const { return least_confidence_; }
  // What is added to the log-odds of a tag when chosen ones are put in order.
  float lead(size_t tag) const { return leads_[tag]; }

 private:
  // Of 14 weights, padded so that a row is read at once.
  using Row = std::array<int8_t, 16>;
  struct Slot {
    uint32_t key = 0;
    // Row and one; 0: empty.
    uint32_t row = 0;
  };

  static constexpr uint32_t kKnownBits = 17;

  bool MayKnow(uint32_t key) const {
    const uint32_t bit = key >> (32 - kKnownBits);
    return (known_[bit / 64] >> (bit % 64) & 1U) != 0;
  }
  // Row and one of a key; 0: there is none.
  uint32_t Find(uint32_t key) const;

  std::vector<Row> rows_;
  std::vector<Slot> slots_;
  // Which keys there may be, by their upper bits: most words and pairs of a text are not known, and
  // one look at a bit is all they cost.
  std::vector<uint64_t> known_;
  std::array<float, kTags> scales_{};
  std::array<float, kTags> biases_{};
  // What the strength of the second tag in the lexicon says of the first.
  std::array<std::array<float, kTags>, kTags> lexicon_{};
  // Log-odds = slope · score + offset.
  std::array<float, kTags> slopes_{};
  std::array<float, kTags> offsets_{};
  // The log-odds of any paper: what is said of one of which nothing is known.
  std::array<float, kTags> usual_{};
  std::array<float, kTags> leads_{};
  float least_confidence_ = 0;
};

}  // namespace paperwire::classify
