#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "paperwire/v1/events.pb.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::calendar {

// What the feed's state is decided from.
struct FeedFacts {
  absl::Time now;
  // Since when somebody has watched for ingest's cycles.
  absl::Time watching_since = absl::InfiniteFuture();
  // How often ingest looks at arXiv.
  absl::Duration every = absl::Hours(8);

  // The announcement dates of the window that have a record on `batches`, and the newest one's
  // record (may be null; must outlive the call).
  std::set<absl::CivilDay> batch_dates;
  const v1::Batch* newest_batch = nullptr;
  // The categories that ingest asks for, as far as known.
  std::vector<std::string> categories;

  // ingest's newest cycle, and how often in a row its cycles failed.
  std::optional<v1::Cycle> last_cycle;
  int failed_cycles = 0;

  // Of the newest date: all papers; cards with a fallback reason; papers on their way; papers dead-
  // lettered or missing.
  int declared = 0;
  int fallbacks = 0;
  int pending = 0;
  int lost = 0;

  // A replay (feed clock "data").
  bool recorded = false;
  bool sample = false;
};

struct FeedVerdict {
  v1::FeedState state = v1::FEED_STATE_UNSPECIFIED;
  // For people, one or two sentences: "Friday's batch (2026-06-19) is served; arXiv announces
  // nothing on Saturdays and Sundays; the next is due on Monday at 04:00 UTC."
  std::string sentence;
};

// The first of these that holds:
//  RECORDED  a replay.
//  FAILED    arXiv has refused ingest (403) and is left alone for a day; three cycles failed in a
//            row; or none has ended for `every` and 90 minutes.
//  STALLED   the newest batch due is 12 hours late, though ingest has looked.
//  DEGRADED  the newest batch is dated in the future; a category is missing from arXiv's answer;
//            the batch is far smaller than usual (volume.h); more than a tenth of its papers fell
//            back, are lost, or are still on their way an hour after it came; or a date between two
//            others has no batch.
//  WAITING   the newest batch due is not in.
//  FRESH     it is in, and it is today's.
//  QUIET     it is in, or nothing is known yet, and none is due today.
// Pure, thread-safe.
FeedVerdict DecideFeedState(const FeedFacts& facts);

// Whether a v1::SourceOutcome's `outcome` says that the source told all it was asked for, be it
// nothing. An outcome that is not known here is none.
bool IsWholeAnswer(std::string_view outcome);

}  // namespace paperwire::calendar
