#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "libs/clock/clock.h"

namespace paperwire::llm {

// How long an endpoint asks to be left alone: retry-after-ms, or Retry-After as seconds or as an
// HTTP date; nullopt where it says neither, or nonsense. Never below zero nor above a day.
std::optional<std::chrono::milliseconds> RetryAfter(
    const std::map<std::string, std::string>& headers, clock::WallTime now);

// x-should-retry; nullopt where it says neither true nor false.
std::optional<bool> ShouldRetry(const std::map<std::string, std::string>& headers);

}  // namespace paperwire::llm
