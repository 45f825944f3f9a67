#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::support {

// What a client that watches the feed says that it was told (docs/clients.md has the lines).
struct Told {
  enum class Kind { kCard, kRemoved, kRestart, kLive };
  Kind kind = Kind::kLive;
  std::string arxiv_id = {};
  uint64_t revision = 0;
};

// In their order. Lines of another kind are passed over, and so is one that is not finished.
std::vector<Told> ReadWatchLog(std::string_view log);

// The revision of each card, by arXiv id.
using Cards = std::map<std::string, uint64_t>;

// The cards that a client holds which was told this.
Cards CardsHeld(const std::vector<Told>& log);

// What became of the promise for one client. An epoch ends where the client was told to start anew.
struct WatchVerdict {
  int cards = 0;
  int restarts = 0;
  // In the window, and not held in that revision.
  int missing = 0;
  // Held, and not in the window.
  int left_over = 0;
  // Cards that came in a revision that had come before in the epoch, and in a lower one.
  int repeated = 0;
  int backwards = 0;

  bool clean() const { return missing + left_over + repeated + backwards == 0; }
  // "5210 cards, 1 restart, 0 missing, 0 left over, 0 repeated, 0 backwards"
  std::string ToString() const;
};

WatchVerdict JudgeWatch(const std::vector<Told>& log, const Cards& window);

}  // namespace paperwire::support
