// What holds for every combination of facts, at every half hour of three years.
#include <array>
#include <vector>

#include "gtest/gtest.h"
#include "libs/calendar/calendar.h"
#include "libs/calendar/feed_state.h"
#include "libs/calendar/feed_words.h"
#include "tests/unit/calendar/instants.h"

namespace paperwire::calendar {
namespace {

constexpr std::array kOutcomes = {v1::CYCLE_OUTCOME_PUBLISHED, v1::CYCLE_OUTCOME_NOTHING_NEW,
                                  v1::CYCLE_OUTCOME_PARTIAL, v1::CYCLE_OUTCOME_FAILED};

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool EndsRight(const std::string& sentence) {
  return sentence.size() > 1 && sentence.back() == '.' && sentence.front() != ' ' &&
         !Has(sentence, "..") && !Has(sentence, "  ") && !Has(sentence, "\n");
}

// Every "Tuesday's batch (2026-06-23)" names the weekday of its date.
bool WeekdaysRight(const std::string& sentence) {
  constexpr std::string_view kMark = "'s batch (";
  for (size_t at = sentence.find(kMark); at != std::string::npos;
       at = sentence.find(kMark, at + 1)) {
    const auto date = ParseDate(sentence.substr(at + kMark.size(), 10));
    if (!date) return false;
    const std::string weekday = WeekdayName(*date);
    if (at < weekday.size() || sentence.substr(at - weekday.size(), weekday.size()) != weekday) {
      return false;
    }
  }
  return true;
}

void CheckSentence(const FeedFacts& facts, const FeedVerdict& verdict) {
  const std::string& sentence = verdict.sentence;
  const auto context = [&] {
    return absl::FormatTime(facts.now) + " " + v1::FeedState_Name(verdict.state) + ": " + sentence;
  };
  ASSERT_TRUE(EndsRight(sentence)) << context();
  ASSERT_TRUE(WeekdaysRight(sentence)) << context();
  const bool ready = verdict.state == v1::FEED_STATE_FRESH || verdict.state == v1::FEED_STATE_QUIET;
  ASSERT_EQ(Has(sentence, "the next is due on"), ready) << context();
  ASSERT_TRUE(ready || !Has(sentence, "is served")) << context();
  ASSERT_EQ(Has(sentence, "arXiv announces nothing"), verdict.state == v1::FEED_STATE_QUIET)
      << context();
  ASSERT_EQ(Has(sentence, "is still not"), verdict.state == v1::FEED_STATE_STALLED) << context();
  if (Has(sentence, "yet.") && !Has(sentence, "earlier batch")) {
    ASSERT_EQ(verdict.state, v1::FEED_STATE_WAITING) << context();
  }
  if (ready) {
    const Day today = DateInNewYork(facts.now);
    const Day after =
        facts.batch_dates.empty() ? today : std::max(today, *facts.batch_dates.rbegin());
    const Day next = NextAnnouncementDate(after);
    ASSERT_TRUE(Has(sentence, "due on " + WeekdayName(next) + " at " + HourInUtc(FeedTurn(next))))
        << context();
  }
}

void CheckState(const FeedFacts& facts, const FeedVerdict& verdict) {
  ASSERT_GE(verdict.state, v1::FEED_STATE_FRESH);
  ASSERT_LE(verdict.state, v1::FEED_STATE_RECORDED);
  const Day today = DateInNewYork(facts.now);
  const Day due = NewestDue(facts.now);
  const bool in = !facts.batch_dates.empty() && *facts.batch_dates.rbegin() >= due;
  switch (verdict.state) {
    case v1::FEED_STATE_FRESH:
      ASSERT_TRUE(in) << facts.now << verdict.sentence;
      break;
    case v1::FEED_STATE_QUIET:
      ASSERT_FALSE(IsAnnouncementDate(today)) << facts.now << verdict.sentence;
      ASSERT_TRUE(in || facts.batch_dates.empty()) << facts.now << verdict.sentence;
      break;
    case v1::FEED_STATE_WAITING:
    case v1::FEED_STATE_STALLED:
      ASSERT_FALSE(in) << facts.now << verdict.sentence;
      break;
    case v1::FEED_STATE_RECORDED:
      ASSERT_TRUE(facts.recorded || facts.sample);
      break;
    default:
      break;
  }
}

void CheckPriority(const FeedFacts& facts, const FeedVerdict& verdict) {
  if (facts.recorded || facts.sample) {
    ASSERT_EQ(verdict.state, v1::FEED_STATE_RECORDED);
    return;
  }
  const bool silent = facts.last_cycle &&
                      facts.now - absl::FromUnixSeconds(facts.last_cycle->end_time().seconds()) >=
                          facts.every + absl::Minutes(90);
  const bool failing = facts.last_cycle && facts.failed_cycles >= 3;
  const bool refused = facts.last_cycle && facts.last_cycle->sources_size() > 0 &&
                       facts.last_cycle->sources(0).outcome() == "forbidden";
  ASSERT_EQ(verdict.state == v1::FEED_STATE_FAILED, silent || failing || refused)
      << facts.now << verdict.sentence;
}

// The facts number `index` of all combinations; `index` loses what has been chosen.
struct Choice {
  explicit Choice(size_t number) : index(number) {}
  size_t Of(size_t count) {
    const size_t chosen = index % count;
    index /= count;
    return chosen;
  }
  size_t index;
};

constexpr size_t kCombinations = size_t{6} * 4 * 4 * 5 * 3 * 3 * 2;

FeedFacts Combine(absl::Time now, size_t index, v1::Batch& batch) {
  Choice choice(index);
  FeedFacts facts;
  facts.now = now;
  facts.categories = {"cs.LG", "stat.ML"};
  const Day due = NewestDue(now);
  // No batch; the newest due and all before; one behind; the due one only; tomorrow's; a hole.
  const size_t batches = choice.Of(6);
  const Day newest = batches == 4 ? DateInNewYork(now) + 1 : due - (batches == 2 ? 1 : 0);
  if (batches != 0) facts.batch_dates.insert(newest);
  for (Day date = due - 6; batches != 0 && batches != 3 && date < newest; ++date) {
    if (IsAnnouncementDate(date)) facts.batch_dates.insert(date);
  }
  if (batches == 5) facts.batch_dates.erase(due - 1);
  if (batches != 0) {
    batch.set_announced(FormatDate(newest));
    facts.newest_batch = &batch;
  }
  const v1::CycleOutcome outcome = kOutcomes.at(choice.Of(4));
  constexpr std::array kAges = {1, 60, 9 * 60, 30 * 60};
  const absl::Duration age = absl::Minutes(kAges.at(choice.Of(4)));
  constexpr std::array kSources = {"ok", "truncated", "rate-limited", "forbidden", ""};
  const std::string source = kSources.at(choice.Of(5));
  if (!source.empty()) {
    v1::Cycle& cycle = facts.last_cycle.emplace();
    cycle.set_outcome(outcome);
    cycle.mutable_end_time()->set_seconds(absl::ToUnixSeconds(now - age));
    cycle.add_sources()->set_outcome(source);
    cycle.mutable_sources(0)->set_category("cs.LG");
    if (source != "ok") cycle.set_error("1 of 2 sources failed: cs.LG: " + source + ".");
    constexpr std::array kFailed = {1, 2, 3};
    if (outcome == v1::CYCLE_OUTCOME_FAILED) facts.failed_cycles = kFailed.at(choice.Of(3));
  }
  facts.declared = 100;
  constexpr std::array kTroubled = {0, 10, 11};
  facts.fallbacks = kTroubled.at(choice.Of(3));
  // Papers of the newest batch: an ordinary number, or hardly any.
  const bool small = choice.Of(2) == 1;
  for (const auto& [category, count] : {std::pair{"cs.LG", 150U}, std::pair{"stat.ML", 9U}}) {
    v1::DeclaredCount& declared = *batch.add_declared();
    declared.set_category(category);
    declared.set_section(v1::ANNOUNCE_TYPE_NEW);
    declared.set_count(small ? 1 : count);
  }
  return facts;
}

void CheckCombination(absl::Time now, size_t index) {
  v1::Batch batch;
  const FeedFacts facts = Combine(now, index, batch);
  const FeedVerdict verdict = DecideFeedState(facts);
  CheckState(facts, verdict);
  if (testing::Test::HasFatalFailure()) return;
  CheckSentence(facts, verdict);
  if (testing::Test::HasFatalFailure()) return;
  CheckPriority(facts, verdict);
}

// Every instant meets two combinations, all combinations are met again and again.
TEST(FeedProperties, HoldAtEveryHalfHourOfThreeYears) {
  const absl::Time end = At("2027-01-01T05:00:00Z");
  size_t index = 0;
  for (absl::Time now = At("2024-01-01T05:00:00Z"); now < end; now += absl::Minutes(30)) {
    for (int i = 0; i < 2; ++i) {
      CheckCombination(now, index);
      ASSERT_FALSE(HasFatalFailure()) << now << " combination " << index;
      // A step without a common divisor, so that hours and combinations do not march together.
      index = (index + 7919) % kCombinations;
    }
  }
}

// Both clock changes, a weekend, and a holiday on a Monday, a Friday and in the week: everything.
TEST(FeedProperties, HoldForEveryCombinationAroundTheOddDays) {
  for (const char* day : {"2026-03-08T03:00:00Z", "2026-11-01T03:00:00Z", "2026-06-22T03:00:00Z",
                          "2026-01-20T03:00:00Z", "2025-12-31T03:00:00Z"}) {
    for (int hour = 0; hour < 24; hour += 4) {
      for (size_t index = 0; index < kCombinations; ++index) {
        CheckCombination(At(day) + absl::Hours(hour), index);
        ASSERT_FALSE(HasFatalFailure()) << day << " + " << hour << " h, combination " << index;
      }
    }
  }
}

TEST(FeedProperties, EveryStateIsReached) {
  std::set<v1::FeedState> reached;
  for (const char* now : {"2026-06-17T08:00:00Z", "2026-06-17T20:00:00Z", "2026-06-20T12:00:00Z"}) {
    for (size_t index = 0; index < kCombinations; ++index) {
      v1::Batch batch;
      reached.insert(DecideFeedState(Combine(At(now), index, batch)).state);
    }
  }
  EXPECT_EQ(reached.size(), 6u) << "all but UNSPECIFIED and RECORDED";
  EXPECT_FALSE(reached.contains(v1::FEED_STATE_UNSPECIFIED));
}

TEST(FeedProperties, AReplayIsRecordedWhateverElseIsTrue) {
  for (size_t index = 0; index < kCombinations; ++index) {
    v1::Batch batch;
    FeedFacts facts = Combine(At("2026-06-17T08:00:00Z"), index, batch);
    facts.recorded = true;
    const FeedVerdict verdict = DecideFeedState(facts);
    CheckPriority(facts, verdict);
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(EndsRight(verdict.sentence));
  }
}

}  // namespace
}  // namespace paperwire::calendar
