#include "services/summarize/models.h"

#include <cstddef>

extern "C" {
extern const char kPaperwireRoles[];
extern const char kPaperwireRolesEnd[];
extern const char kPaperwireParts[];
extern const char kPaperwirePartsEnd[];
}

namespace paperwire::summarize {

std::string_view RoleModelBytes() {
  return {kPaperwireRoles, static_cast<size_t>(kPaperwireRolesEnd - kPaperwireRoles)};
}

std::string_view PartModelBytes() {
  return {kPaperwireParts, static_cast<size_t>(kPaperwirePartsEnd - kPaperwireParts)};
}

}  // namespace paperwire::summarize
