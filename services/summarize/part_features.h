#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "services/summarize/candidates.h"
#include "services/summarize/role_model.h"
#include "services/summarize/tokens.h"

namespace paperwire::summarize {

// Features by word are hashed to this many bits.
inline constexpr int kPartFeatureBits = 15;

// Features that are measured, each about 0–1. The order is the model's: a change means training
// again.
enum Measure : uint8_t {
  kConstant,
  // Probability of each role, in the order of Role.
  kRoleFirst,
  kPlace = kRoleFirst + kRoles,
  kIsFirst,
  kIsLast,
  kNearStart,
  kAfterObjective,
  kIsMostObjective,
  kIsMostMethod,
  kIsMostResult,
  // The share of the title's content words that the candidate has, and of its own that the title
  // has; the same for pairs of words in a row.
  kTitleCovered,
  kTitleShare,
  kTitlePairs,
  kTitleName,
  // The same over the stems of all words: recall, precision, and their harmonic mean (ROUGE-1
  // against the title), once more squared.
  kTitleStems,
  kTitleStemShare,
  kTitleRouge,
  kTitleRougeSquared,
  // The mean share of the other sentences that have the candidate's content words, and the most.
  kCentrality,
  kContentShare,
  kLength,
  kLengthSquared,
  kShort,
  kLong,
  kShareOfSentence,
  kNumbers,
  kPercents,
  kHasMath,
  kNames,
  kCommas,
  kSaysWe,
  kBeginsWe,
  kLeans,
  kAsks,
  kSentenceCount,
  kIsOpeningDropped,
  kIsTailCut,
  kIsReportDropped,
  kIsAsideDropped,
  kIsConjunctTaken,
  kMeasures,
};

struct CandidateFeatures {
  std::array<float, kMeasures> measures{};
  // Hashed words and pairs of words, as often as they occur; their mean counts.
  std::vector<uint16_t> words;
  // Hashed marks: how it begins and ends, its length, role and place together. Their sum counts.
  std::vector<uint16_t> marks;
};

// What the candidates of one abstract are measured against. Not thread-safe; the views and vectors
// given must outlive it.
class PartFeatures {
 public:
  PartFeatures(std::string_view title, const std::vector<std::string_view>& sentences,
               const std::vector<std::vector<Token>>& tokens,
               const std::vector<RoleProbabilities>& roles, const std::vector<bool>& leans);

  // The features of `candidate` of sentence `at` into `features`, whose memory is used again.
  void Read(size_t at, const Candidate& candidate, CandidateFeatures& features);

 private:
  struct Known {
    // Bit of the title's content word, or 0.
    uint64_t title = 0;
    // Number of sentences that have the word.
    uint16_t spread = 0;
    // The hashed features of the word, and of the pair that it makes with the word before it.
    uint16_t word = 0;
    uint16_t pair = 0;
    bool content = false;
    bool title_pair = false;
  };

  bool IsTitlePair(uint32_t pair) const;
  void ReadTitle(std::string_view title);
  void ReadSpread();

  const std::vector<std::string_view>& sentences_;
  const std::vector<std::vector<Token>>& tokens_;
  const std::vector<RoleProbabilities>& roles_;
  const std::vector<bool>& leans_;
  std::vector<std::vector<Known>> known_;
  std::vector<uint32_t> title_hashes_;
  std::vector<uint32_t> title_pairs_;
  // Sorted, with repeats.
  std::vector<uint32_t> title_stems_;
  size_t title_content_ = 0;
  uint32_t title_name_ = 0;
  std::array<size_t, kRoles> most_{};
  std::vector<uint32_t> kept_;
  std::vector<uint32_t> stems_;
};

}  // namespace paperwire::summarize
