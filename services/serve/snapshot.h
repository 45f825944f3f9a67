#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/window/window.h"
#include "services/serve/entry_range.h"
#include "services/serve/kept_answers.h"
#include "services/serve/persistent_tree.h"
#include "services/serve/search/index.h"
#include "services/serve/served_entry.h"

namespace paperwire::serve {

// A paper that was taken out of the window.
struct Gone {
  std::string arxiv_id;
  // Readers who hold the card drop it when this leaves the window, at the latest.
  std::string announced{};
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
// thread-safe. Its indexes are shared with the snapshots before and after it but for what a change
// touched: making one takes O(log n) a change, whatever the size of the window.
class Snapshot {
 public:
  // Keeps what was announced on `oldest` or later, of entries and of what is gone.
  Snapshot(std::string epoch, window::Cursor cursor, std::vector<EntryPtr> entries,
           const std::vector<Gone>& gone, std::string_view oldest);

  // This snapshot after some changes: `changed` and `gone` replace what there was of the same id.
  std::shared_ptr<const Snapshot> After(window::Cursor cursor, std::vector<EntryPtr> changed,
                                        std::span<const Gone> gone, std::string_view oldest) const;

  // Newest announcement date first, then by id, descending.
  EntryRange entries() const { return Of(Facet::kAny, ""); }
  // Of `entries`, those announced on `oldest` or later: they stand in front.
  EntryRange From(std::string_view oldest) const { return entries().Between(oldest, ""); }
  // Of `entries`, those of one announcement date.
  EntryRange OfDate(std::string_view date) const { return entries().Between(date, date); }
  // Of `entries`, those that have the value.
  EntryRange Of(Facet facet, std::string_view value) const;
  EntryRange OfTag(std::string_view slug) const { return Of(Facet::kTag, slug); }
  // Announcement dates, newest first, with the number of entries.
  const std::map<std::string, uint32_t, std::greater<>>& dates() const { return dates_; }

  // Null when the id is not in it.
  EntryPtr Find(std::string_view arxiv_id) const;

  // The latest change of every paper that has changed after `cursor`, in the order of their
  // cursors, at most `limit` of them. What left by its age is not among them.
  std::vector<SnapshotChange> ChangesAfter(const window::Cursor& cursor, size_t limit) const;

  // Full-text search over the entries.
  const search::IndexPtr& search() const { return search_; }

  // Answers that were made of it. They alone change.
  KeptAnswers& kept() const { return kept_; }

  // The model that chose tags last; empty: no entry says.
  const std::string& tag_model() const { return tag_model_; }

  const std::string& epoch() const { return epoch_; }
  // The newest change that is in it.
  const window::Cursor& cursor() const { return cursor_; }
  // The first announcement date that is kept; empty: all are.
  const std::string& oldest() const { return oldest_; }

 private:
  using GonePtr = std::shared_ptr<const Gone>;

  struct ById {
    static std::string_view Id(const EntryPtr& entry) { return entry->arxiv_id(); }
    static std::string_view Id(const GonePtr& paper) { return paper->arxiv_id; }
    static std::string_view Id(std::string_view id) { return id; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Id(a) < Id(b);
    }
  };
  struct ByChange {
    bool operator()(const ServedEntry* a, const ServedEntry* b) const;
    bool operator()(const Gone* a, const Gone* b) const;
  };
  struct ByTagTime {
    bool operator()(const ServedEntry* a, const ServedEntry* b) const;
  };

  Snapshot(const Snapshot&) = default;
  void Add(EntryPtr entry);
  void Add(const Gone& paper);
  // Whatever there is of this id.
  void Remove(std::string_view arxiv_id);
  // The ids of the entries.
  std::vector<std::string> RemoveOlder(std::string_view oldest);
  // What follows from the indexes.
  void Finish();

  std::string epoch_;
  window::Cursor cursor_{};
  std::string oldest_;
  // These two own what the others point to.
  PersistentTree<EntryPtr, ById> by_id_;
  PersistentTree<GonePtr, ById> gone_by_id_;
  PostingTree postings_;
  PersistentTree<const ServedEntry*, ByChange> by_change_;
  PersistentTree<const Gone*, ByChange> gone_by_change_;
  PersistentTree<const ServedEntry*, ByTagTime> by_tag_time_;
  std::map<std::string, uint32_t, std::greater<>> dates_;
  search::IndexPtr search_;
  std::string tag_model_;
  mutable KeptAnswers kept_;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace paperwire::serve
