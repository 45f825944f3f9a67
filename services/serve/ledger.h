#pragma once

#include <functional>
#include <map>
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

// A paper whose newest record has been worked off and has no successor.
struct Idle {
  // That record: topic, partition and offset.
  std::string record;
  absl::Time since;
};
// By arXiv id.
using IdlePapers = std::map<std::string, Idle>;

// The consumer group that works off a topic ("summarized.retry.5m" → "paperwire-classify-retry");
// empty for a topic that no stage reads.
std::string GroupOf(std::string_view topic);

// Whether a record is not yet committed by the group that works it off, as far as that is known. Of
// one that is no dead letter. What was declared only is not live.
bool IsLive(const window::Whereabouts& sighting, const CommittedOffsets& committed);

// What a day's account is made from.
struct DayFacts {
  // Must have a batch of the date.
  const window::LedgerContents& contents;
  std::string announced;
  // Whether a card of this id is served, in whatever revision.
  std::function<bool(const std::string& arxiv_id)> served;
  const CommittedOffsets& committed;
  absl::Time now;
  // Papers of the date known to be idle: only what stays so for ten minutes is missing.
  const IdlePapers& idle;
};

struct DayAccount {
  v1::LedgerDay day;
  // The idle papers of the date, but for those that were declared only.
  IdlePapers idle;
  // A stage has work of it: what the stages commit next may change the account.
  bool waits = false;
  // A paper of it may be known under another date: what changes there may change the account.
  bool elsewhere = false;
  // When the account changes if nothing happens.
  absl::Time until = absl::InfiniteFuture();
};

// Accounts for every paper that was declared for a date. A paper is pending while its newest record
// is live: not yet committed by the group that works it off, as far as that is known; one without a
// live record is pending for ten minutes more, then missing. Pure, thread-safe.
DayAccount AccountForDay(const DayFacts& facts);

// The sums over all days.
v1::LedgerDay Total(const std::vector<v1::LedgerDay>& days);

}  // namespace paperwire::serve
