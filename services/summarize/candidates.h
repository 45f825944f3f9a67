#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::summarize {

// Bytes [begin, end) of a sentence.
struct ByteRange {
  uint32_t begin = 0;
  uint32_t end = 0;

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// What a candidate leaves out of its sentence.
enum Cut : uint8_t {
  kWhole = 0,
  kOpeningDropped = 1U << 0U,  // "However, ", "To address this, ", a first clause
  kTailCut = 1U << 1U,         // what follows a clause border
  kReportDropped = 1U << 2U,   // "We show that "
  kAsideDropped = 1U << 3U,    // parentheses, ", called X,"
  kConjunctTaken = 1U << 4U,   // "We" + "show that B" out of "We propose A and show that B"
};

// One way to shorten a sentence that leaves a sentence.
struct Candidate {
  static constexpr size_t kMostRanges = 10;

  std::array<ByteRange, kMostRanges> parts{};
  uint8_t count = 0;
  // Cut values.
  uint8_t cuts = kWhole;
  // As CountWords counts.
  uint16_t words = 0;

  // What is kept, in order: whole words, without space around them.
  std::span<const ByteRange> kept() const { return {parts.data(), count}; }
};

// The longest list that Candidates returns.
inline constexpr size_t kMostCandidates = 24;

// The grammatical cuts of `sentence`, itself first; at most kMostCandidates, without repeats. Each
// but the first has at least four words, a finite verb, balanced brackets, dollars and quotes, and
// does not end open ("and", "of"). Conditions ("if", "when", "only", "but") and negations are never
// cut off. Sentences may be told by "we" or by "the authors". An empty sentence has none, one of
// more than 4,000 bytes only itself. Linear in the sentence but for the candidates. Pure,
// thread-safe.
std::vector<Candidate> Candidates(std::string_view sentence);

// A candidate of `sentence` as a sentence: parts joined, a capital first, a stop last.
std::string TextOf(std::string_view sentence, const Candidate& candidate);

// Whether `text` says something: it has a verb that goes with a subject, outside relative clauses.
// A guess from word lists and endings.
bool HasFiniteVerb(std::string_view text);

// Whether the dollars, brackets and quotation marks of `text` come in pairs.
bool IsBalanced(std::string_view text);

}  // namespace paperwire::summarize
