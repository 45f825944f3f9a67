#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "libs/window/window.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::serve {

using EntryPtr = std::shared_ptr<const v1::Entry>;

// The window as it was at one change: every read is answered from one. Immutable once built, and so
// thread-safe; entries are shared between one snapshot and the next.
class Snapshot {
 public:
  // Keeps what was announced on `oldest` or later.
  Snapshot(std::string epoch, window::Cursor cursor, std::vector<EntryPtr> entries,
           std::string_view oldest);

  // This snapshot after some changes: `changed` replaces entries of the same id.
  std::shared_ptr<const Snapshot> After(window::Cursor cursor, std::vector<EntryPtr> changed,
                                        std::span<const std::string> removed,
                                        std::string_view oldest) const;

  // Newest announcement date first, then by id, descending.
  const std::vector<EntryPtr>& entries() const { return entries_; }
  // Of `entries`, those announced on `oldest` or later: they stand in front.
  std::span<const EntryPtr> From(std::string_view oldest) const;
  // Of `entries`, those of one announcement date.
  std::span<const EntryPtr> OfDate(std::string_view date) const;
  // Positions in `entries`, ascending.
  std::span<const uint32_t> OfTag(std::string_view slug) const;
  // Announcement dates, newest first, with the number of entries.
  const std::map<std::string, uint32_t, std::greater<>>& dates() const { return dates_; }

  // Null when the id is not in it.
  EntryPtr Find(const std::string& arxiv_id) const;

  // The model that chose tags last; empty: no entry says.
  const std::string& tag_model() const { return tag_model_; }

  const std::string& epoch() const { return epoch_; }
  const window::Cursor& cursor() const { return cursor_; }

 private:
  std::string epoch_;
  window::Cursor cursor_;
  std::vector<EntryPtr> entries_;
  std::unordered_map<std::string_view, uint32_t> by_id_;
  std::map<std::string, std::vector<uint32_t>, std::less<>> by_tag_;
  std::map<std::string, uint32_t, std::greater<>> dates_;
  std::string tag_model_;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

// The order of entries: newest announcement date first, then by id, descending.
bool Before(std::string_view announced_a, std::string_view id_a, std::string_view announced_b,
            std::string_view id_b);

// Where the current snapshot hangs; swapped whole. Thread-safe.
class SnapshotHolder {
 public:
  struct Freshness {
    // The snapshot cannot be refreshed now, and why.
    bool stale = false;
    std::string reason;
    // When it was last known to be current.
    absl::Time current_at = absl::InfinitePast();
  };

  // Null before the first one.
  SnapshotPtr Get() const;
  Freshness freshness() const;

  void Swap(SnapshotPtr snapshot, absl::Time now);
  void MarkCurrent(absl::Time now);
  void MarkStale(std::string reason);

 private:
  mutable std::mutex mutex_;
  SnapshotPtr snapshot_ ABSL_GUARDED_BY(mutex_);
  Freshness freshness_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::serve
