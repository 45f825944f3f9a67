#include "libs/paper/revision.h"

#include <string>

#include "absl/status/status.h"

namespace paperwire::paper {

absl::StatusOr<Revision> MakeRevision(uint32_t paper_version, uint32_t generation, uint8_t rank) {
  // 13 bits are what is left of a double's 53 above generation and rank.
  constexpr uint32_t kMaxVersion = 8191;
  if (paper_version < 1 || paper_version > kMaxVersion) {
    return absl::OutOfRangeError("paper version " + std::to_string(paper_version) +
                                 " is not between 1 and 8191");
  }
  return Revision{.paper_version = paper_version, .generation = generation, .rank = rank};
}

}  // namespace paperwire::paper
