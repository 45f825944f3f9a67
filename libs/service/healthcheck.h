#pragma once

#include <string>

namespace paperwire::service {

// Asks the process that listens on `metrics_listen` whether it is ready and prints its report.
// Returns the exit code: 0 ready, 1 not (or nobody answers).
int Healthcheck(const std::string& metrics_listen);

}  // namespace paperwire::service
