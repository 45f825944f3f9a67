#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/tags/catalogue.h"
#include "libs/window/window.h"
#include "services/serve/feed_clock.h"
#include "services/serve/snapshot_holder.h"

namespace paperwire::serve {

// Follows the window's change stream and swaps the snapshot, its entries under the current tags.
// What has left the window by its own clock and by the store's is cut off; by one alone, nothing
// is. Tells the feed's clock of the papers that it sees. Under a new epoch the old snapshot stays
// until the window is complete; while the store is away it stays too, marked stale. One thread
// calls it.
class Refresher {
 public:
  struct Options {
    std::chrono::milliseconds poll{100};
    std::chrono::milliseconds longest_pause{2000};
    size_t batch = 512;
  };

  // All must outlive it.
  Refresher(window::Window& window, SnapshotHolder& holder, FeedClock& feed_clock, Options options,
            const tags::TagCatalogue& catalogue = tags::Catalogue());

  // One look at the window: loads, follows, or marks the snapshot stale. OK: it is current.
  absl::Status Step();

  // Steps until `stop` is requested.
  void Run(std::stop_token stop, const clock::Clock& clock);

 private:
  std::vector<EntryPtr> Serve(std::vector<window::Stored> papers);
  // To the system, once there is nothing to read after many cards.
  void GiveBack();
  absl::Status Load();
  absl::Status Follow(const SnapshotPtr& snapshot);
  // What has become of what changed.
  absl::Status ReadChanged(const Snapshot& snapshot, const std::vector<window::Change>& changes,
                           std::vector<EntryPtr>& entries, std::vector<Gone>& gone);
  // The first date to keep now. Asks the store where it has moved.
  absl::StatusOr<std::string> OldestAfter(const Snapshot& snapshot);

  window::Window& window_;
  SnapshotHolder& holder_;
  FeedClock& feed_clock_;
  const Options options_;
  const tags::TagCatalogue& catalogue_;
  bool reload_ = true;
  // Cards read since memory was given back.
  size_t read_ = 0;
};

}  // namespace paperwire::serve
