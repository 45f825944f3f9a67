#include "services/serve/ledger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "libs/events/topics.h"

namespace paperwire::serve {
namespace {

using google::protobuf::util::TimeUtil;

constexpr absl::Duration kPatience = absl::Minutes(10);
constexpr int kMostUnserved = 1000;

const window::Whereabouts* FindSighting(const window::LedgerContents& contents,
                                        const std::string& announced, const std::string& id) {
  const auto day = contents.papers.find(announced);
  if (day != contents.papers.end()) {
    const auto found = day->second.find(id);
    if (found != day->second.end()) return &found->second;
  }
  // A paper declared again on a later day is kept under the day it was announced first.
  for (const auto& [date, papers] : contents.papers) {
    const auto found = papers.find(id);
    if (found != papers.end()) return &found->second;
  }
  return nullptr;
}

class DayAccount {
 public:
  DayAccount(const LedgerFacts& facts, const IdleSince& idle_before, IdleSince& idle_after,
             const v1::Batch& batch)
      : facts_(facts), idle_before_(idle_before), idle_after_(idle_after), batch_(batch) {
    for (const v1::BatchDifference& difference : batch.differences()) {
      if (difference.excluded()) excluded_[difference.arxiv_id()] = difference.reason();
    }
  }

  v1::LedgerDay Close() {
    day_.set_announced(batch_.announced());
    day_.set_replacements(static_cast<uint32_t>(batch_.replaced_ids_size()));
    day_.set_old_cross_lists(static_cast<uint32_t>(batch_.old_cross_ids_size()));
    *day_.mutable_declared_counts() = batch_.declared();
    const std::set<std::string> ids(batch_.paper_ids().begin(), batch_.paper_ids().end());
    for (const std::string& id : ids) Account(id);
    day_.set_declared(static_cast<uint32_t>(ids.size()));
    day_.set_balanced(day_.missing() == 0 && day_.declared() == day_.served() + day_.pending() +
                                                                    day_.dead_lettered() +
                                                                    day_.excluded());
    return std::move(day_);
  }

 private:
  void Account(const std::string& id) {
    if (facts_.served(id)) {
      Reached(v1::STAGE_SERVED);
      return;
    }
    const window::Whereabouts* sighting = FindSighting(facts_.contents, batch_.announced(), id);
    const v1::Stage stage = sighting == nullptr ? v1::STAGE_DECLARED : sighting->stage;
    Reached(stage);
    const absl::Time since =
        sighting != nullptr
            ? absl::FromUnixMillis(sighting->since_ms)
            : absl::FromUnixMillis(TimeUtil::TimestampToMilliseconds(batch_.create_time()));

    const auto excluded = excluded_.find(id);
    if (excluded != excluded_.end()) {
      Unserved(id, stage, v1::UNSERVED_KIND_EXCLUDED, excluded->second, since);
    } else if (sighting != nullptr && sighting->dead_lettered) {
      Unserved(id, stage, v1::UNSERVED_KIND_DEAD_LETTERED, sighting->reason, since);
    } else if (sighting != nullptr && !sighting->reason.empty()) {
      Unserved(id, stage, v1::UNSERVED_KIND_EXCLUDED, sighting->reason, since);
    } else if (sighting != nullptr && IsLive(*sighting, facts_.committed)) {
      Unserved(id, stage, v1::UNSERVED_KIND_PENDING, "in " + sighting->topic, since);
    } else {
      AccountIdle(id, stage, sighting, since);
    }
  }

  void AccountIdle(const std::string& id, v1::Stage stage, const window::Whereabouts* sighting,
                   absl::Time since) {
    // A paper that was never ingested has been idle since the batch declared it; one whose record
    // was worked off only since that was first seen, for it may have queued for hours.
    const auto before = idle_before_.find(id);
    const absl::Time idle = sighting == nullptr            ? since
                            : before != idle_before_.end() ? before->second
                                                           : facts_.now;
    if (sighting != nullptr) idle_after_[id] = idle;
    if (facts_.now - idle < kPatience) {
      Unserved(id, stage, v1::UNSERVED_KIND_PENDING,
               sighting == nullptr ? "declared, not ingested yet" : "between two stages", since);
    } else {
      Unserved(id, stage, v1::UNSERVED_KIND_MISSING,
               sighting == nullptr
                   ? "declared, never ingested"
                   : "worked off in " + sighting->topic + ", but nothing came of it",
               since);
    }
  }

  void Reached(v1::Stage stage) {
    if (stage >= v1::STAGE_INGESTED) day_.set_ingested(day_.ingested() + 1);
    if (stage >= v1::STAGE_SUMMARIZED) day_.set_summarized(day_.summarized() + 1);
    if (stage >= v1::STAGE_TAGGED) day_.set_tagged(day_.tagged() + 1);
    if (stage >= v1::STAGE_SERVED) day_.set_served(day_.served() + 1);
  }

  void Unserved(const std::string& id, v1::Stage stage, v1::UnservedKind kind,
                const std::string& reason, absl::Time since) {
    if (kind == v1::UNSERVED_KIND_PENDING) day_.set_pending(day_.pending() + 1);
    if (kind == v1::UNSERVED_KIND_DEAD_LETTERED) day_.set_dead_lettered(day_.dead_lettered() + 1);
    if (kind == v1::UNSERVED_KIND_MISSING) day_.set_missing(day_.missing() + 1);
    if (kind == v1::UNSERVED_KIND_EXCLUDED) day_.set_excluded(day_.excluded() + 1);
    if (day_.unserved_size() >= kMostUnserved) return;
    v1::UnservedPaper* paper = day_.add_unserved();
    paper->set_arxiv_id(id);
    paper->set_stage(stage);
    paper->set_kind(kind);
    paper->set_reason(reason);
    *paper->mutable_since() = TimeUtil::MillisecondsToTimestamp(absl::ToUnixMillis(since));
  }

  const LedgerFacts& facts_;
  const IdleSince& idle_before_;
  IdleSince& idle_after_;
  const v1::Batch& batch_;
  std::map<std::string, std::string> excluded_;
  v1::LedgerDay day_;
};

}  // namespace

std::string GroupOf(std::string_view topic) {
  struct Reader {
    std::string_view topic;
    std::string_view group;
  };
  constexpr Reader kReaders[] = {{events::kNewPaper, "paperwire-summarize"},
                                 {events::kSummarized, "paperwire-classify"},
                                 {events::kTagged, "paperwire-serve"}};
  for (const Reader& reader : kReaders) {
    if (topic == reader.topic) return std::string(reader.group);
    if (topic.starts_with(reader.topic) &&
        topic.substr(reader.topic.size()).starts_with(".retry.")) {
      return std::string(reader.group) + "-retry";
    }
  }
  return "";
}

bool IsLive(const window::Whereabouts& sighting, const CommittedOffsets& committed) {
  const auto group = committed.find(GroupOf(sighting.topic));
  // Without knowledge nothing is called missing.
  if (group == committed.end()) return true;
  const auto offset = group->second.find({sighting.topic, sighting.partition});
  return offset == group->second.end() || offset->second <= sighting.offset;
}

Ledger AccountFor(const LedgerFacts& facts, const IdleSince& idle_before) {
  Ledger ledger;
  for (auto batch = facts.contents.batches.rbegin(); batch != facts.contents.batches.rend();
       ++batch) {
    if (batch->first < facts.oldest) continue;
    ledger.days.push_back(DayAccount(facts, idle_before, ledger.idle_since, batch->second).Close());
  }
  return ledger;
}

v1::LedgerDay Total(const std::vector<v1::LedgerDay>& days) {
  v1::LedgerDay total;
  total.set_balanced(true);
  for (const v1::LedgerDay& day : days) {
    total.set_declared(total.declared() + day.declared());
    total.set_ingested(total.ingested() + day.ingested());
    total.set_summarized(total.summarized() + day.summarized());
    total.set_tagged(total.tagged() + day.tagged());
    total.set_served(total.served() + day.served());
    total.set_pending(total.pending() + day.pending());
    total.set_dead_lettered(total.dead_lettered() + day.dead_lettered());
    total.set_missing(total.missing() + day.missing());
    total.set_excluded(total.excluded() + day.excluded());
    total.set_replacements(total.replacements() + day.replacements());
    total.set_old_cross_lists(total.old_cross_lists() + day.old_cross_lists());
    total.set_balanced(total.balanced() && day.balanced());
  }
  return total;
}

}  // namespace paperwire::serve
