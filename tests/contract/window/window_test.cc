#include "libs/window/window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/contract/window/window_contract.h"

namespace paperwire::window {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(WindowContract, KeepsWhatIsWrittenByteForByte) {
  v1::Entry entry = EntryOf("2606.00001", 5);
  entry.mutable_paper()->set_abstract(std::string("a\0b\r\n$7 ü", 10));
  EXPECT_EQ(Apply(WriteOf(0, entry)), Verdict::kApplied);
  EXPECT_EQ(Entries().at("2606.00001").SerializeAsString(), entry.SerializeAsString());
  const std::vector<std::string> ids = {"2606.09999", "2606.00001"};
  const auto got = window().Get(ids);
  ASSERT_EQ(got->size(), 1u);
  EXPECT_EQ(got->at(0).entry.SerializeAsString(), entry.SerializeAsString());
}

TEST_P(WindowContract, TheFirstWriteWinsOnEqualRevisions) {
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", 5))), Verdict::kApplied);
  v1::Entry again = EntryOf("2606.00001", 5);
  again.mutable_paper()->set_title("Another text");
  EXPECT_EQ(Apply(WriteOf(0, again)), Verdict::kOutranked);
  EXPECT_EQ(Entries().at("2606.00001").paper().title(), "Paper 2606.00001 at 5");
}

TEST_P(WindowContract, AHigherRevisionReplacesAndALowerDoesNot) {
  // 2^40 apart by one: a comparison as text or in 32 bits would get these wrong.
  const uint64_t low = (uint64_t{9} << 40) + 1;
  const uint64_t high = (uint64_t{10} << 40) + 1;
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", low))), Verdict::kApplied);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", high))), Verdict::kApplied);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", low + 1))), Verdict::kOutranked);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", high + 1))), Verdict::kApplied);
  EXPECT_EQ(Entries().at("2606.00001").revision().value(), high + 1);
}

TEST_P(WindowContract, RefusesWhatIsOlderThanTheWindowButPassesItsOffset) {
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", 5, "2026-05-31"))), Verdict::kTooOld);
  EXPECT_EQ(at_, 1);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00002", 5, "2026-06-01"))), Verdict::kApplied);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00003", 5, "June"))), Verdict::kTooOld);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00004", 5, ""))), Verdict::kTooOld);
  EXPECT_EQ(Entries().size(), 1u);
}

TEST_P(WindowContract, TheAnnouncementDateNeverMovesLater) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5, "2026-06-03")));
  Apply(WriteOf(0, EntryOf("2606.00001", 6, "2026-06-08")));
  EXPECT_EQ(Entries().at("2606.00001").paper().announced(), "2026-06-03");
  Apply(WriteOf(0, EntryOf("2606.00001", 7, "2026-06-02")));
  EXPECT_EQ(Entries().at("2606.00001").paper().announced(), "2026-06-02");
  // The index moved with it.
  EXPECT_EQ(window().Expire("2026-06-02").value(), 0);
  EXPECT_EQ(window().Expire("2026-06-03").value(), 1);
}

TEST_P(WindowContract, AnOutrankedRecordMayStillKnowAnEarlierDate) {
  Apply(WriteOf(0, EntryOf("2606.00001", 9, "2026-06-04")));
  const Cursor cursor = Now();
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", 5, "2026-06-02"))), Verdict::kOutranked);
  const auto entries = Entries();
  EXPECT_EQ(entries.at("2606.00001").paper().announced(), "2026-06-02");
  EXPECT_EQ(entries.at("2606.00001").revision().value(), 9u);
  EXPECT_THAT(Changes(cursor), ElementsAre("+2606.00001@9"));
}

TEST_P(WindowContract, TheChangeStreamHasExactlyOneOfEachApplied) {
  const Cursor before = Now();
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  Apply(WriteOf(0, EntryOf("2606.00002", 5, "2026-05-01")));
  Apply(SkipOf(0));
  const Cursor between = Now();
  Apply(WriteOf(0, EntryOf("2606.00001", 4)));
  Apply(WriteOf(0, EntryOf("2606.00001", 6)));
  Apply(RemovalOf(0, EntryOf("2606.00001", 7)));
  EXPECT_THAT(Changes(before), ElementsAre("+2606.00001@5", "+2606.00001@6", "-2606.00001@7"));
  EXPECT_THAT(Changes(between), ElementsAre("+2606.00001@6", "-2606.00001@7"));
  EXPECT_THAT(Changes(Now()), IsEmpty());
  EXPECT_LT(before, between);
  const auto first = window().ChangesAfter(epoch_, before, 1);
  ASSERT_EQ(first->size(), 1u);
  EXPECT_EQ(first->at(0).cursor, between);
}

TEST_P(WindowContract, ACardThatIsTaggedAgainHoldsItsNewTagsOnlyAndChangesOnce) {
  const auto tagged = [](uint64_t revision, std::initializer_list<const char*> slugs) {
    v1::Entry entry = EntryOf("2606.00001", revision);
    for (const char* slug : slugs) entry.add_tags()->set_slug(slug);
    return entry;
  };
  const auto slugs = [](const v1::Entry& entry) {
    std::vector<std::string> texts;
    for (const v1::Tag& tag : entry.tags()) texts.push_back(tag.slug());
    return texts;
  };
  Apply(WriteOf(0, tagged(5, {"theory", "nlp"})));
  const Cursor before = Now();
  const std::set<std::string> keys = stores_->Keys();

  EXPECT_EQ(Apply(WriteOf(0, tagged(5 + 256, {"robotics"}))), Verdict::kApplied);
  // The older one comes again: a redelivery, or a worker that was late.
  EXPECT_EQ(Apply(WriteOf(0, tagged(5, {"theory", "nlp"}))), Verdict::kOutranked);

  EXPECT_THAT(slugs(Entries().at("2606.00001")), ElementsAre("robotics"));
  const std::vector<std::string> ids = {"2606.00001"};
  EXPECT_THAT(slugs(window().Get(ids)->at(0).entry), ElementsAre("robotics"));
  EXPECT_THAT(Changes(before), ElementsAre("+2606.00001@261"));
  // None is kept by tag.
  EXPECT_EQ(stores_->Keys(), keys);
}

TEST_P(WindowContract, WritesOfOneCallAreAppliedInOrder) {
  const std::vector<Write> writes = {
      WriteOf(10, EntryOf("2606.00001", 5)), WriteOf(11, EntryOf("2606.00001", 5)), SkipOf(15),
      WriteOf(16, EntryOf("2606.00001", 6)), WriteOf(17, EntryOf("2606.00002", 1, "2026-01-01"))};
  const auto applied = window().Apply(epoch_, kTagged, -1, kOldest, writes);
  ASSERT_TRUE(applied.ok()) << applied.status().ToString();
  EXPECT_THAT(applied->verdicts,
              ElementsAre(Verdict::kApplied, Verdict::kOutranked, Verdict::kSkipped,
                          Verdict::kApplied, Verdict::kTooOld));
  EXPECT_EQ(applied->stored_offset, 18);
  EXPECT_EQ(window().Begin({{kTagged, 0}})->offsets.at(kTagged), 18);
}

TEST_P(WindowContract, FencesACallerThatIsWrongAboutTheOffset) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  const std::vector<Write> writes = {WriteOf(7, EntryOf("2606.00002", 5)),
                                     WriteOf(8, EntryOf("2606.00003", 5))};
  for (const int64_t wrong : {int64_t{-1}, int64_t{0}}) {
    const auto applied = window().Apply(epoch_, kTagged, wrong, kOldest, writes);
    ASSERT_TRUE(applied.ok()) << applied.status().ToString();
    EXPECT_THAT(applied->verdicts, ElementsAre(Verdict::kFenced, Verdict::kFenced));
    EXPECT_EQ(applied->stored_offset, 1);
  }
  EXPECT_EQ(Entries().size(), 1u);
}

TEST_P(WindowContract, WithoutWritesOnlyChecks) {
  EXPECT_EQ(window().Apply(epoch_, kTagged, -1, kOldest, {})->stored_offset, -1);
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  const auto verified = window().Apply(epoch_, kTagged, 0, kOldest, {});
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->stored_offset, 1);
  EXPECT_THAT(verified->verdicts, IsEmpty());
  EXPECT_TRUE(absl::IsAborted(window().Apply("other", kTagged, 1, kOldest, {}).status()));
}

TEST_P(WindowContract, ALossOfTheStoreIsANewEpochAndEverythingBeginsAgain) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  const Cursor cursor = Now();
  const std::string before = epoch_;
  stores_->Lose();
  const Write write = WriteOf(1, EntryOf("2606.00002", 5));
  EXPECT_TRUE(
      absl::IsAborted(window().Apply(before, kTagged, 1, kOldest, std::span(&write, 1)).status()));
  EXPECT_EQ(window().GetState()->epoch, "");
  EXPECT_FALSE(window().GetState()->complete);
  Begin();
  EXPECT_NE(epoch_, before);
  EXPECT_EQ(at_, -1);
  EXPECT_TRUE(
      absl::IsAborted(window().Apply(before, kTagged, -1, kOldest, std::span(&write, 1)).status()));
  EXPECT_TRUE(absl::IsOutOfRange(window().ChangesAfter(before, cursor, 10).status()));
  EXPECT_THAT(Entries(), IsEmpty());
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", 5))), Verdict::kApplied);
}

TEST_P(WindowContract, NoOlderRecordBringsARemovedPaperBack) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  EXPECT_EQ(Apply(RemovalOf(0, EntryOf("2606.00001", 7))), Verdict::kApplied);
  EXPECT_THAT(Entries(), IsEmpty());
  const std::vector<std::string> ids = {"2606.00001"};
  EXPECT_THAT(*window().Get(ids), IsEmpty());
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", 6))), Verdict::kOutranked);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", 7))), Verdict::kOutranked);
  EXPECT_THAT(Entries(), IsEmpty());
}

TEST_P(WindowContract, OnlyTheNextVersionBringsARemovedPaperBack) {
  // 2^52: where a coarser comparison than that of whole numbers would round.
  const uint64_t first = (uint64_t{4096} << 40) + (3 << 8) + 1;
  const uint64_t second = uint64_t{4097} << 40;
  Apply(WriteOf(0, EntryOf("2606.00001", first)));
  Apply(RemovalOf(0, EntryOf("2606.00001", first + 256)));
  const Cursor removed = Now();

  // arXiv added a cross-list, or marked it withdrawn.
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", first + 512))), Verdict::kOutranked);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", second - 1))), Verdict::kOutranked);
  EXPECT_THAT(Entries(), IsEmpty());
  EXPECT_THAT(Changes(removed), IsEmpty());
  EXPECT_EQ(Apply(RemovalOf(0, EntryOf("2606.00001", first + 768))), Verdict::kApplied);

  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", second))), Verdict::kApplied);
  EXPECT_EQ(Entries().at("2606.00001").revision().value(), second);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", second + 256))), Verdict::kApplied);
}

TEST_P(WindowContract, ARemovalMayComeBeforeThePaper) {
  EXPECT_EQ(Apply(RemovalOf(0, EntryOf("2606.00001", 7, ""))), Verdict::kApplied);
  EXPECT_EQ(Apply(WriteOf(0, EntryOf("2606.00001", 6))), Verdict::kOutranked);
  EXPECT_THAT(Entries(), IsEmpty());
}

TEST_P(WindowContract, ExpiryTakesOutOldDatesAndCountsPapers) {
  for (int i = 0; i < 600; ++i) {
    Apply(WriteOf(0, EntryOf("2606." + std::to_string(10000 + i), 5,
                             i % 2 == 0 ? "2026-06-02" : "2026-06-03")));
  }
  Apply(RemovalOf(0, EntryOf("2606.10000", 6, "2026-06-02")));
  EXPECT_EQ(window().Expire("2026-06-02").value(), 0);
  EXPECT_EQ(window().Expire("2026-06-03").value(), 299);
  EXPECT_EQ(Entries().size(), 300u);
  EXPECT_EQ(window().Expire("2026-06-03").value(), 0);
}

TEST_P(WindowContract, AClockThatRunsAheadTakesNothingOutAndRefusesNothing) {
  const std::string today =
      absl::FormatTime("%Y-%m-%d", absl::Now() - absl::Hours(12), absl::UTCTimeZone());
  const std::string far_ahead = "2999-01-01";
  const Write write = WriteOf(0, EntryOf("2606.00001", 5, today));
  const auto applied = window().Apply(epoch_, kTagged, -1, far_ahead, std::span(&write, 1));
  EXPECT_THAT(applied->verdicts, ElementsAre(Verdict::kApplied));
  const Write old = WriteOf(1, EntryOf("2606.00002", 5, "2024-02-29"));
  EXPECT_THAT(window().Apply(epoch_, kTagged, 1, far_ahead, std::span(&old, 1))->verdicts,
              ElementsAre(Verdict::kTooOld));
  EXPECT_EQ(window().Expire(far_ahead).value(), 0);
  EXPECT_EQ(Entries().size(), 1u);
  // And so says the store itself.
  const std::string oldest = window().GetState()->oldest;
  EXPECT_LT(oldest, today);
  EXPECT_GT(oldest,
            absl::FormatTime("%Y-%m-%d", absl::Now() - absl::Hours(9 * 24), absl::UTCTimeZone()));
}

TEST_P(WindowContract, TwoWritersOfOnePartitionNeverApplyARecordTwice) {
  constexpr int kRecords = 200;
  const Cursor before = Now();
  std::atomic<int> applied_records{0};
  const auto write_all = [&] {
    int64_t at = -1;
    while (at < kRecords) {
      const int64_t offset = std::max<int64_t>(at, 0);
      const Write write = WriteOf(offset, EntryOf("2606." + std::to_string(10000 + offset), 5));
      const auto applied = window().Apply(epoch_, kTagged, at, kOldest, std::span(&write, 1));
      ASSERT_TRUE(applied.ok()) << applied.status().ToString();
      if (applied->verdicts[0] == Verdict::kApplied) ++applied_records;
      at = applied->stored_offset;
    }
  };
  std::thread one(write_all);
  std::thread two(write_all);
  one.join();
  two.join();
  EXPECT_EQ(applied_records, kRecords);
  const auto changes = Changes(before);
  EXPECT_EQ(changes.size(), static_cast<size_t>(kRecords));
  EXPECT_EQ(std::set<std::string>(changes.begin(), changes.end()).size(), changes.size());
  EXPECT_EQ(Entries().size(), static_cast<size_t>(kRecords));
}

TEST_P(WindowContract, IsCompleteWhenEveryPartitionReachedTheEndItHad) {
  stores_->Lose();
  const bus::TopicPartition other{.topic = "tagged", .partition = 1};
  const bus::TopicPartition empty{.topic = "tagged", .partition = 2};
  const bus::TopicPartition trimmed{.topic = "tagged", .partition = 3};
  const std::string epoch =
      window()
          .Begin({{kTagged, 2}, {other, 1}, {empty, 0}, {trimmed, 40}},
                 {.begin_offsets = {{kTagged, 0}, {trimmed, 40}}, .total_partitions = 5})
          ->epoch;
  const std::vector<Write> writes = {WriteOf(0, EntryOf("2606.00001", 5)), SkipOf(1)};
  ASSERT_TRUE(window().Apply(epoch, kTagged, -1, kOldest, std::span(writes).first(1)).ok());
  ASSERT_TRUE(window().Apply(epoch, other, -1, kOldest, std::span(writes).first(1)).ok());
  EXPECT_FALSE(window().GetState()->complete);
  ASSERT_TRUE(window().Apply(epoch, kTagged, 1, kOldest, std::span(writes).last(1)).ok());
  EXPECT_FALSE(window().GetState()->complete) << "a fifth partition has not been begun";
  ASSERT_TRUE(window().Begin({{{.topic = "tagged", .partition = 4}, 0}}).ok());
  EXPECT_TRUE(window().GetState()->complete);
  // Ends that move on later are no part of the rebuild.
  ASSERT_TRUE(window().Begin({{kTagged, 1000}}).ok());
  EXPECT_TRUE(window().GetState()->complete);
}

TEST_P(WindowContract, NobodyGetsTheSameGenerationTwice) {
  EXPECT_EQ(window().NextGeneration("2606.00001", 1).value(), 1u);
  EXPECT_EQ(window().NextGeneration("2606.00001", 1).value(), 2u);
  EXPECT_EQ(window().NextGeneration("2606.00001", 2).value(), 1u);
  ASSERT_TRUE(window().RaiseGeneration("2606.00001", 1, 9).ok());
  EXPECT_EQ(window().NextGeneration("2606.00001", 1).value(), 10u);
  ASSERT_TRUE(window().RaiseGeneration("2606.00001", 1, 3).ok());
  EXPECT_EQ(window().NextGeneration("2606.00001", 1).value(), 11u);
}

TEST_P(WindowContract, KnowsWhetherGenerationsWereRestored) {
  EXPECT_FALSE(window().GenerationsRestored().value());
  ASSERT_TRUE(window().SetGenerationsRestored().ok());
  EXPECT_TRUE(window().GenerationsRestored().value());
}

INSTANTIATE_TEST_SUITE_P(Kinds, WindowContract, testing::Values("Memory", "Redis"),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace paperwire::window
