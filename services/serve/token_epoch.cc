#include "services/serve/token_epoch.h"

#include <algorithm>

#include "absl/time/time.h"
#include "fmt/format.h"
#include "libs/window/epoch.h"
#include "services/serve/error_details.h"

namespace paperwire::serve {
namespace {

// What clocks of different machines may differ by.
constexpr absl::Duration kClocksDiffer = absl::Minutes(1);
constexpr absl::Duration kBehindFor = absl::Seconds(1);

// Whether a snapshot that is not stale may have not heard yet of an epoch that began then.
bool MayBeNew(absl::Time began, const Snapshot& snapshot,
              const SnapshotHolder::Freshness& freshness, absl::Time now) {
  // It would have heard of it since, if it were of this window.
  if (began + kClocksDiffer < freshness.current_at) return false;
  // An epoch begins after the one before it, even where that one's clock ran ahead.
  const auto ours = window::EpochBegan(snapshot.epoch());
  return began <= std::max(now, ours ? absl::FromUnixMillis(*ours) : now) + kClocksDiffer;
}

}  // namespace

absl::Status CheckTokenEpoch(std::string_view field, std::string_view epoch,
                             const Snapshot& snapshot, const SnapshotHolder::Freshness& freshness,
                             absl::Time now, std::string_view instead) {
  if (epoch == snapshot.epoch()) return absl::OkStatus();
  const auto began = window::EpochBegan(epoch);
  const bool behind =
      began && epoch > snapshot.epoch() &&
      (freshness.stale || MayBeNew(absl::FromUnixMillis(*began), snapshot, freshness, now));
  if (!behind)
    return absl::OutOfRangeError(fmt::format("{}: the window was rebuilt; {}", field, instead));
  return RetryAfter(
      absl::UnavailableError(fmt::format(
          "{}: is of a newer window than this replica has heard of; call again with it", field)),
      kBehindFor);
}

}  // namespace paperwire::serve
