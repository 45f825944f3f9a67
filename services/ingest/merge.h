#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "paperwire/v1/events.pb.h"
#include "services/ingest/reading.h"

namespace paperwire::ingest {

// What ingest has published of a paper.
struct Seen {
  uint64_t revision = 0;
  absl::CivilDay announced;
  v1::AnnounceType type = v1::ANNOUNCE_TYPE_NEW;
  // Sorted; empty: not known.
  std::set<std::string> categories = {};
  bool withdrawn = false;

  friend bool operator==(const Seen&, const Seen&) = default;
};
using SeenPapers = std::map<std::string, Seen, std::less<>>;

// What a paper that was published is remembered by.
Seen Remember(const v1::Paper& paper, uint64_t revision, absl::CivilDay announced);

struct MergeOptions {
  // Whether an old paper that is newly cross-listed becomes a card of that day, shown as such. It
  // is counted apart either way.
  bool show_old_cross_lists = false;
  // What was declared before, by announcement date; may be null.
  const std::map<absl::CivilDay, v1::Batch>* known = nullptr;
  // Papers that only OAI-PMH knows are of interest from `oldest` to `newest`, as far as given.
  std::optional<absl::CivilDay> oldest = {};
  std::optional<absl::CivilDay> newest = {};
  // Every record that changed on or after this UTC date was read, as of `records_at`; nothing:
  // OAI-PMH was not read whole.
  std::optional<absl::CivilDay> records_since = {};
  absl::Time records_at = absl::InfinitePast();
};

// One cycle's readings as papers and days.
struct Merged {
  // To be published unless the seen-set has them at this revision: the papers announced, and the
  // new versions of papers announced within the window. By id.
  std::vector<v1::Paper> papers;
  // Those of `papers` of which something else is told than before at the same version (a cross-list
  // was added, it was withdrawn): they take the version's next generation.
  std::set<std::string> changed;
  // What was declared, by announcement date; without cycle id and time.
  std::map<absl::CivilDay, v1::Batch> batches;
  // Dates whose listing may name papers that so far only OAI-PMH knows.
  std::set<absl::CivilDay> to_list;
  // Places in `readings` of feeds that hold another day's papers than they say.
  std::set<size_t> stale;
  // Distinct ids in the readings, whatever became of them.
  int ids = 0;
};

// Makes one paper of each id. Three kinds of source know different things, and a better one
// overrules:
//  - a listing page read whole decides what was announced on its day, and as what;
//  - an announcement feed says the same, and the version;
//  - OAI-PMH says what exists: versions, when they were submitted, withdrawals.
// New over cross over replace over replace-cross; the earliest announcement date wins (what `seen`
// says included); text is that of the highest version; categories are united with the primary
// first. New papers are those announced as new, or cross-listed at version 1 within ten days of
// submission where that is known, and on no earlier day; the rest is counted in the batch. A paper
// that only OAI-PMH knows is new when it has one version, submitted within ten days of its
// datestamp. What one source has and another has not is a difference of its day. Pure.
Merged Merge(const std::vector<Reading>& readings, const SeenPapers& seen,
             const MergeOptions& options = {});

// So many looks in a row at a date's listing that is not whole are enough: it is then asked for
// only once a day.
inline constexpr uint32_t kFruitlessLooks = 6;

// Notes in a date's batch that its listing of `categories` was read once more at `now`, and does
// not hold what it declares. `known` is what was declared before; may be null.
void NoteFruitless(const v1::Batch* known, const std::string& categories, absl::Time now,
                   v1::Batch& batch);

// What both batches of one date say. Pure.
v1::Batch Unite(const v1::Batch& earlier, const v1::Batch& later);

// Whether the two declare the same, whichever cycle wrote them.
bool SameDeclaration(const v1::Batch& a, const v1::Batch& b);

}  // namespace paperwire::ingest
