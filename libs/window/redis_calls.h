#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "libs/redis/client.h"
#include "libs/window/window.h"

namespace paperwire::window {

// The keys of the window in Redis. "{<prefix>}:" makes all of them share a slot.
struct WindowKeys {
  explicit WindowKeys(const std::string& prefix);

  std::string Paper(const std::string& arxiv_id) const;
  std::string Generation(const std::string& arxiv_id, uint32_t paper_version) const;

  std::string root;
  // Sorted set: id by announcement date as a number, 20261121.
  std::string dates;
  // Stream of changes.
  std::string changes;
};

// The call of apply.lua for one write; what it is told of the progress.
struct Fence {
  std::string epoch_key;
  std::string offsets_key;
  std::string epoch;
  // The partition, as FieldOf has it.
  std::string field;
  int64_t expected = -1;
};
redis::Script::Call MakeApplyCall(const WindowKeys& keys, const Fence& fence,
                                  const std::string& oldest, const Write& write);

// The script that MakeApplyCall is for.
const char* ApplyScript();

// The first date of the window by the server's clock, in its answer to TIME.
std::string OldestBy(const redis::Reply& time);

// The first date that stays where a caller whose window begins at `oldest` takes out what is older:
// what one clock that runs ahead says takes nothing out. Asks the server for its time.
absl::StatusOr<std::string> FirstThatStays(redis::Client& client, const std::string& oldest);

}  // namespace paperwire::window
