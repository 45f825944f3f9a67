#include "services/serve/token_epoch.h"

#include "absl/time/time.h"
#include "fmt/format.h"
#include "libs/window/epoch.h"
#include "services/serve/error_details.h"

namespace paperwire::serve {
namespace {

// What clocks of different machines may differ by.
constexpr absl::Duration kClocksDiffer = absl::Minutes(1);
constexpr absl::Duration kBehindFor = absl::Seconds(1);

}  // namespace

absl::Status CheckTokenEpoch(std::string_view field, std::string_view epoch,
                             const Snapshot& snapshot, const SnapshotHolder::Freshness& freshness,
                             std::string_view instead) {
  if (epoch == snapshot.epoch()) return absl::OkStatus();
  const auto began = window::EpochBegan(epoch);
  // A snapshot that is current would have heard of it, if it were of this window.
  const bool behind =
      began && epoch > snapshot.epoch() &&
      (freshness.stale || absl::FromUnixMillis(*began) + kClocksDiffer >= freshness.current_at);
  if (!behind)
    return absl::OutOfRangeError(fmt::format("{}: the window was rebuilt; {}", field, instead));
  return RetryAfter(
      absl::UnavailableError(fmt::format(
          "{}: is of a newer window than this replica has heard of; call again with it", field)),
      kBehindFor);
}

}  // namespace paperwire::serve
