#include "services/serve/feed_clock.h"

#include "gtest/gtest.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

TEST(FeedClock, RealIsTheDateInNewYork) {
  // 03:00 UTC on the 24th is still the evening of the 23rd in New York.
  const clock::FakeClock night(TuesdayNoon() + std::chrono::hours(15));
  FeedClock feed_clock(night, /*data=*/false);
  feed_clock.SawBatch("2026-07-09");

  EXPECT_EQ(feed_clock.Today(), "2026-06-23");
  EXPECT_EQ(feed_clock.Oldest(), "2026-06-17");
}

TEST(FeedClock, DataIsTheNewestBatchAndBeforeAnyTheNewestPaper) {
  const clock::FakeClock november(TuesdayNoon() + std::chrono::hours(24 * 150));
  FeedClock feed_clock(november, /*data=*/true);
  EXPECT_EQ(feed_clock.Oldest(), "");

  feed_clock.SawPaper("2026-06-25");
  feed_clock.SawPaper("2026-06-24");
  EXPECT_EQ(feed_clock.Today(), "2026-06-25");
  feed_clock.SawBatch("2026-06-23");
  EXPECT_EQ(feed_clock.Today(), "2026-06-23");
  feed_clock.SawBatch("not a date");
  EXPECT_EQ(feed_clock.Oldest(), "2026-06-17");
}

TEST(FeedClock, TakesNoDayThatIsToCome) {
  const clock::FakeClock clock(TuesdayNoon());
  FeedClock feed_clock(clock, /*data=*/true);
  feed_clock.SawPaper("2026-06-23");
  feed_clock.SawPaper("2026-06-25");
  EXPECT_EQ(feed_clock.Today(), "2026-06-23");
  // The evening's batch bears the next day's date.
  feed_clock.SawBatch("2026-06-24");
  feed_clock.SawBatch("2026-06-25");
  feed_clock.SawBatch("2099-01-01");
  EXPECT_EQ(feed_clock.Today(), "2026-06-24");
}

TEST(FeedClock, GoesByWhoeverWroteARecordWhereItIsBehindItself) {
  const clock::FakeClock clock(TuesdayNoon());
  const FeedClock feed_clock(clock, /*data=*/false);
  const absl::Time now = feed_clock.Now();

  EXPECT_TRUE(feed_clock.CheckAnnounced("2026-06-24", now - absl::Hours(240)).ok());
  EXPECT_EQ(feed_clock.CheckAnnounced("2026-06-25", now).message(),
            "announced is 2026-06-25, which is to come; the newest there can be is 2026-06-24");
  EXPECT_TRUE(feed_clock.CheckAnnounced("2026-06-25", now + absl::Hours(24)).ok());
}

}  // namespace
}  // namespace paperwire::serve
