#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tools/paperwire/console.h"

namespace paperwire::cli {

// The bytes of the file, or of standard input for "-". NotFound, with one line that names the file,
// when it cannot be read.
absl::StatusOr<std::string> ReadInput(const std::string& file, Console& console);

}  // namespace paperwire::cli
