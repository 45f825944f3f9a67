#pragma once

#include <optional>
#include <string>

namespace paperwire::support {

// A variable of the test run ("PAPERWIRE_E2E_SEED"); nothing when unset or empty. The one place
// where tests read the environment.
std::optional<std::string> Environment(const std::string& name);

// The same as a whole number; `otherwise` when unset or not one.
int EnvironmentNumber(const std::string& name, int otherwise);

}  // namespace paperwire::support
