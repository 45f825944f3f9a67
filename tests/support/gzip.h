#pragma once

#include <string>

namespace paperwire::support {

// `bytes` packed by gzip, as small as it gets.
std::string Gzip(const std::string& bytes);

}  // namespace paperwire::support
