#pragma once

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "paperwire/v1/events.pb.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::calendar {

// What the feed's state is decided from.
struct FeedFacts {
  absl::Time now;
  // The newest announcement date on `batches`.
  std::optional<absl::CivilDay> newest_batch;
  // ingest's newest cycle, and how often in a row its cycles failed.
  std::optional<v1::Cycle> last_cycle;
  int failed_cycles = 0;
  // Of the newest date: cards with a fallback reason, pending, dead-lettered or missing; and all.
  int troubled = 0;
  int declared = 0;
  // A replay (feed clock "data").
  bool recorded = false;
  bool sample = false;
};

struct FeedVerdict {
  v1::FeedState state = v1::FEED_STATE_UNSPECIFIED;
  // For people: "Monday's batch is due at 04:00 UTC; arXiv lists nothing on Saturdays."
  std::string sentence;
};

// FAILED (three failed cycles in a row, or none for 24 hours) before STALLED (a batch 12 hours
// overdue) before DEGRADED (the last cycle was
// partial, or more than a tenth troubled) before WAITING, QUIET and FRESH; RECORDED
// for any replay. Pure, thread-safe.
FeedVerdict DecideFeedState(const FeedFacts& facts);

}  // namespace paperwire::calendar
