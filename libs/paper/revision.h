#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace paperwire::paper {

// Orders all states of one paper: paper version · 2⁴⁰ + generation · 2⁸ + summarizer rank. At most
// 2⁵³ − 1, so that a double (and with it a Lua script) compares it exactly.
struct Revision {
  uint32_t paper_version = 1;  // 1 … 8191
  uint32_t generation = 0;     // 0 … 2³² − 1
  uint8_t rank = 0;            // 0 before a summary, 1 embedded, 2 LLM

  constexpr uint64_t value() const {
    return (uint64_t{paper_version} << 40) + (uint64_t{generation} << 8) + rank;
  }
  friend constexpr auto operator<=>(const Revision&, const Revision&) = default;
};

// OutOfRange when the version does not fit.
absl::StatusOr<Revision> MakeRevision(uint32_t paper_version, uint32_t generation, uint8_t rank);
constexpr Revision RevisionFromValue(uint64_t value) {
  return {.paper_version = static_cast<uint32_t>(value >> 40),
          .generation = static_cast<uint32_t>(value >> 8),
          .rank = static_cast<uint8_t>(value)};
}

}  // namespace paperwire::paper
