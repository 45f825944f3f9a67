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

}  // namespace
}  // namespace paperwire::serve
