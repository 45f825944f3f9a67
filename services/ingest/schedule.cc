#include "services/ingest/schedule.h"

#include <algorithm>
#include <string>

#include "absl/time/time.h"
#include "libs/calendar/calendar.h"
#include "services/ingest/outcome.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAfterRefusal = std::chrono::hours(24);
constexpr milliseconds kAfterParts = std::chrono::minutes(1);
// arXiv is not to be asked again and again for what cannot be published.
constexpr milliseconds kAfterPartsAsked = std::chrono::minutes(15);
constexpr milliseconds kWhileDue = std::chrono::minutes(15);
constexpr milliseconds kAfterPartial = std::chrono::hours(1);
constexpr milliseconds kAnchor = std::chrono::minutes(5 * 60 + 30);

}  // namespace

Look NextLook(clock::WallTime now, milliseconds every, milliseconds jitter, const v1::Cycle& last,
              bool parts_failed, std::optional<absl::CivilDay> newest_batch) {
  const auto after = [now](milliseconds pause, bool glance = false) {
    return Look{.at = now + std::chrono::duration_cast<clock::WallTime::duration>(pause),
                .glance = glance};
  };
  const std::string refused(Slug(Outcome::kForbidden));
  for (const v1::SourceOutcome& source : last.sources()) {
    if (source.outcome() == refused) return after(kAfterRefusal);
  }
  if (parts_failed) return after(last.requests() > 0 ? kAfterPartsAsked : kAfterParts);

  const auto since = std::chrono::duration_cast<milliseconds>(now.time_since_epoch());
  const auto offset = kAnchor + jitter;
  const auto turns = (since - offset) / every + 1;
  const milliseconds regular = turns * every + offset - since;

  const absl::Time time = absl::FromChrono(now);
  const absl::CivilDay due = calendar::NewestDue(time);
  // An older batch is asked for at the regular looks: it is in no feed any more.
  const bool missing =
      due == calendar::DateInNewYork(time) && (!newest_batch || *newest_batch < due);
  const bool partial =
      last.outcome() == v1::CYCLE_OUTCOME_PARTIAL || last.outcome() == v1::CYCLE_OUTCOME_FAILED;
  if (missing && !partial && kWhileDue < regular) return after(kWhileDue, /*glance=*/true);
  return after(partial ? std::min(kAfterPartial, regular) : regular);
}

}  // namespace paperwire::ingest
