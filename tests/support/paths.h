#pragma once

#include <string>

namespace paperwire::support {

// Where this checkout and its build are, without a trailing slash. Functions of one small source,
// so that no other one's compilation depends on where the checkout lies (ccache).
std::string SourceDir();
std::string BinaryDir();

}  // namespace paperwire::support
