#pragma once

#include <cstdint>

namespace paperwire::service {

// Lets this process have as many files and sockets open as it may give itself (the hard limit).
// Returns how many that is. Thread-safe.
int64_t RaiseOpenFiles();

}  // namespace paperwire::service
