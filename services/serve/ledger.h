#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/bus/message.h"
#include "libs/window/ledger_store.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::serve {

// What the stages' consumer groups have committed, by group. A group that is not in it is unknown.
using CommittedOffsets = std::map<std::string, std::map<bus::TopicPartition, int64_t>>;

// Since when a paper has had no live record, by id.
using IdleSince = std::map<std::string, absl::Time>;

// The consumer group that works off a topic ("summarized.retry.5m" → "paperwire-classify-retry");
// empty for a topic that no stage reads.
std::string GroupOf(std::string_view topic);

// Whether a record is not yet committed by the group that works it off, as far as that is known. Of
// one that is no dead letter.
bool IsLive(const window::Whereabouts& sighting, const CommittedOffsets& committed);

struct LedgerFacts {
  const window::LedgerContents& contents;
  // Whether a card of this id is served, in whatever revision.
  std::function<bool(const std::string& arxiv_id)> served;
  const CommittedOffsets& committed;
  absl::Time now;
  // First announcement date to account for.
  std::string oldest;
};

struct Ledger {
  // Newest first.
  std::vector<v1::LedgerDay> days;
  // Hand this to the next AccountFor: only what stays idle for ten minutes is missing.
  IdleSince idle_since;
};

// Accounts for every declared paper. A paper is pending while its newest record is live: not yet
// committed by the group that works it off, as far as that is known; one without a live record is
// pending for ten minutes more, then missing. Pure, thread-safe.
Ledger AccountFor(const LedgerFacts& facts, const IdleSince& idle_before);

// The sums over all days.
v1::LedgerDay Total(const std::vector<v1::LedgerDay>& days);

}  // namespace paperwire::serve
