#pragma once

#include <cstddef>
#include <vector>

#include "libs/window/cursor.h"
#include "services/serve/payload.h"
#include "services/serve/snapshot.h"
#include "services/serve/watch/position.h"
#include "services/serve/watch/terms.h"

namespace paperwire::serve::watch {

enum class Kind { kEntry, kRemoved };

// One event for a reader, serialized with its token.
struct Event {
  Kind kind = Kind::kEntry;
  // Of the change that it tells.
  window::Cursor cursor{};
  Payload payload;
};

// What comes next for every reader that stands at one position and watches the same.
struct Batch {
  std::vector<Event> events{};
  // Where a reader stands that was given all of them.
  Position through{};
  // There may be more in the snapshot.
  bool more = false;
};

struct BatchLimits {
  // Changes that are looked at, and events that are made of them.
  size_t changes = 1024;
  size_t events = 64;
};

// What follows `from` in `snapshot`, which must be of its epoch; the words of `terms` must have
// been looked up in it. Pure.
//
// The position is all that is known of a reader, so the same holds on every replica, whatever it
// was told by which one: each change comes once, in the order of the cursors, and what a snapshot
// holds beyond its own cursor waits, because it may lack other changes from there on.
Batch NextBatch(const Snapshot& snapshot, const Position& from, const Terms& terms,
                const BatchLimits& limits = {});

}  // namespace paperwire::serve::watch
