#pragma once

#include <string>

#include "libs/config/shape.h"

namespace paperwire::cli {

// The program's manual page (man(7) macros), made from what it declares: the text of --help.
// `version` is that of the program. Pure.
std::string ManualPage(const config::CommandShape& program, const std::string& version);

}  // namespace paperwire::cli
