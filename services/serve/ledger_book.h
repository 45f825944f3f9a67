#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/window/ledger_store.h"
#include "services/serve/ledger.h"
#include "services/serve/snapshot.h"

namespace paperwire::serve {

// The accounts of the window's days. A day is accounted for anew only when something that it was
// made from has changed: its records, the cards that are served, what the stages committed, the
// hour. Since when papers are idle is noted in the store, so that every replica, and the next
// process, calls them missing at the same time. Not thread-safe.
class LedgerBook {
 public:
  // `store` must outlive it.
  explicit LedgerBook(window::LedgerStore& store) : store_(store) {}

  struct Facts {
    const window::LedgerContents& contents;
    // The dates whose contents are other than they were; `all`: the contents are.
    const std::set<std::string>& changed;
    bool all = false;
    // Null: none yet. `cards`: what has changed in it since the update before.
    const SnapshotPtr& snapshot;
    const std::optional<std::vector<SnapshotChange>>& cards;
    const CommittedOffsets& committed;
    absl::Time now;
    // First and last announcement date to account for.
    std::string oldest;
    std::string newest;
  };

  void Update(const Facts& facts);

  // Newest first.
  std::vector<v1::LedgerDay> Days() const;

  // How many days were accounted for so far.
  int64_t accounted() const { return accounted_; }

 private:
  struct Page {
    DayAccount account;
    // The idle papers that the store knows of, and whether it could not be told all.
    IdlePapers noted;
    bool untold = false;
  };

  bool IsDue(const Page& page, const Facts& facts) const;
  void Account(const std::string& date, const Facts& facts, Page& page);
  // Tells the store which papers of the page are idle, and takes over what it knew before. Whether
  // that changes the account.
  bool Note(const std::string& date, Page& page);

  window::LedgerStore& store_;
  std::map<std::string, Page, std::greater<>> pages_;
  // As of the update before.
  CommittedOffsets committed_;
  int64_t accounted_ = 0;
};

}  // namespace paperwire::serve
