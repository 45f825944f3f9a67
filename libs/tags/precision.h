#pragma once

#include <cstdint>

namespace paperwire::tags {

// How often a tag was right where it was given, counted on papers that a language model had
// labelled under docs/tagging.md.
struct Precision {
  // Assignments of the tag, and those of them that the labels hold.
  uint32_t given = 0;
  uint32_t right = 0;

  bool measured() const { return given > 0; }
  // Shares, 0–1; all 0 where nothing was measured.
  double share() const;
  // The ends of the 95 % interval (Wilson's).
  double low() const;
  double high() const;
};

}  // namespace paperwire::tags
