#pragma once

#include <optional>
#include <string>

#include "tools/paperwire/console.h"
#include "tools/paperwire/watch_state.h"
#include "tools/paperwire/watcher.h"

namespace paperwire::cli {

// Prints what a watcher tells, one line each, and keeps the token of what it has printed. Not
// thread-safe.
class WatchOutput final : public Watcher::Reader {
 public:
  struct Settings {
    // paperwire.v1.WatchPapersResponse as JSON, heartbeats too; otherwise a line a card.
    bool json = false;
    // Enough once everything that there was at the start has been told.
    bool until_live = false;
  };

  // `file` may be null: then no token is kept. `state` is what the file holds, or is to hold apart
  // from token and card. All must outlive it.
  WatchOutput(const Settings& settings, const StateFile* file, WatchState state, Console& console);

  // FailedPrecondition: the token cannot be kept. Cancelled: nobody reads any more; what could not
  // be printed is not kept, and comes again.
  absl::Status Take(const v1::WatchPapersResponse& message) override;
  absl::Status StartOver(const v1::WatchPapersRequest& request, const absl::Status& why) override;
  void Lost(const absl::Status& why) override;
  void Found() override;

  // Keeps the last token for a power failure too.
  absl::Status Close();

 private:
  absl::Status Print(const std::string& line);
  absl::Status Keep(const v1::WatchPapersResponse& message);

  const Settings settings_;
  const StateFile* const file_;
  Console& console_;
  WatchState state_;
  std::optional<clock::SteadyTime> durable_;
  bool unsynced_ = false;
};

}  // namespace paperwire::cli
