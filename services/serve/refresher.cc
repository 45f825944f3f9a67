#include "services/serve/refresher.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/telemetry/log.h"
#include "services/serve/current_tags.h"

namespace paperwire::serve {

Refresher::Refresher(window::Window& window, SnapshotHolder& holder, const FeedClock& feed_clock,
                     Options options, const tags::TagCatalogue& catalogue)
    : window_(window),
      holder_(holder),
      feed_clock_(feed_clock),
      options_(options),
      catalogue_(catalogue) {}

std::vector<EntryPtr> Refresher::Serve(std::vector<window::Stored> papers) const {
  std::vector<EntryPtr> served;
  served.reserve(papers.size());
  for (window::Stored& paper : papers) {
    UnderCurrentTags(catalogue_, paper.entry);
    served.push_back(ServedEntry::Make(paper.entry, paper.first, paper.changed));
  }
  return served;
}

absl::Status Refresher::Step() {
  const SnapshotPtr snapshot = holder_.Get();
  // A clock that ran ahead has cut off what belongs to the window after all.
  if (feed_clock_.Oldest() < oldest_) reload_ = true;
  absl::Status status = reload_ || snapshot == nullptr ? Load() : Follow(snapshot);
  if (absl::IsOutOfRange(status)) {
    reload_ = true;
    status = Load();
  }
  if (!status.ok()) holder_.MarkStale(std::string(status.message()));
  return status;
}

absl::Status Refresher::Load() {
  const absl::StatusOr<window::State> state = window_.GetState();
  if (!state.ok()) return state.status();
  if (state->epoch.empty()) return absl::UnavailableError("the window is empty, nobody has begun");
  if (!state->complete) return absl::UnavailableError("the window is being rebuilt");
  absl::StatusOr<window::Window::Contents> contents = window_.Load();
  if (!contents.ok()) return contents.status();
  if (contents->epoch != state->epoch) {
    return absl::UnavailableError("the window was emptied while it was read");
  }
  std::vector<Gone> gone;
  for (window::Gone& paper : contents->gone) {
    gone.push_back({.arxiv_id = std::move(paper.arxiv_id), .changed = paper.changed});
  }
  oldest_ = feed_clock_.Oldest();
  holder_.Swap(std::make_shared<const Snapshot>(contents->epoch, contents->cursor,
                                                Serve(std::move(contents->papers)), std::move(gone),
                                                oldest_),
               feed_clock_.Now());
  reload_ = false;
  telemetry::Log(telemetry::Level::kInfo, "snapshot loaded",
                 {{"epoch", contents->epoch},
                  {"papers", static_cast<uint64_t>(holder_.Get()->entries().size())}});
  return absl::OkStatus();
}

absl::Status Refresher::Follow(const SnapshotPtr& snapshot) {
  SnapshotPtr current = snapshot;
  while (true) {
    const auto changes = window_.ChangesAfter(current->epoch(), current->cursor(), options_.batch);
    if (!changes.ok()) return changes.status();
    if (changes->empty()) {
      holder_.MarkCurrent(feed_clock_.Now());
      return absl::OkStatus();
    }
    // The latest change of each.
    std::map<std::string, const window::Change*> touched;
    for (const window::Change& change : *changes) touched[change.arxiv_id] = &change;
    std::vector<std::string> wanted;
    for (const auto& [id, change] : touched) {
      if (!change->removed) wanted.push_back(id);
    }
    auto papers = window_.Get(wanted);
    if (!papers.ok()) return papers.status();
    for (const window::Stored& paper : *papers) touched.erase(paper.entry.paper().arxiv_id());
    // What is left was removed, or is gone although its change said otherwise (expired since).
    std::vector<Gone> gone;
    for (const auto& [id, change] : touched) {
      gone.push_back({.arxiv_id = id, .changed = change->cursor});
    }
    oldest_ = feed_clock_.Oldest();
    current = current->After(changes->back().cursor, Serve(*std::move(papers)), gone, oldest_);
    holder_.Swap(current, feed_clock_.Now());
    if (changes->size() < options_.batch) return absl::OkStatus();
  }
}

void Refresher::Run(std::stop_token stop, const clock::Clock& clock) {
  std::chrono::milliseconds pause = options_.poll;
  std::string complaint;
  while (!stop.stop_requested()) {
    const absl::Status status = Step();
    if (status.ok()) {
      if (!complaint.empty()) {
        telemetry::Log(telemetry::Level::kInfo, "snapshot is current again");
        complaint.clear();
      }
      pause = options_.poll;
    } else {
      if (complaint != status.message()) {
        complaint = std::string(status.message());
        telemetry::Log(telemetry::Level::kWarning, "snapshot cannot be refreshed",
                       {{"error", status}});
      }
      pause = std::min(pause * 2, options_.longest_pause);
    }
    clock.SleepFor(pause, stop);
  }
}

}  // namespace paperwire::serve
