#include "services/serve/refresher.h"

#include <malloc.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/telemetry/log.h"
#include "services/serve/current_tags.h"

namespace paperwire::serve {

Refresher::Refresher(window::Window& window, SnapshotHolder& holder, FeedClock& feed_clock,
                     Options options, const tags::TagCatalogue& catalogue)
    : window_(window),
      holder_(holder),
      feed_clock_(feed_clock),
      options_(options),
      catalogue_(catalogue) {}

namespace {

constexpr size_t kManyCards = 1000;

std::vector<Gone> Taken(std::vector<window::Gone> papers) {
  std::vector<Gone> taken;
  taken.reserve(papers.size());
  for (window::Gone& paper : papers) {
    taken.push_back({.arxiv_id = std::move(paper.arxiv_id),
                     .announced = std::move(paper.announced),
                     .changed = paper.changed});
  }
  return taken;
}

}  // namespace

std::vector<EntryPtr> Refresher::Serve(std::vector<window::Stored> papers) {
  std::vector<EntryPtr> served;
  served.reserve(papers.size());
  read_ += papers.size();
  for (window::Stored& paper : papers) {
    feed_clock_.SawPaper(paper.entry.paper().announced());
    UnderCurrentTags(catalogue_, paper.entry);
    served.push_back(ServedEntry::Make(paper.entry, paper.first, paper.changed));
  }
  return served;
}

absl::Status Refresher::Step() {
  const SnapshotPtr snapshot = holder_.Get();
  // A clock that ran ahead, and the store's with it, has cut off what belongs to the window.
  if (snapshot != nullptr && feed_clock_.Oldest() < snapshot->oldest()) reload_ = true;
  bool lost = false;
  absl::Status status = reload_ || snapshot == nullptr ? Load() : Follow(snapshot);
  if (absl::IsOutOfRange(status)) {
    // Also where the stream was trimmed: no matter, it is only as long as this fails.
    lost = true;
    reload_ = true;
    status = Load();
  }
  if (!status.ok()) holder_.MarkStale(std::string(status.message()), lost);
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
  std::vector<EntryPtr> entries = Serve(std::move(contents->papers));
  const std::string oldest = std::min(feed_clock_.Oldest(), state->oldest);
  holder_.Swap(
      std::make_shared<const Snapshot>(contents->epoch, contents->cursor, std::move(entries),
                                       Taken(std::move(contents->gone)), oldest),
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
    std::vector<EntryPtr> entries;
    std::vector<Gone> gone;
    window::Cursor cursor = current->cursor();
    if (!changes->empty()) {
      cursor = changes->back().cursor;
      const absl::Status read = ReadChanged(*current, *changes, entries, gone);
      if (!read.ok()) return read;
    }
    const absl::StatusOr<std::string> oldest = OldestAfter(*current);
    if (!oldest.ok()) return oldest.status();
    if (changes->empty() && *oldest == current->oldest()) {
      holder_.MarkCurrent(feed_clock_.Now());
      GiveBack();
      return absl::OkStatus();
    }
    current = current->After(cursor, std::move(entries), gone, *oldest);
    holder_.Swap(current, feed_clock_.Now());
    if (changes->size() < options_.batch) return absl::OkStatus();
  }
}

// What reading cards takes besides them lies in pieces between them: by itself the C library keeps
// it for good, half as much again as the cards.
void Refresher::GiveBack() {
  if (read_ < kManyCards) return;
  read_ = 0;
  malloc_trim(0);
}

absl::Status Refresher::ReadChanged(const Snapshot& snapshot,
                                    const std::vector<window::Change>& changes,
                                    std::vector<EntryPtr>& entries, std::vector<Gone>& gone) {
  // The latest change of each.
  std::map<std::string, window::Cursor> touched;
  for (const window::Change& change : changes) touched[change.arxiv_id] = change.cursor;
  std::vector<std::string> ids;
  for (const auto& [id, cursor] : touched) ids.push_back(id);
  auto papers = window_.GetChanged(snapshot.epoch(), changes.back().cursor, ids);
  if (!papers.ok()) return papers.status();
  for (const window::Stored& paper : papers->papers) touched.erase(paper.entry.paper().arxiv_id());
  for (const window::Gone& paper : papers->gone) touched.erase(paper.arxiv_id);
  // Each under the cursor that it has now, even one that is to come: so it is told once, and by
  // every replica at the same place.
  entries = Serve(std::move(papers->papers));
  gone = Taken(std::move(papers->gone));
  // What is left has expired since, under another date than readers know.
  for (const auto& [id, changed] : touched) {
    const EntryPtr entry = snapshot.Find(id);
    if (entry != nullptr) gone.push_back({id, entry->announced(), changed});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Refresher::OldestAfter(const Snapshot& snapshot) {
  const std::string oldest = feed_clock_.Oldest();
  if (oldest <= snapshot.oldest()) return snapshot.oldest();
  const absl::StatusOr<window::State> state = window_.GetState();
  if (!state.ok()) return state.status();
  return std::max(snapshot.oldest(), std::min(oldest, state->oldest));
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
