#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "paperwire/v1/feed_service.pb.h"
#include "tools/paperwire/console.h"

namespace paperwire::cli {

// The ledger's days added up.
struct LedgerTotal {
  uint64_t declared = 0;
  uint64_t ingested = 0;
  uint64_t summarized = 0;
  uint64_t tagged = 0;
  uint64_t served = 0;
  uint64_t pending = 0;
  uint64_t dead_lettered = 0;
  uint64_t missing = 0;
  // Every day balances, and there is at least one.
  bool balanced = false;
};

LedgerTotal AddUp(const v1::GetStatusResponse& status);

// "declared D ingested I summarized S tagged T served V pending P dead-lettered X missing M".
std::string LedgerLine(const LedgerTotal& total);

// Whether what a cycle found has come to rest: the cycle is the last one known (when an id is
// given), the ledger holds the newest date that it speaks of, and nothing is pending. Cycles,
// batches and papers arrive on topics of their own, in any order.
bool IsSettled(const v1::GetStatusResponse& status, std::string_view cycle_id);

// The status for people: the state, the ledger with up to ten unserved papers a day, the models and
// the last cycle.
std::string StatusText(const v1::GetStatusResponse& status, const Console& console);

// A row a day; on a terminal with every unserved paper below it. Programs get lines with tabs.
std::string LedgerText(const std::vector<v1::LedgerDay>& days, const Console& console);

}  // namespace paperwire::cli
