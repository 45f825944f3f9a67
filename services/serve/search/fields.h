#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace paperwire::serve::search {

// The parts of an entry that are searched, in the order in which their words are counted.
enum class Field : uint8_t {
  kTitle,
  kAuthors,
  kKeywords,
  kTldr,
  kHighlights,
  kAbstract,
  kSummary,
  kMethodology,
  kResults,
  kImplications,
};
inline constexpr size_t kFields = 10;

// As snippets name them: the field of the message.
inline constexpr std::array<std::string_view, kFields> kFieldNames = {
    "title",    "authors", "keywords",    "tldr",    "highlights",
    "abstract", "summary", "methodology", "results", "implications"};

// Fields that are weighed as one. What the card says it mostly says in the abstract's words, so its
// sections count together, and little.
enum class Group : uint8_t { kTitle, kAuthors, kKeywords, kHighlights, kAbstract, kCard };
inline constexpr size_t kGroups = 6;

inline constexpr std::array<Group, kFields> kGroupOf = {
    Group::kTitle,    Group::kAuthors, Group::kKeywords, Group::kHighlights, Group::kHighlights,
    Group::kAbstract, Group::kCard,    Group::kCard,     Group::kCard,       Group::kCard};

// BM25F: what one occurrence is worth, and how much a long field makes it worth less.
inline constexpr std::array<float, kGroups> kWeights = {3.0F, 2.5F, 2.0F, 1.2F, 1.0F, 0.5F};
inline constexpr std::array<float, kGroups> kLengthShare = {0.3F, 0.4F, 0.2F, 0.4F, 0.6F, 0.6F};
inline constexpr float kSaturation = 1.2F;

// A set of groups, one bit each; 0: any.
using GroupSet = uint8_t;
constexpr GroupSet SetOf(Group group) {
  return static_cast<GroupSet>(1U << static_cast<unsigned>(group));
}

// How often a term occurs in each group of one paper, in one number. A count stops at what fits.
class Counts {
 public:
  constexpr Counts() = default;
  explicit constexpr Counts(uint32_t packed) : packed_(packed) {}

  constexpr uint32_t packed() const { return packed_; }
  constexpr uint32_t of(size_t group) const { return packed_ >> kShift[group] & kMost[group]; }
  constexpr void Add(size_t group) {
    if (of(group) < kMost[group]) packed_ += 1U << kShift[group];
  }
  // Whether it occurs in one of `groups`.
  constexpr bool In(GroupSet groups) const {
    if (groups == 0) return packed_ != 0;
    for (size_t group = 0; group < kGroups; ++group) {
      if ((groups >> group & 1U) != 0 && of(group) != 0) return true;
    }
    return false;
  }

 private:
  static constexpr std::array<uint32_t, kGroups> kShift = {0, 4, 8, 12, 17, 24};
  static constexpr std::array<uint32_t, kGroups> kMost = {15, 15, 15, 31, 127, 255};

  uint32_t packed_ = 0;
};

}  // namespace paperwire::serve::search
