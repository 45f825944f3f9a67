#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/serve/snapshot.h"

namespace paperwire::serve {

// What has changed from one snapshot to a later one; nothing: there is no telling, all may have.
// Pure.
std::optional<std::vector<SnapshotChange>> ChangesBetween(const SnapshotPtr& before,
                                                          const SnapshotPtr& after);

// Counts what made the cards, date by date; a date is counted anew only when a card of it has
// changed. Not thread-safe.
class CardTally {
 public:
  struct Day {
    uint32_t cards = 0;
    // Cards that are not what was asked for.
    uint32_t fallbacks = 0;
    // By service and model.
    std::map<std::pair<std::string, std::string>, uint32_t> models;
  };

  // `snapshot` may be null; `changes` are those since the call before. Keeps the dates from
  // `oldest` on.
  void Update(const SnapshotPtr& snapshot,
              const std::optional<std::vector<SnapshotChange>>& changes, const std::string& oldest);

  // Newest first; only dates that have cards.
  const std::map<std::string, Day, std::greater<>>& days() const { return days_; }
  // Over all of them.
  Day Total() const;

 private:
  SnapshotPtr counted_;
  std::map<std::string, Day, std::greater<>> days_;
};

}  // namespace paperwire::serve
