#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"
#include "services/summarize/roles.h"

namespace paperwire::summarize {

// The parts of a card that sentences are chosen for: v1::Section without UNSPECIFIED, in its order.
inline constexpr size_t kParts = 6;

// What became of one sentence of an abstract.
struct ExplainedSentence {
  // As the readable abstract has it (source.h).
  std::string text;
  Role role = Role::kOther;
  // Probability of each role, by Role.
  std::array<double, kRoles> roles{};
  // What its best form scored for each part, by v1::Section - 1; higher is better. The scales of
  // two parts have nothing to do with each other.
  std::array<double, kParts> scores{};
  // The parts it was chosen for, whole or cut, before the gate.
  std::vector<v1::Section> used;
  // Why it was not looked at ("availability", "instruction", "repeated", "no words"); empty: it
  // was.
  std::string left_out;
};

// Why a card says what it says.
struct Explanation {
  std::vector<ExplainedSentence> sentences;
  // The tldr in the abstract's own words, before it was put in the third person.
  std::string tldr_as_written;
  // What scored best for it, however long and whether or not it can stand alone.
  std::string tldr_unbounded;
};

}  // namespace paperwire::summarize
