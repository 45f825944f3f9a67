#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace paperwire::summarize {

// What a sentence of an abstract is there for: the roles of CSAbstruct (Cohan et al., 2019).
enum class Role : uint8_t { kBackground, kObjective, kMethod, kResult, kOther };
inline constexpr size_t kRoles = 5;

// "background", "objective", …
std::string_view RoleName(Role role);

}  // namespace paperwire::summarize
