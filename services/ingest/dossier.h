#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/ingest/coverage.h"
#include "services/ingest/merge.h"
#include "services/ingest/reading.h"

namespace paperwire::ingest {

// One source says that one paper was announced on a date.
struct Mention {
  const v1::Paper* paper = nullptr;
  absl::CivilDay date;
  v1::AnnounceType type = v1::ANNOUNCE_TYPE_UNSPECIFIED;
  // The version that it had then.
  uint32_t version = 1;
  // Told by a source that knows of announcements; else worked out from when it was submitted.
  bool told = false;
};

// All that one cycle's readings say of one paper. Points into the readings.
struct Dossier {
  std::vector<Mention> mentions;
  // What it may be published as, where the source tells the version.
  std::vector<const v1::Paper*> texts;
  // OAI-PMH's, where its metadata tell every version.
  const Record* record = nullptr;
  const v1::Paper* record_paper = nullptr;
  // In a feed of these days, but not in the listing of the same day and category; and the reverse.
  std::set<absl::CivilDay> unlisted;
  std::set<absl::CivilDay> unfed;

  // Whether it is one that OAI-PMH alone shows to be new: one version, submitted within ten days of
  // the datestamp.
  bool IsFreshRecord() const;
};

struct Dossiers {
  std::map<std::string, Dossier, std::less<>> by_id;
  // Places of the feeds that hold another day's papers than they say.
  std::set<size_t> stale;
};

// Sorts the readings by paper. `coverage` decides over the feeds; what was `seen` on an earlier
// date tells a feed that is served again. Pure.
Dossiers MakeDossiers(const std::vector<Reading>& readings, const Coverage& coverage,
                      const SeenPapers& seen);

}  // namespace paperwire::ingest
