#include "services/serve/ledger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/util/time_util.h"
#include "libs/events/topics.h"
#include "libs/window/sighting.h"

namespace paperwire::serve {
namespace {

using google::protobuf::util::TimeUtil;

constexpr absl::Duration kPatience = absl::Minutes(10);
constexpr size_t kMostUnserved = 1000;

std::string RecordOf(const window::Whereabouts& sighting) {
  return fmt::format("{} {} {}", sighting.topic, sighting.partition, sighting.offset);
}

// The order in which papers that are not served are told: what somebody has to look at first.
int UrgencyOf(v1::UnservedKind kind) {
  switch (kind) {
    case v1::UNSERVED_KIND_MISSING:
      return 0;
    case v1::UNSERVED_KIND_DEAD_LETTERED:
      return 1;
    case v1::UNSERVED_KIND_PENDING:
      return 2;
    default:
      return 3;
  }
}

// Accounts for one day, paper by paper.
class Accountant {
 public:
  explicit Accountant(const DayFacts& facts)
      : facts_(facts),
        batch_(facts.contents.batches.at(facts.announced)),
        day_(account_.day),
        nothing_(),
        papers_(facts.contents.papers.contains(facts.announced)
                    ? facts.contents.papers.at(facts.announced)
                    : nothing_) {
    for (const v1::BatchDifference& difference : batch_.differences()) {
      if (difference.excluded()) excluded_[difference.arxiv_id()] = difference.reason();
    }
  }

  DayAccount Close() {
    day_.set_announced(batch_.announced());
    day_.set_replacements(static_cast<uint32_t>(batch_.replaced_ids_size()));
    day_.set_old_cross_lists(static_cast<uint32_t>(batch_.old_cross_ids_size()));
    *day_.mutable_declared_counts() = batch_.declared();
    const std::set<std::string_view> ids(batch_.paper_ids().begin(), batch_.paper_ids().end());
    for (const std::string_view id : ids) Account(std::string(id));
    day_.set_declared(static_cast<uint32_t>(ids.size()));
    day_.set_balanced(day_.missing() == 0 && day_.declared() == day_.served() + day_.pending() +
                                                                    day_.dead_lettered() +
                                                                    day_.excluded());
    TellUnserved();
    return std::move(account_);
  }

 private:
  // A paper declared again on a later day is kept under the day it was announced first.
  window::Whereabouts Find(const std::string& id) {
    window::Whereabouts newest;
    newest.stage = v1::STAGE_DECLARED;
    newest.since_ms = TimeUtil::TimestampToMilliseconds(batch_.create_time());
    const auto own = papers_.find(id);
    if (own != papers_.end()) newest = own->second;
    if (newest.stage != v1::STAGE_DECLARED) return newest;
    account_.elsewhere = true;
    for (const auto& [date, papers] : facts_.contents.papers) {
      const auto found = papers.find(id);
      if (found != papers.end() && found->second.stage != v1::STAGE_DECLARED &&
          window::Replaces(found->second, newest)) {
        newest = found->second;
      }
    }
    return newest;
  }

  void Account(const std::string& id) {
    if (facts_.served(id)) {
      Reached(v1::STAGE_SERVED);
      return;
    }
    const window::Whereabouts sighting = Find(id);
    Reached(sighting.stage);
    const auto excluded = excluded_.find(id);
    if (excluded != excluded_.end()) {
      Unserved(id, sighting, v1::UNSERVED_KIND_EXCLUDED, excluded->second);
    } else if (sighting.dead_lettered) {
      Unserved(id, sighting, v1::UNSERVED_KIND_DEAD_LETTERED, sighting.reason);
    } else if (!sighting.reason.empty()) {
      Unserved(id, sighting, v1::UNSERVED_KIND_EXCLUDED, sighting.reason);
    } else if (IsLive(sighting, facts_.committed)) {
      account_.waits = true;
      Unserved(id, sighting, v1::UNSERVED_KIND_PENDING, "in " + sighting.topic);
    } else {
      AccountIdle(id, sighting);
    }
  }

  void AccountIdle(const std::string& id, const window::Whereabouts& sighting) {
    // A paper that was never ingested has been idle since the first batch that declared it; one
    // whose record was worked off only since that was first seen, for it may have queued for hours.
    const bool declared = sighting.stage == v1::STAGE_DECLARED;
    absl::Time since = absl::FromUnixMillis(sighting.since_ms);
    if (!declared) {
      Idle idle{.record = RecordOf(sighting), .since = facts_.now};
      const auto before = facts_.idle.find(id);
      if (before != facts_.idle.end() && before->second.record == idle.record) {
        idle.since = before->second.since;
      }
      since = idle.since;
      account_.idle[id] = std::move(idle);
      // The window's follower may be behind: its commit says when it is not.
      account_.waits = true;
    }
    if (facts_.now - since < kPatience) {
      account_.until = std::min(account_.until, since + kPatience);
      Unserved(id, sighting, v1::UNSERVED_KIND_PENDING,
               declared ? "declared, not ingested yet" : "between two stages");
    } else {
      Unserved(id, sighting, v1::UNSERVED_KIND_MISSING,
               declared ? "declared, never ingested"
                        : "worked off in " + sighting.topic + ", but nothing came of it");
    }
  }

  void Reached(v1::Stage stage) {
    if (stage >= v1::STAGE_INGESTED) day_.set_ingested(day_.ingested() + 1);
    if (stage >= v1::STAGE_SUMMARIZED) day_.set_summarized(day_.summarized() + 1);
    if (stage >= v1::STAGE_TAGGED) day_.set_tagged(day_.tagged() + 1);
    if (stage >= v1::STAGE_SERVED) day_.set_served(day_.served() + 1);
  }

  void Unserved(const std::string& id, const window::Whereabouts& sighting, v1::UnservedKind kind,
                const std::string& reason) {
    if (kind == v1::UNSERVED_KIND_PENDING) day_.set_pending(day_.pending() + 1);
    if (kind == v1::UNSERVED_KIND_DEAD_LETTERED) day_.set_dead_lettered(day_.dead_lettered() + 1);
    if (kind == v1::UNSERVED_KIND_MISSING) day_.set_missing(day_.missing() + 1);
    if (kind == v1::UNSERVED_KIND_EXCLUDED) day_.set_excluded(day_.excluded() + 1);
    v1::UnservedPaper& paper = unserved_.emplace_back();
    paper.set_arxiv_id(id);
    paper.set_stage(sighting.stage);
    paper.set_kind(kind);
    paper.set_reason(reason);
    *paper.mutable_since() = TimeUtil::MillisecondsToTimestamp(sighting.since_ms);
  }

  void TellUnserved() {
    std::stable_sort(unserved_.begin(), unserved_.end(),
                     [](const v1::UnservedPaper& a, const v1::UnservedPaper& b) {
                       return UrgencyOf(a.kind()) < UrgencyOf(b.kind());
                     });
    if (unserved_.size() > kMostUnserved) unserved_.resize(kMostUnserved);
    for (v1::UnservedPaper& paper : unserved_) *day_.add_unserved() = std::move(paper);
  }

  const DayFacts& facts_;
  const v1::Batch& batch_;
  DayAccount account_;
  v1::LedgerDay& day_;
  const std::map<std::string, window::Whereabouts> nothing_;
  const std::map<std::string, window::Whereabouts>& papers_;
  std::map<std::string, std::string> excluded_;
  std::vector<v1::UnservedPaper> unserved_;
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
  if (sighting.stage == v1::STAGE_DECLARED) return false;
  const auto group = committed.find(GroupOf(sighting.topic));
  // Without knowledge nothing is called missing.
  if (group == committed.end()) return true;
  const auto offset = group->second.find({sighting.topic, sighting.partition});
  return offset == group->second.end() || offset->second <= sighting.offset;
}

DayAccount AccountForDay(const DayFacts& facts) { return Accountant(facts).Close(); }

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
