#include "libs/calendar/calendar.h"

#include <gtest/gtest.h>

#include "libs/calendar/feed_state.h"
#include "libs/calendar/holidays.h"

namespace paperwire::calendar {
namespace {

using Day = absl::CivilDay;

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

TEST(Calendar, WritesAndReadsDates) {
  EXPECT_EQ(FormatDate(Day(2026, 6, 3)), "2026-06-03");
  EXPECT_EQ(ParseDate("2026-06-03"), Day(2026, 6, 3));
  for (const char* text : {"2026-02-30", "2026-6-3", "2026-13-01", "20260603", "", "2026-06-03 "}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

TEST(Calendar, KnowsTheHolidaysOf2026AsTheyWere) {
  EXPECT_EQ(WhyQuiet(Day(2026, 6, 22)), "holiday");  // after Friday 19 June
  EXPECT_TRUE(IsAnnouncementDate(Day(2026, 6, 19)));
  EXPECT_TRUE(IsAnnouncementDate(Day(2026, 6, 23)));
  EXPECT_EQ(WhyQuiet(Day(2026, 1, 20)), "holiday");  // after Monday 19 January
  EXPECT_TRUE(IsAnnouncementDate(Day(2026, 1, 21)));
  EXPECT_EQ(WhyQuiet(Day(2025, 11, 28)), "holiday");
  EXPECT_EQ(WhyQuiet(Day(2025, 12, 26)), "holiday");
  EXPECT_EQ(WhyQuiet(Day(2025, 12, 31)), "holiday");
  EXPECT_EQ(WhyQuiet(Day(2026, 1, 2)), "holiday");
  EXPECT_EQ(WhyQuiet(Day(2026, 7, 6)), "holiday");  // after Friday 3 July
  EXPECT_EQ(WhyQuiet(Day(2026, 6, 20)), "Saturday");
  EXPECT_EQ(WhyQuiet(Day(2026, 6, 21)), "Sunday");
}

TEST(Calendar, FollowsNewYorkThroughBothClockChanges) {
  EXPECT_EQ(FeedTurn(Day(2026, 3, 6)), At("2026-03-06T05:00:00Z"));
  EXPECT_EQ(FeedTurn(Day(2026, 3, 9)), At("2026-03-09T04:00:00Z"));
  EXPECT_EQ(FeedTurn(Day(2026, 10, 30)), At("2026-10-30T04:00:00Z"));
  EXPECT_EQ(FeedTurn(Day(2026, 11, 2)), At("2026-11-02T05:00:00Z"));
  EXPECT_EQ(DateInNewYork(At("2026-06-24T03:59:59Z")), Day(2026, 6, 23));
  EXPECT_EQ(DateInNewYork(At("2026-06-24T04:00:00Z")), Day(2026, 6, 24));
}

TEST(Calendar, HoldsTogetherOverThreeYears) {
  for (Day day(2024, 1, 1); day < Day(2027, 1, 1); ++day) {
    const absl::Time turn = FeedTurn(day);
    ASSERT_EQ(DateInNewYork(turn), day);
    ASSERT_EQ(DateInNewYork(turn - absl::Seconds(1)), day - 1);
    const Day due = NewestDue(turn);
    ASSERT_TRUE(IsAnnouncementDate(due)) << FormatDate(day);
    ASSERT_LE(due, day);
    ASSERT_GE(due, day - 5) << "a longer silence than arXiv ever plans";
    ASSERT_EQ(due == day, IsAnnouncementDate(day));
    ASSERT_EQ(ParseDate(FormatDate(day)), day);
    for (const int hour : {0, 13, 14, 23}) {
      const absl::Time submitted = turn + absl::Hours(hour);
      const Day announced = AnnouncedAfter(submitted);
      ASSERT_TRUE(IsAnnouncementDate(announced));
      ASSERT_GT(announced, DateInNewYork(submitted));
      ASSERT_LE(announced, AnnouncedAfter(submitted + absl::Hours(1)));
    }
  }
}

TEST(Calendar, AnnouncesAfterTheFreeze) {
  EXPECT_EQ(AnnouncedAfter(At("2026-06-23T17:59:00Z")), Day(2026, 6, 24));
  EXPECT_EQ(AnnouncedAfter(At("2026-06-23T18:00:00Z")), Day(2026, 6, 25));
  EXPECT_EQ(AnnouncedAfter(At("2026-06-12T17:00:00Z")), Day(2026, 6, 15));
  // Frozen on Thursday after the holiday Friday: Monday has none.
  EXPECT_EQ(AnnouncedAfter(At("2026-06-18T20:00:00Z")), Day(2026, 6, 23));
}

TEST(Calendar, WindowIsSevenCalendarDays) {
  EXPECT_EQ(OldestInWindow(Day(2026, 6, 23)), Day(2026, 6, 17));
}

TEST(Holidays, AreSortedAndOnce) {
  const auto days = Holidays();
  for (size_t i = 1; i < days.size(); ++i) EXPECT_LT(days[i - 1], days[i]);
}

FeedFacts Tuesday() {
  FeedFacts facts;
  facts.now = At("2026-06-23T09:00:00Z");
  facts.newest_batch = Day(2026, 6, 23);
  facts.last_cycle.emplace().mutable_end_time()->set_seconds(
      absl::ToUnixSeconds(facts.now - absl::Hours(1)));
  facts.declared = 100;
  return facts;
}

TEST(FeedState, IsFreshWithTheNewestBatch) {
  const FeedVerdict verdict = DecideFeedState(Tuesday());
  EXPECT_EQ(verdict.state, v1::FEED_STATE_FRESH);
  EXPECT_EQ(verdict.sentence,
            "Tuesday's batch (2026-06-23) is served; the next is due on Wednesday at 04:00 UTC.");
}

TEST(FeedState, WaitsAndThenStalls) {
  FeedFacts facts = Tuesday();
  facts.newest_batch = Day(2026, 6, 19);
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_WAITING);
  facts.now = At("2026-06-23T16:00:00Z");
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_STALLED);
}

TEST(FeedState, IsQuietOnWeekendsAndHolidays) {
  FeedFacts facts = Tuesday();
  facts.now = At("2026-06-22T16:00:00Z");
  facts.last_cycle->mutable_end_time()->set_seconds(absl::ToUnixSeconds(facts.now));
  facts.newest_batch = Day(2026, 6, 19);
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_QUIET);
  EXPECT_NE(DecideFeedState(facts).sentence.find("holiday"), std::string::npos);
  facts.newest_batch.reset();
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_QUIET);
}

TEST(FeedState, FailsBeforeItStalls) {
  FeedFacts facts = Tuesday();
  facts.newest_batch = Day(2026, 6, 16);
  facts.now = At("2026-06-23T20:00:00Z");
  facts.failed_cycles = 3;
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_FAILED);
  facts.failed_cycles = 2;
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_STALLED);
  facts.last_cycle->mutable_end_time()->set_seconds(
      absl::ToUnixSeconds(facts.now - absl::Hours(24)));
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_FAILED);
}

TEST(FeedState, IsDegradedWhileAPartOfTheAnswerIsMissing) {
  FeedFacts facts = Tuesday();
  facts.last_cycle->set_outcome(v1::CYCLE_OUTCOME_PARTIAL);
  facts.last_cycle->set_error("1 of 2 sources failed: stat.ML: truncated");

  const FeedVerdict verdict = DecideFeedState(facts);

  EXPECT_EQ(verdict.state, v1::FEED_STATE_DEGRADED);
  EXPECT_NE(verdict.sentence.find("stat.ML: truncated"), std::string::npos);
}

TEST(FeedState, IsDegradedAboveATenth) {
  FeedFacts facts = Tuesday();
  facts.troubled = 10;
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_FRESH);
  facts.troubled = 11;
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_DEGRADED);
}

TEST(FeedState, IsRecordedForAnyReplay) {
  FeedFacts facts = Tuesday();
  facts.failed_cycles = 9;
  facts.recorded = true;
  EXPECT_EQ(DecideFeedState(facts).state, v1::FEED_STATE_RECORDED);
  facts.sample = true;
  EXPECT_NE(DecideFeedState(facts).sentence.find("sample"), std::string::npos);
}

}  // namespace
}  // namespace paperwire::calendar
