#pragma once

#include <cstdint>
#include <functional>
#include <iterator>
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
#include "services/serve/served_entry.h"

namespace paperwire::serve {

// Some entries of a snapshot, in its order; as good as the snapshot lives.
class EntryRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ServedEntry;
    using difference_type = std::ptrdiff_t;
    using pointer = const ServedEntry*;
    using reference = const ServedEntry&;

    Iterator() = default;
    explicit Iterator(const ServedEntry* const* at) : at_(at) {}
    reference operator*() const { return **at_; }
    pointer operator->() const { return *at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const ServedEntry* const* at_ = nullptr;
  };

  EntryRange() = default;
  explicit EntryRange(std::span<const ServedEntry* const> entries) : entries_(entries) {}

  Iterator begin() const { return Iterator(entries_.data()); }
  Iterator end() const { return Iterator(entries_.data() + entries_.size()); }
  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  const ServedEntry& front() const { return *entries_.front(); }
  const ServedEntry& operator[](size_t position) const { return *entries_[position]; }

 private:
  std::span<const ServedEntry* const> entries_;
};

// A paper that was taken out of the window.
struct Gone {
  std::string arxiv_id;
  window::Cursor changed{};
};

// The latest change of one paper.
struct SnapshotChange {
  window::Cursor cursor{};
  std::string arxiv_id;
  // Null: removed.
  EntryPtr entry;
};

// The window as it was at one change: every read is answered from one. Immutable once built, and so
// thread-safe; entries are shared between one snapshot and the next.
class Snapshot {
 public:
  // Keeps what was announced on `oldest` or later.
  Snapshot(std::string epoch, window::Cursor cursor, std::vector<EntryPtr> entries,
           std::vector<Gone> gone, std::string_view oldest);

  // This snapshot after some changes: `changed` and `gone` replace what there was of the same id.
  std::shared_ptr<const Snapshot> After(window::Cursor cursor, std::vector<EntryPtr> changed,
                                        std::span<const Gone> gone, std::string_view oldest) const;

  // Newest announcement date first, then by id, descending.
  EntryRange entries() const { return EntryRange(entries_); }
  // Of `entries`, those announced on `oldest` or later: they stand in front.
  EntryRange From(std::string_view oldest) const;
  // Of `entries`, those of one announcement date.
  EntryRange OfDate(std::string_view date) const;
  // Of `entries`, those that carry the tag.
  EntryRange OfTag(std::string_view slug) const;
  // Announcement dates, newest first, with the number of entries.
  const std::map<std::string, uint32_t, std::greater<>>& dates() const { return dates_; }

  // Null when the id is not in it.
  EntryPtr Find(const std::string& arxiv_id) const;

  // The latest change of every paper that has changed after `cursor`, in the order of their
  // cursors, at most `limit` of them. What left by its age is not among them.
  std::vector<SnapshotChange> ChangesAfter(const window::Cursor& cursor, size_t limit) const;

  // The model that chose tags last; empty: no entry says.
  const std::string& tag_model() const { return tag_model_; }

  const std::string& epoch() const { return epoch_; }
  // The newest change that is in it.
  const window::Cursor& cursor() const { return cursor_; }

 private:
  std::string epoch_;
  window::Cursor cursor_;
  std::vector<EntryPtr> owned_;
  std::vector<Gone> gone_;
  std::vector<const ServedEntry*> entries_;
  std::unordered_map<std::string_view, const ServedEntry*> by_id_;
  std::map<std::string, std::vector<const ServedEntry*>, std::less<>> by_tag_;
  std::map<std::string, uint32_t, std::greater<>> dates_;
  std::string tag_model_;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

// The order of entries: newest announcement date first, then by id, descending.
bool Before(std::string_view announced_a, std::string_view id_a, std::string_view announced_b,
            std::string_view id_b);

}  // namespace paperwire::serve
