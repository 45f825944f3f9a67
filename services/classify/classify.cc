#include "services/classify/classify.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/grounding/phrases.h"
#include "libs/tags/catalogue.h"
#include "services/classify/lexicon.h"

namespace paperwire::classify {
namespace {

constexpr size_t kTags = 14;
constexpr float kTitleWeight = 2.4f;
// A phrase said again adds less each time.
constexpr float kRepeat = 0.45f;
constexpr int kMostRepeats = 4;
// A second and a third tag need this score, and this share of the first one's.
constexpr float kSecondScore = 1.5f;
constexpr float kSecondShare = 0.20f;
constexpr size_t kEvidence = 3;

// Tags turn up in papers' words with different ease: what a score is worth.
constexpr std::array<float, kTags> kBias = {0.4f, 0.4f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
                                            0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f};

const grounding::PhraseSet& Phrases() {
  static const grounding::PhraseSet kSet([] {
    std::vector<std::string> phrases;
    for (const Pattern& pattern : Patterns()) phrases.emplace_back(pattern.phrase);
    return phrases;
  }());
  return kSet;
}

struct Evidence {
  uint32_t pattern = 0;
  float score = 0;
};

class Scorer {
 public:
  Scorer() : by_pattern_(Patterns().size(), 0.0f), counts_(Patterns().size(), 0) {}

  void Read(std::string_view text, float factor) {
    grounding::ReadWords(text, words_);
    Phrases().Match(text, words_, [&](const grounding::PhraseSet::Hit& hit) {
      const int said = counts_[hit.phrase]++;
      if (said >= kMostRepeats) return;
      const float worth = Patterns()[hit.phrase].weight * factor * (said == 0 ? 1.0f : kRepeat);
      by_pattern_[hit.phrase] += worth;
      scores_[Patterns()[hit.phrase].tag] += worth;
    });
  }

  void ReadCategory(std::string_view category, float factor) {
    for (const CategoryHint& hint : CategoryHints()) {
      if (hint.category == category) scores_[hint.tag] += hint.weight * factor;
    }
  }

  float score(size_t tag) const { return scores_[tag] + kBias[tag]; }

  // The phrases that speak most for a tag, strongest first.
  std::vector<std::string> EvidenceFor(size_t tag) const {
    std::vector<Evidence> found;
    for (uint32_t i = 0; i < by_pattern_.size(); ++i) {
      if (Patterns()[i].tag == tag && by_pattern_[i] > 0.3f) found.push_back({i, by_pattern_[i]});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Evidence& a, const Evidence& b) { return a.score > b.score; });
    std::vector<std::string> phrases;
    for (const Evidence& evidence : found) {
      if (phrases.size() == kEvidence) break;
      std::string phrase = Patterns()[evidence.pattern].phrase;
      if (phrase.ends_with('*')) phrase.replace(phrase.size() - 1, 1, "\xE2\x80\xA6");  // …
      phrases.push_back(std::move(phrase));
    }
    return phrases;
  }

 private:
  std::array<float, kTags> scores_{};
  std::vector<float> by_pattern_;
  std::vector<int> counts_;
  std::vector<grounding::Word> words_;
};

// 0.5 at a score of three: one strong phrase in the abstract.
float Confidence(float score) { return 1.0f / (1.0f + std::exp(-(score - 3.0f) * 0.7f)); }

}  // namespace

std::vector<v1::Tag> Classify(const v1::Paper& paper, const v1::Summary& summary) {
  Scorer scorer;
  scorer.Read(paper.title(), kTitleWeight);
  // A card may stand for a paper whose abstract is missing.
  scorer.Read(paper.abstract().empty() ? summary.summary() : paper.abstract(), 1.0f);
  for (int i = 0; i < paper.categories_size(); ++i) {
    scorer.ReadCategory(paper.categories(i), i == 0 ? 1.3f : 1.0f);
  }
  std::array<size_t, kTags> order{};
  for (size_t tag = 0; tag < kTags; ++tag) order[tag] = tag;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scorer.score(a) > scorer.score(b); });
  std::vector<v1::Tag> tags;
  const float first = scorer.score(order[0]);
  for (const size_t tag : order) {
    const float score = scorer.score(tag);
    if (tags.size() == 3) break;
    if (!tags.empty() && (score < kSecondScore || score < first * kSecondShare)) break;
    v1::Tag& chosen = tags.emplace_back();
    chosen.set_slug(std::string(tags::Catalogue()[tag].slug));
    chosen.set_name(std::string(tags::Catalogue()[tag].name));
    chosen.set_confidence(Confidence(score));
    for (std::string& phrase : scorer.EvidenceFor(tag)) chosen.add_evidence(std::move(phrase));
  }
  return tags;
}

bool IsGuess(const std::vector<v1::Tag>& tags) {
  return tags.empty() || tags.front().confidence() < kLowConfidence;
}

}  // namespace paperwire::classify
