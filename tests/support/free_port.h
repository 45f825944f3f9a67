#pragma once

#include <cstdint>

namespace paperwire::support {

// A port of 127.0.0.1 that nobody listens on, below the range that the kernel hands out by itself,
// so that a program that is killed and started again finds it free. No two calls get the same.
uint16_t FreePort();

}  // namespace paperwire::support
