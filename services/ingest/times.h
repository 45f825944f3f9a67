#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace paperwire::ingest {

// A time as arXiv's interfaces write it: "Tue, 23 Jun 2026 00:00:00 -0400" (or GMT),
// "2026-06-23T00:00:00-04:00", "2026-06-23" (in UTC). Nothing when it is none. Pure.
std::optional<absl::Time> ParseTime(std::string_view text);

}  // namespace paperwire::ingest
