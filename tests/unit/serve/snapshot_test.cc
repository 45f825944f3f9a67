#include "services/serve/snapshot.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/serve/feed_clock.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Ids(std::span<const EntryPtr> entries) {
  std::vector<std::string> ids;
  for (const EntryPtr& entry : entries) ids.push_back(entry->paper().arxiv_id());
  return ids;
}

TEST(Snapshot, OrdersByDateAndThenByIdBothDescending) {
  const auto snapshot =
      MakeSnapshot({MakeEntry("2606.00002", "2026-06-22"), MakeEntry("2606.00001", "2026-06-23"),
                    MakeEntry("2606.00003", "2026-06-22"), MakeEntry("2606.00009", "2026-06-21")});

  EXPECT_THAT(Ids(snapshot->entries()),
              ElementsAre("2606.00001", "2606.00003", "2606.00002", "2606.00009"));
  EXPECT_THAT(Ids(snapshot->OfDate("2026-06-22")), ElementsAre("2606.00003", "2606.00002"));
  EXPECT_TRUE(snapshot->OfDate("2026-06-20").empty());
}

TEST(Snapshot, CutsAtTheDateOfTheRead) {
  const auto snapshot =
      MakeSnapshot({MakeEntry("2606.00001", "2026-06-16"), MakeEntry("2606.00002", "2026-06-17"),
                    MakeEntry("2606.00003", "2026-06-23")});

  EXPECT_THAT(Ids(snapshot->From("2026-06-17")), ElementsAre("2606.00003", "2606.00002"));
  EXPECT_THAT(Ids(snapshot->From("2026-06-24")), ElementsAre());
}

TEST(Snapshot, LeavesOutWhatIsTooOldWhenItIsBuilt) {
  const Snapshot snapshot("e", "1",
                          {Shared(MakeEntry("2606.00001", "2026-06-16")),
                           Shared(MakeEntry("2606.00002", "2026-06-17"))},
                          "2026-06-17");

  EXPECT_THAT(Ids(snapshot.entries()), ElementsAre("2606.00002"));
  EXPECT_EQ(snapshot.Find("2606.00001"), nullptr);
}

TEST(Snapshot, TakesChangesAndRemovalsAndLeavesTheOldOneAsItWas) {
  const auto before = MakeSnapshot({MakeEntry("2606.00001", "2026-06-23", {"theory"}),
                                    MakeEntry("2606.00002", "2026-06-23", {"theory"})});

  const std::vector<std::string> removed = {"2606.00002"};
  const auto after = before->After("7",
                                   {Shared(MakeEntry("2606.00001", "2026-06-23", {"nlp"}, 1)),
                                    Shared(MakeEntry("2606.00005", "2026-06-23", {"nlp"}))},
                                   removed, "");

  EXPECT_THAT(Ids(after->entries()), ElementsAre("2606.00005", "2606.00001"));
  EXPECT_EQ(after->OfTag("nlp").size(), 2u);
  EXPECT_EQ(after->OfTag("theory").size(), 0u);
  EXPECT_EQ(after->cursor(), "7");
  EXPECT_EQ(before->OfTag("theory").size(), 2u);
  EXPECT_NE(before->Find("2606.00002"), nullptr);
}

TEST(Snapshot, KnowsTheModelThatChoseTagsLast) {
  v1::Entry first = MakeEntry("2606.00001", "2026-06-23");
  v1::Entry second = MakeEntry("2606.00002", "2026-06-22");
  EXPECT_EQ(MakeSnapshot({first})->tag_model(), "");

  first.mutable_tag_provenance()->set_model("linear-1");
  first.mutable_tag_provenance()->mutable_create_time()->set_seconds(100);
  second.mutable_tag_provenance()->set_model("linear-2");
  second.mutable_tag_provenance()->mutable_create_time()->set_seconds(200);

  EXPECT_EQ(MakeSnapshot({first, second})->tag_model(), "linear-2");
}

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
