#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/serve/snapshot.h"
#include "services/serve/snapshot_holder.h"

namespace paperwire::serve {

// What the epoch of a token in `field` is to the snapshot that is to answer, for pages and streams
// alike. OutOfRange: it is lost; the message has `instead`, what to do. Unavailable, with
// RetryInfo: it is newer than the snapshot's, which is behind; ask again. One that begins later
// than `now` is of a store whose clock ran ahead, not newer. Pure.
absl::Status CheckTokenEpoch(std::string_view field, std::string_view epoch,
                             const Snapshot& snapshot, const SnapshotHolder::Freshness& freshness,
                             absl::Time now, std::string_view instead);

}  // namespace paperwire::serve
