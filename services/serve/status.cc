#include "services/serve/status.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "libs/calendar/calendar.h"
#include "libs/calendar/feed_state.h"

namespace paperwire::serve {
namespace {

using google::protobuf::util::TimeUtil;

constexpr uint32_t kUpdateHours = 8;
constexpr uint32_t kHistoryDays = 7;

int FailedInARow(const std::vector<v1::Cycle>& cycles) {
  const auto last_good = std::find_if(cycles.rbegin(), cycles.rend(), [](const v1::Cycle& cycle) {
    return cycle.outcome() != v1::CYCLE_OUTCOME_FAILED;
  });
  return static_cast<int>(last_good - cycles.rbegin());
}

// Of the newest cycle that asked for any: a later one may have failed before it asked.
std::vector<std::string> CategoriesAskedFor(const std::vector<v1::Cycle>& cycles) {
  std::set<std::string> categories;
  for (auto cycle = cycles.rbegin(); cycle != cycles.rend() && categories.empty(); ++cycle) {
    for (const v1::SourceOutcome& source : cycle->sources()) {
      if (!source.category().empty()) categories.insert(source.category());
    }
  }
  return {categories.begin(), categories.end()};
}

}  // namespace

v1::GetStatusResponse BuildStatus(const StatusFacts& facts) {
  v1::GetStatusResponse status;
  status.set_update_hours(kUpdateHours);
  status.set_history_days(kHistoryDays);
  status.set_feed_clock(facts.data_clock ? "data" : "real");

  calendar::FeedFacts feed;
  feed.now = facts.now;
  feed.watching_since = facts.watching_since;
  feed.every = absl::Hours(kUpdateHours);
  feed.recorded = facts.data_clock;
  std::string newest;
  const auto& batches = facts.contents.batches;
  const auto to_come = batches.upper_bound(facts.newest);
  if (to_come != batches.begin()) {
    newest = std::prev(to_come)->first;
    feed.newest_batch = &std::prev(to_come)->second;
  }
  if (facts.snapshot != nullptr) status.set_epoch(facts.snapshot->epoch());
  const CardTally::Day total = facts.cards.Total();
  status.set_papers_in_window(total.cards);
  for (const auto& [made_by, cards] : total.models) {
    v1::ModelVersion* model = status.add_models();
    model->set_service(made_by.first);
    model->set_model(made_by.second);
    model->set_entries(cards);
  }
  const auto newest_cards = facts.cards.days().begin();
  if (newest_cards != facts.cards.days().end()) newest = std::max(newest, newest_cards->first);
  status.set_newest_announced(newest);
  const auto today = facts.cards.days().find(newest);
  if (today != facts.cards.days().end()) {
    status.set_papers_today(today->second.cards);
    feed.fallbacks = static_cast<int>(today->second.fallbacks);
    feed.declared = static_cast<int>(today->second.cards);
  }
  for (const v1::LedgerDay& day : facts.days) {
    *status.add_days() = day;
    if (day.announced() != newest) continue;
    feed.declared = std::max(feed.declared, static_cast<int>(day.declared()));
    feed.pending = static_cast<int>(day.pending());
    feed.lost = static_cast<int>(day.dead_lettered() + day.missing());
  }
  for (auto batch = batches.begin(); batch != to_come; ++batch) {
    if (batch->first >= facts.oldest && batch->second.sample()) status.set_sample(true);
    if (const auto day = calendar::ParseDate(batch->first)) feed.batch_dates.insert(*day);
  }
  if (!facts.contents.cycles.empty()) {
    feed.last_cycle = facts.contents.cycles.back();
    *status.mutable_last_cycle() = facts.contents.cycles.back();
    feed.failed_cycles = FailedInARow(facts.contents.cycles);
    feed.categories = CategoriesAskedFor(facts.contents.cycles);
  }
  feed.sample = status.sample();
  const calendar::FeedVerdict verdict = calendar::DecideFeedState(feed);
  status.set_state(verdict.state);
  status.set_sentence(verdict.sentence);

  status.set_stale(facts.freshness.stale || !facts.trouble.empty());
  status.set_stale_reason(facts.freshness.stale ? facts.freshness.reason : facts.trouble);
  if (facts.freshness.current_at != absl::InfinitePast()) {
    *status.mutable_snapshot_time() =
        TimeUtil::MillisecondsToTimestamp(absl::ToUnixMillis(facts.freshness.current_at));
  }
  return status;
}

StatusPtr StatusHolder::Get() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void StatusHolder::Set(v1::GetStatusResponse status) {
  {
    const std::lock_guard lock(mutex_);
    if (status_ != nullptr && !status.stale()) {
      v1::GetStatusResponse same_time = status;
      *same_time.mutable_snapshot_time() = status_->snapshot_time();
      if (google::protobuf::util::MessageDifferencer::Equals(same_time, *status_)) return;
    }
    status_ = std::make_shared<const v1::GetStatusResponse>(std::move(status));
  }
  subscribers_.Tell();
}

}  // namespace paperwire::serve
