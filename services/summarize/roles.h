#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace paperwire::summarize {

// What a sentence of an abstract is there for.
enum class Role { kBackground, kObjective, kMethod, kResult, kImplication, kOther };
inline constexpr size_t kRoles = 6;

// "background", "objective", …
std::string_view RoleName(Role role);

struct RoledSentence {
  Role role = Role::kOther;
  // Strength of the evidence for the role, from 0.
  double evidence = 0;
};

// The role of each sentence, from the cue phrases in it and where it stands. Pure, thread-safe.
std::vector<RoledSentence> LabelRoles(const std::vector<std::string_view>& sentences);

}  // namespace paperwire::summarize
