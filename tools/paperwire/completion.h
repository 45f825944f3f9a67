#pragma once

#include <string>

#include "libs/config/shape.h"

namespace paperwire::cli {

// Scripts that complete a program's commands, flags and values in a shell; made from what the
// program itself declares. Commands are one level deep. Pure.
std::string BashCompletion(const config::CommandShape& program);
std::string ZshCompletion(const config::CommandShape& program);
std::string FishCompletion(const config::CommandShape& program);

}  // namespace paperwire::cli
