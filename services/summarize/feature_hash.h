#pragma once

#include <cstdint>

namespace paperwire::summarize {

// The hash of feature `value` of a kind, in `bits` bits. `salt` tells kinds apart. A change means
// training again.
inline uint16_t HashFeature(uint32_t salt, uint32_t value, int bits) {
  uint32_t hash = (value ^ (salt * 0x9E3779B1U)) * 0x85EBCA6BU;
  hash ^= hash >> 15U;
  hash *= 0xC2B2AE35U;
  return static_cast<uint16_t>(hash >> (32 - bits));
}

// One value for two words in a row.
inline uint32_t Pair(uint32_t a, uint32_t b) { return a * 31U + b * 0x27D4EB2FU; }

}  // namespace paperwire::summarize
