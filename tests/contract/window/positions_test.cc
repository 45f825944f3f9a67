#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "libs/window/window.h"
#include "tests/contract/window/window_contract.h"

namespace paperwire::window {
namespace {

using testing::IsEmpty;

// Cursors, what is told after them, and the epochs that they belong to.
class WindowPositions : public WindowContract {};

TEST_P(WindowPositions, EachPaperTellsItsFirstAndItsLatestChange) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  const Cursor first = Now();
  Apply(WriteOf(0, EntryOf("2606.00002", 5)));
  const Cursor second = Now();
  Apply(WriteOf(0, EntryOf("2606.00001", 6)));
  const Cursor third = Now();
  // Nothing that is not applied moves them.
  Apply(WriteOf(0, EntryOf("2606.00002", 4)));
  Apply(WriteOf(0, EntryOf("2606.00003", 4, "2026-05-01")));
  Apply(SkipOf(0));

  auto papers = Papers();
  EXPECT_EQ(papers.size(), 2u);
  EXPECT_EQ(papers.at("2606.00001").first, first);
  EXPECT_EQ(papers.at("2606.00001").changed, third);
  EXPECT_EQ(papers.at("2606.00002").first, second);
  EXPECT_EQ(papers.at("2606.00002").changed, second);

  // An earlier date is a change, too.
  Apply(WriteOf(0, EntryOf("2606.00001", 1, "2026-06-02")));
  Apply(WriteOf(0, EntryOf("2606.00001", 7)));
  papers = Papers();
  EXPECT_EQ(papers.at("2606.00001").first, first);
  EXPECT_EQ(papers.at("2606.00001").changed, Now());
  EXPECT_LT(third, Now());
}

TEST_P(WindowPositions, WhatChangedAfterAPositionIsToldByTheStateAsByTheStream) {
  std::vector<Cursor> positions = {Now()};
  for (int i = 0; i < 60; ++i) {
    v1::Entry entry = EntryOf("2606." + std::to_string(10000 + i % 7), static_cast<uint64_t>(i));
    const uint64_t version = static_cast<uint64_t>(i) << 40;
    entry.mutable_revision()->set_value(version);
    Apply(i % 5 == 4 ? RemovalOf(0, entry) : WriteOf(0, entry));
    positions.push_back(Now());
  }
  const auto contents = window().Load();
  for (const Cursor& position : positions) {
    std::map<std::string, std::pair<Cursor, bool>> by_stream;
    const auto changes = window().ChangesAfter(epoch_, position, 1000);
    for (const Change& change : changes.value()) {
      by_stream[change.arxiv_id] = {change.cursor, change.removed};
    }
    std::map<std::string, std::pair<Cursor, bool>> by_state;
    for (const Stored& paper : contents->papers) {
      if (paper.changed <= position) continue;
      by_state[paper.entry.paper().arxiv_id()] = {paper.changed, false};
    }
    for (const Gone& gone : contents->gone) {
      if (gone.changed > position) by_state[gone.arxiv_id] = {gone.changed, true};
    }
    EXPECT_EQ(by_state, by_stream);
  }
}

TEST_P(WindowPositions, ARemovedPaperIsToldAsGoneUntilItsDateLeaves) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  Apply(WriteOf(0, EntryOf("2606.00002", 5)));
  Apply(RemovalOf(0, EntryOf("2606.00001", 7)));
  // Nobody has ever seen this one.
  Apply(RemovalOf(0, EntryOf("2606.00003", 7, "")));
  const Cursor before = Now();

  auto contents = window().Load();
  ASSERT_EQ(contents->gone.size(), 1u);
  EXPECT_EQ(contents->gone[0].arxiv_id, "2606.00001");
  EXPECT_EQ(contents->gone[0].revision, 7u);
  EXPECT_EQ(contents->gone[0].announced, "2026-06-03");
  EXPECT_GT(contents->gone[0].changed, Papers().at("2606.00002").changed);
  EXPECT_LE(contents->gone[0].changed, before);
  EXPECT_EQ(contents->papers.size(), 1u);

  EXPECT_EQ(window().Expire("2026-06-04").value(), 1);
  EXPECT_THAT(window().Load()->gone, IsEmpty());
}

TEST_P(WindowPositions, WhatHasBecomeOfAChangedPaperIsToldAsItIsNow) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  Apply(WriteOf(0, EntryOf("2606.00002", 5)));
  Apply(WriteOf(0, EntryOf("2606.00003", 5, "2026-06-02")));
  Apply(RemovalOf(0, EntryOf("2606.00004", 5, "")));
  const Cursor cursor = Now();
  Apply(RemovalOf(0, EntryOf("2606.00001", 6)));
  const Cursor removed = Now();
  ASSERT_EQ(window().Expire("2026-06-03").value(), 1);

  const std::vector<std::string> ids = {"2606.00001", "2606.00002", "2606.00003", "2606.00004"};
  const auto papers = window().GetChanged(epoch_, cursor, ids);

  ASSERT_TRUE(papers.ok()) << papers.status();
  ASSERT_EQ(papers->papers.size(), 1u);
  EXPECT_EQ(papers->papers[0].entry.paper().arxiv_id(), "2606.00002");
  ASSERT_EQ(papers->gone.size(), 1u) << "neither what expired nor what was never shown";
  EXPECT_EQ(papers->gone[0].arxiv_id, "2606.00001");
  EXPECT_EQ(papers->gone[0].announced, "2026-06-03");
  EXPECT_EQ(papers->gone[0].changed, removed);
}

TEST_P(WindowPositions, PapersOfALostWindowAreNotToldAsThoseOfAChange) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  const std::vector<std::string> ids = {"2606.00001"};
  const std::string before = epoch_;
  const Cursor cursor = Now();
  EXPECT_TRUE(window().GetChanged(before, cursor, ids).ok());

  stores_->Lose();
  EXPECT_TRUE(absl::IsOutOfRange(window().GetChanged(before, cursor, ids).status()));
  Begin();
  EXPECT_TRUE(absl::IsOutOfRange(window().GetChanged(before, cursor, ids).status()));
}

TEST_P(WindowPositions, AnEarlierEpochIsLessThanALaterOne) {
  std::string last;
  for (int i = 0; i < 20; ++i) {
    Begin();
    EXPECT_LT(last, epoch_);
    last = epoch_;
    stores_->Lose();
  }
}

// Whoever finds that something is missing which there was.
TEST_P(WindowPositions, AStoreThatIsBehindGetsANewEpochAndKeepsWhatItHas) {
  ASSERT_TRUE(window().SetGenerationsRestored().ok());
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  Apply(RemovalOf(0, EntryOf("2606.00002", 5)));
  const auto before = Papers();
  const Cursor cursor = Now();
  const Write write = WriteOf(9, EntryOf("2606.00003", 5));
  const std::span<const Write> one(&write, 1);
  const std::function<absl::Status()> findings[] = {
      [&] { return window().Apply(epoch_, kTagged, 9, kOldest, one).status(); },
      [&] { return window().Apply(epoch_, kTagged, 9, kOldest, {}).status(); },
      [&] {
        const Cursor beyond{.milliseconds = Now().milliseconds + 1, .sequence = 0};
        return window().ChangesAfter(epoch_, beyond, 10).status();
      },
      [&] {
        const Cursor beyond{.milliseconds = Now().milliseconds + 1, .sequence = 0};
        return window().GetChanged(epoch_, beyond, {}).status();
      }};
  for (const auto& find : findings) {
    const std::string old = epoch_;
    const absl::Status found = find();
    EXPECT_TRUE(absl::IsAborted(found) || absl::IsOutOfRange(found)) << found.ToString();

    State state = window().GetState().value();
    EXPECT_GT(state.epoch, old);
    EXPECT_FALSE(state.complete) << "nobody has said yet what must be read again";
    EXPECT_EQ(state.cursor, cursor);
    EXPECT_TRUE(absl::IsAborted(window().Apply(old, kTagged, 2, kOldest, {}).status()));
    EXPECT_TRUE(absl::IsOutOfRange(window().ChangesAfter(old, cursor, 10).status()));
    EXPECT_EQ(window().GetState()->epoch, state.epoch) << "once is enough";

    Begin();
    EXPECT_EQ(epoch_, state.epoch);
    EXPECT_EQ(at_, 2);
    EXPECT_TRUE(window().GetState()->complete);
  }
  EXPECT_FALSE(window().GenerationsRestored().value()) << "some may have been handed out since";
  EXPECT_EQ(Papers().at("2606.00001").changed, before.at("2606.00001").changed);
  EXPECT_EQ(window().Load()->gone.size(), 1u);
  EXPECT_EQ(window().Load()->papers.size(), 1u);
  // What the new epoch does comes after all that it took over.
  Apply(WriteOf(0, EntryOf("2606.00004", 5)));
  EXPECT_GT(Papers().at("2606.00004").first, cursor);
  EXPECT_TRUE(window().ChangesAfter(epoch_, Now(), 10).ok());
}

TEST_P(WindowPositions, AfterGoingBackItIsCompleteOnceTheGapWasReadAgain) {
  Apply(WriteOf(0, EntryOf("2606.00001", 5)));
  EXPECT_TRUE(absl::IsAborted(window().Apply(epoch_, kTagged, 3, kOldest, {}).status()));
  const auto begun = window().Begin({{kTagged, 3}});
  epoch_ = begun->epoch;
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(window().GetState()->complete);
    Apply(WriteOf(0, EntryOf("2606.0000" + std::to_string(2 + i), 5)));
  }
  EXPECT_TRUE(window().GetState()->complete);
}

TEST_P(WindowPositions, BeforeEverythingIsNoPositionOfTheStream) {
  EXPECT_TRUE(absl::IsOutOfRange(window().ChangesAfter(epoch_, Cursor(), 10).status()));
  EXPECT_EQ(window().GetState()->epoch, epoch_);
}

TEST(Cursor, IsReadFromItsText) {
  const Cursor cursor{.milliseconds = 18'446'744'073'709'551'615u, .sequence = 7};
  EXPECT_EQ(cursor.ToString(), "18446744073709551615-7");
  EXPECT_EQ(Cursor::Parse(cursor.ToString()), cursor);
  EXPECT_EQ(Cursor::Parse("0-0"), Cursor());
  for (const char* text :
       {"", "-", "1", "1-", "-1", "a-1", "1-1-1", " 1-1", "1- 1", "18446744073709551616-0"}) {
    EXPECT_EQ(Cursor::Parse(text), std::nullopt) << text;
  }
}

TEST(Cursor, IsOrderedByTimeThenSequence) {
  EXPECT_LT(Cursor(), (Cursor{.milliseconds = 0, .sequence = 1}));
  EXPECT_LT((Cursor{.milliseconds = 9, .sequence = 10}),
            (Cursor{.milliseconds = 10, .sequence = 9}));
  EXPECT_LT((Cursor{.milliseconds = 9, .sequence = 9}),
            (Cursor{.milliseconds = 9, .sequence = 10}));
}

INSTANTIATE_TEST_SUITE_P(Kinds, WindowPositions, testing::Values("Memory", "Redis"),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace paperwire::window
