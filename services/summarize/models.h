#pragma once

#include <string_view>

namespace paperwire::summarize {

// The weights under models/, compiled in.
std::string_view RoleModelBytes();
std::string_view PartModelBytes();

}  // namespace paperwire::summarize
