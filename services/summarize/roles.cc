#include "services/summarize/roles.h"

#include <array>

namespace paperwire::summarize {

std::string_view RoleName(Role role) {
  constexpr std::array<std::string_view, kRoles> kNames = {"background", "objective", "method",
                                                           "result", "other"};
  return kNames[static_cast<size_t>(role)];
}

}  // namespace paperwire::summarize
