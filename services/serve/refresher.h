#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "libs/clock/clock.h"
#include "libs/tags/catalogue.h"
#include "libs/window/window.h"
#include "services/serve/feed_clock.h"
#include "services/serve/snapshot_holder.h"

namespace paperwire::serve {

// Follows the window's change stream and swaps the snapshot, its entries under the current tags.
// Under a new epoch the old snapshot stays until the window is complete; while the store is away it
// stays too, marked stale. One thread calls it.
class Refresher {
 public:
  struct Options {
    std::chrono::milliseconds poll{100};
    std::chrono::milliseconds longest_pause{2000};
    size_t batch = 512;
  };

  // All must outlive it.
  Refresher(window::Window& window, SnapshotHolder& holder, const FeedClock& feed_clock,
            Options options, const tags::TagCatalogue& catalogue = tags::Catalogue());

  // One look at the window: loads, follows, or marks the snapshot stale. OK: it is current.
  absl::Status Step();

  // Steps until `stop` is requested.
  void Run(std::stop_token stop, const clock::Clock& clock);

 private:
  std::vector<EntryPtr> Serve(std::vector<window::Stored> papers) const;
  absl::Status Load();
  absl::Status Follow(const SnapshotPtr& snapshot);

  window::Window& window_;
  SnapshotHolder& holder_;
  const FeedClock& feed_clock_;
  const Options options_;
  const tags::TagCatalogue& catalogue_;
  bool reload_ = true;
  // The first date of what was kept last.
  std::string oldest_;
};

}  // namespace paperwire::serve
