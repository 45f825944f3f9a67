#include "services/serve/watch/batch.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/watch/changes.h"

namespace paperwire::serve::watch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Position Standing(uint64_t after, uint64_t begun = 0) {
  return {.epoch = "e1", .after = At(after), .begun = begun == 0 ? window::Cursor() : At(begun)};
}

v1::WatchPapersRequest About(const std::string& tag) {
  v1::WatchPapersRequest request;
  request.mutable_filter()->add_tags_any(tag);
  return request;
}

TEST(WatchBatch, TellsWhatChangedAfterThePositionInTheOrderOfTheChanges) {
  const auto snapshot = SnapshotAt(
      9, {CardAt("2606.00001", 2, 7), CardAt("2606.00002", 3, 3), CardAt("2606.00003", 5, 5)});

  const Batch batch = NextBatch(*snapshot, Standing(3), TermsOf({}, *snapshot));

  EXPECT_THAT(Told(batch), ElementsAre("2606.00003", "2606.00001"));
  EXPECT_EQ(batch.through.after, At(9));
  EXPECT_FALSE(batch.more);
}

TEST(WatchBatch, GivesEachEventTheTokenOfItsOwnPlace) {
  const auto snapshot = SnapshotAt(9, {CardAt("2606.00001", 2, 2), CardAt("2606.00002", 5, 5)});
  const Terms terms = TermsOf({}, *snapshot);

  const Batch batch = NextBatch(*snapshot, Standing(0, 9), terms);

  ASSERT_EQ(batch.events.size(), 2u);
  EXPECT_EQ(*DecodePosition(Message(batch.events[0]).resume_token(), terms.hash), Standing(2, 9));
  EXPECT_EQ(*DecodePosition(Message(batch.events[1]).resume_token(), terms.hash), Standing(5, 9));
}

TEST(WatchBatch, SendsTheCardAsTheViewShowsIt) {
  const auto snapshot = SnapshotAt(2, {CardAt("2606.00001", 2, 2)});
  v1::WatchPapersRequest request;
  const auto abstract = [&] {
    const Batch batch = NextBatch(*snapshot, Standing(0), TermsOf(request, *snapshot));
    return Message(batch.events.at(0)).entry().paper().abstract();
  };

  EXPECT_EQ(abstract(), "");
  request.set_view(v1::ENTRY_VIEW_FULL);
  EXPECT_EQ(abstract(), "We study gradient noise.");
}

TEST(WatchBatch, TellsThatACardIsGoneWhichTheReaderMayHold) {
  const auto snapshot =
      SnapshotAt(9, {CardAt("2606.00001", 2, 6, {"nlp"})},
                 {{.arxiv_id = "2606.00002", .announced = "2026-06-23", .changed = At(8)}});

  const Batch batch = NextBatch(*snapshot, Standing(5), TermsOf(About("theory"), *snapshot));

  EXPECT_THAT(Told(batch), ElementsAre("-2606.00001", "-2606.00002"));
}

TEST(WatchBatch, SaysNothingOfACardThatCameAfterThePositionAndDoesNotMatch) {
  const auto snapshot = SnapshotAt(9, {CardAt("2606.00001", 6, 8, {"nlp"})});

  const Batch batch = NextBatch(*snapshot, Standing(5), TermsOf(About("theory"), *snapshot));

  EXPECT_THAT(Told(batch), IsEmpty());
  EXPECT_EQ(batch.through.after, At(9));
}

TEST(WatchBatch, TellsAReaderThatBeganWithNothingOfNoRemovalFromBeforeItBegan) {
  const auto snapshot =
      SnapshotAt(9,
                 {CardAt("2606.00001", 2, 4, {"nlp"}), CardAt("2606.00003", 1, 3),
                  CardAt("2606.00004", 2, 9, {"nlp"})},
                 {{.arxiv_id = "2606.00002", .announced = "2026-06-23", .changed = At(5)}});

  const Batch batch = NextBatch(*snapshot, Standing(3, 8), TermsOf(About("theory"), *snapshot));

  EXPECT_THAT(Told(batch), ElementsAre("-2606.00004"));
}

TEST(WatchBatch, WaitsWithWhatASnapshotHoldsBeyondItsOwnCursor) {
  // It may lack a change between its cursor and that one.
  const auto snapshot = SnapshotAt(5, {CardAt("2606.00001", 4, 4), CardAt("2606.00002", 2, 7)});

  const Batch batch = NextBatch(*snapshot, Standing(3), TermsOf({}, *snapshot));

  EXPECT_THAT(Told(batch), ElementsAre("2606.00001"));
  EXPECT_EQ(batch.through.after, At(5));
  EXPECT_FALSE(batch.more);
}

TEST(WatchBatch, NeverMovesAReaderBackThatIsAheadOfTheSnapshot) {
  const auto snapshot = SnapshotAt(5, {CardAt("2606.00001", 4, 4)});

  const Batch batch = NextBatch(*snapshot, Standing(8), TermsOf({}, *snapshot));

  EXPECT_THAT(Told(batch), IsEmpty());
  EXPECT_EQ(batch.through.after, At(8));
}

TEST(WatchBatch, TakesACardForGoneWhoseDateHasMovedOutOfReach) {
  const auto snapshot = SnapshotAt(9, {CardAt("2606.00001", 2, 6, {"theory"}, "2026-06-18"),
                                       CardAt("2606.00002", 2, 7, {"theory"}, "2026-06-19")});
  v1::WatchPapersRequest request;
  request.set_announced_from("2026-06-20");

  const Batch batch = NextBatch(*snapshot, Standing(5), TermsOf(request, *snapshot));

  EXPECT_THAT(Told(batch), ElementsAre("-2606.00001", "-2606.00002"));
}

TEST(WatchBatch, ComesInPiecesThatJoinWithoutGapOrRepeat) {
  std::vector<EntryPtr> cards;
  std::vector<std::string> ids;
  for (uint64_t i = 1; i <= 20; ++i) {
    ids.push_back("2606.000" + std::to_string(10 + i));
    cards.push_back(
        CardAt(ids.back(), i, i,
               i % 3 == 0 ? std::vector<std::string>{"nlp"} : std::vector<std::string>{"theory"}));
  }
  const auto snapshot = SnapshotAt(20, cards);
  for (const BatchLimits limits : {BatchLimits{3, 64}, BatchLimits{64, 3}, BatchLimits{5, 2}}) {
    std::vector<std::string> told;
    Position position = Standing(0, 20);
    for (bool more = true; more;) {
      const Batch batch =
          NextBatch(*snapshot, position, TermsOf(About("theory"), *snapshot), limits);
      for (const std::string& id : Told(batch)) told.push_back(id);
      EXPECT_LE(batch.events.size(), limits.events);
      position = batch.through;
      more = batch.more;
    }

    std::vector<std::string> expected;
    for (size_t i = 0; i < ids.size(); ++i) {
      if ((i + 1) % 3 != 0) expected.push_back(ids[i]);
    }
    EXPECT_EQ(told, expected);
    EXPECT_EQ(position, Standing(20));
  }
}

}  // namespace
}  // namespace paperwire::serve::watch
