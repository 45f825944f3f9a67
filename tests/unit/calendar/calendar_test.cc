#include "libs/calendar/calendar.h"

#include <gtest/gtest.h>

#include "tests/unit/calendar/instants.h"

namespace paperwire::calendar {
namespace {

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

TEST(Calendar, HoldsTogetherAtEveryHalfHourOfThreeYears) {
  const absl::Time end = At("2027-01-01T05:00:00Z");
  Day due_before = NewestDue(At("2024-01-01T05:00:00Z"));
  Day announced_before = AnnouncedAfter(At("2024-01-01T05:00:00Z"));
  for (absl::Time now = At("2024-01-01T05:00:00Z"); now < end; now += absl::Minutes(30)) {
    const Day today = DateInNewYork(now);
    ASSERT_LE(FeedTurn(today), now);
    ASSERT_GT(FeedTurn(today + 1), now);

    const Day due = NewestDue(now);
    ASSERT_TRUE(IsAnnouncementDate(due)) << now;
    ASSERT_GE(due, due_before) << now;
    ASSERT_LE(FeedTurn(due), now);
    ASSERT_GE(due, today - 5) << "a longer silence than arXiv ever plans";
    ASSERT_EQ(due == today, IsAnnouncementDate(today)) << now;
    const Day next = NextAnnouncementDate(due);
    ASSERT_TRUE(IsAnnouncementDate(next));
    ASSERT_GT(FeedTurn(next), now) << "what comes after the newest due is due, too";
    due_before = due;

    const Day announced = AnnouncedAfter(now);
    ASSERT_TRUE(IsAnnouncementDate(announced)) << now;
    ASSERT_GT(announced, today) << now;
    ASSERT_GE(announced, announced_before) << now;
    announced_before = announced;
  }
}

TEST(Calendar, SaysWhyADayIsQuietExactlyWhenItIs) {
  for (Day day(2003, 1, 1); day < Day(2028, 1, 1); ++day) {
    const std::string_view why = WhyQuiet(day);
    ASSERT_EQ(why.empty(), IsAnnouncementDate(day)) << FormatDate(day);
    ASSERT_EQ(why == "holiday", HolidayBefore(day) != nullptr) << FormatDate(day);
    const absl::Weekday weekday = absl::GetWeekday(day);
    ASSERT_EQ(why == "Saturday", weekday == absl::Weekday::saturday);
    ASSERT_EQ(why == "Sunday", weekday == absl::Weekday::sunday);
    ASSERT_EQ(ParseDate(FormatDate(day)), day);
    ASSERT_EQ(DateInNewYork(FeedTurn(day)), day);
    ASSERT_EQ(DateInNewYork(FeedTurn(day) - absl::Seconds(1)), day - 1);
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

}  // namespace
}  // namespace paperwire::calendar
