#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "paperwire/v1/events.pb.h"
#include "services/ingest/reading.h"

namespace paperwire::ingest {

// What ingest has published of a paper.
struct Seen {
  uint64_t revision = 0;
  absl::CivilDay announced;
  v1::AnnounceType type = v1::ANNOUNCE_TYPE_NEW;

  friend bool operator==(const Seen&, const Seen&) = default;
};
using SeenPapers = std::map<std::string, Seen, std::less<>>;

// One cycle's readings as papers and days.
struct Merged {
  // To be published unless the seen-set has them at this revision: the papers announced, and the
  // new versions of papers announced within the window. By id.
  std::vector<v1::Paper> papers;
  // What was declared, by announcement date; without cycle id and time.
  std::map<absl::CivilDay, v1::Batch> batches;
  // Distinct ids in the readings, whatever became of them.
  int ids = 0;
};

// Makes one paper of each id: as what it was announced decides new over cross over replace over
// replace-cross, the earliest announcement date wins (what `seen` says included), text is that of
// the highest version, categories are united with the primary first. New papers are those
// announced as new, or cross-listed at version 1 within ten days of submission where that is
// known, and on no earlier day; the rest is counted in the batch. Pure.
Merged Merge(const std::vector<Reading>& readings, const SeenPapers& seen);

// What both batches of one date say. Pure.
v1::Batch Unite(const v1::Batch& earlier, const v1::Batch& later);

// Whether the two declare the same, whichever cycle wrote them.
bool SameDeclaration(const v1::Batch& a, const v1::Batch& b);

}  // namespace paperwire::ingest
