#pragma once

#include <chrono>
#include <string>

#include "libs/clock/clock.h"

namespace paperwire::ingest {

// What a Retry-After header asks for, in seconds or as a date, but a day at most; zero when it is
// neither, or over. Pure.
std::chrono::milliseconds ParseRetryAfter(const std::string& value, clock::WallTime now);

}  // namespace paperwire::ingest
