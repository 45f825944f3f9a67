#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "libs/tags/catalogue.h"
#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/filter.h"
#include "services/serve/snapshot.h"
#include "services/serve/snapshot_holder.h"
#include "services/serve/watch/position.h"

namespace paperwire::serve::watch {

// What a reader watches. Immutable, thread-safe.
struct Terms {
  // Empty: no date.
  std::string announced_from;
  Filter filter;
  v1::EntryView view = v1::ENTRY_VIEW_BASIC;
  // announced_from and filter, serialized, and what a token holds of them.
  std::string key;
  uint64_t hash = 0;

  bool Match(const ServedEntry& entry) const {
    return entry.announced() >= announced_from && filter.Matches(entry);
  }
};

// InvalidArgument; the message begins with the field.
absl::StatusOr<Terms> ReadTerms(const v1::WatchPapersRequest& request,
                                const tags::TagCatalogue& catalogue, const Snapshot& snapshot);

// Where a request begins on `snapshot`, which is as fresh as `freshness` says.
//
// InvalidArgument: the token is none of these terms. OutOfRange: its epoch is lost. Unavailable:
// its epoch is newer than the snapshot's, which is behind, or there is no token and the snapshot's
// epoch is known to be lost; ask again.
absl::StatusOr<Position> Begin(const v1::WatchPapersRequest& request, const Terms& terms,
                               const Snapshot& snapshot, const SnapshotHolder::Freshness& freshness,
                               absl::Time now);

// What a reader of a lost epoch is told.
absl::Status LostEpoch();

}  // namespace paperwire::serve::watch
