#include "services/serve/watch/terms.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/serve/error_details.h"
#include "services/serve/page_token.h"
#include "tests/unit/serve/watch/changes.h"

namespace paperwire::serve::watch {
namespace {

using ::testing::HasSubstr;

// The epoch that was made so long after 1970.
std::string EpochOf(absl::Duration age) {
  char text[32];
  snprintf(text, sizeof(text), "%012llx",
           static_cast<unsigned long long>(absl::ToInt64Milliseconds(age)));
  return std::string(text) + std::string(32, 'a');
}

class WatchTerms : public testing::Test {
 protected:
  absl::StatusOr<Position> BeginOn(const Snapshot& snapshot, const v1::WatchPapersRequest& request,
                                   absl::Time current_at = absl::FromUnixSeconds(0)) {
    auto terms = ReadTerms(request, tags::Catalogue(), snapshot);
    if (!terms.ok()) return terms.status();
    return Begin(request, *terms, snapshot, {.current_at = current_at}, current_at);
  }
  // `request` with the token of a reader that watches it and stands at `position`.
  v1::WatchPapersRequest Resumed(v1::WatchPapersRequest request, const Position& position) {
    request.set_resume_token(EncodePosition(position, TermsOf(request, *snapshot_).hash));
    return request;
  }

  SnapshotPtr snapshot_ = SnapshotAt(9, {}, {}, EpochOf(absl::Hours(100)));
  const Position position_{.epoch = EpochOf(absl::Hours(100)), .after = At(4), .begun = At(7)};
};

TEST_F(WatchTerms, WithoutTokenAndDateAReaderBeginsNow) {
  EXPECT_EQ(*BeginOn(*snapshot_, {}),
            (Position{.epoch = snapshot_->epoch(), .after = At(9), .begun = {}}));
}

TEST_F(WatchTerms, FromADateAReaderBeginsWithNothing) {
  v1::WatchPapersRequest request;
  request.set_announced_from("2026-06-20");

  EXPECT_EQ(*BeginOn(*snapshot_, request),
            (Position{.epoch = snapshot_->epoch(), .after = {}, .begun = At(9)}));
}

TEST_F(WatchTerms, ATokenGoesBeforeTheDateItBelongsTo) {
  v1::WatchPapersRequest request;
  request.set_announced_from("2026-06-20");

  EXPECT_EQ(*BeginOn(*snapshot_, Resumed(request, position_)), position_);
}

TEST_F(WatchTerms, ATokenOfAnotherDateOrFilterIsRefusedAndAnotherViewIsNot) {
  v1::WatchPapersRequest request;
  request.set_announced_from("2026-06-20");
  request.mutable_filter()->add_tags_any("theory");
  const v1::WatchPapersRequest resumed = Resumed(request, position_);

  v1::WatchPapersRequest other = resumed;
  other.set_view(v1::ENTRY_VIEW_FULL);
  EXPECT_TRUE(BeginOn(*snapshot_, other).ok());
  other = resumed;
  other.clear_announced_from();
  EXPECT_THAT(BeginOn(*snapshot_, other).status().ToString(),
              HasSubstr("resume_token: belongs to another announced_from or filter"));
  other = resumed;
  other.set_announced_from("2026-06-21");
  EXPECT_TRUE(absl::IsInvalidArgument(BeginOn(*snapshot_, other).status()));
  other = resumed;
  other.mutable_filter()->add_tags_any("nlp");
  EXPECT_TRUE(absl::IsInvalidArgument(BeginOn(*snapshot_, other).status()));
}

// The replica that gave the token knew it, or some card that has left since had it.
TEST_F(WatchTerms, ATagThatOnlyTheTokenVouchesForMatchesNothing) {
  v1::WatchPapersRequest request;
  request.set_announced_from("2026-06-20");
  request.mutable_filter()->add_tags_any("agents");
  const auto knows_it =
      SnapshotAt(9, {CardAt("2606.00001", 2, 2, {"agents"})}, {}, EpochOf(absl::Hours(100)));
  request.set_resume_token(EncodePosition(position_, TermsOf(request, *knows_it).hash));

  EXPECT_EQ(*BeginOn(*snapshot_, request), position_);
  const auto other = CardAt("2606.00002", 3, 3, {"nlp"});
  EXPECT_FALSE(TermsOf(request, *snapshot_).Match(*other));
  EXPECT_TRUE(TermsOf(request, *snapshot_).Match(*knows_it->Find("2606.00001")));

  v1::WatchPapersRequest first = request;
  first.clear_resume_token();
  EXPECT_THAT(BeginOn(*snapshot_, first).status().ToString(), HasSubstr("filter.tags_any: "));
  request.mutable_filter()->add_tags_any("models");
  EXPECT_THAT(BeginOn(*snapshot_, request).status().ToString(), HasSubstr("filter.tags_any: "));
}

TEST_F(WatchTerms, AFilterThatAsksForNothingIsNone) {
  v1::WatchPapersRequest request = Resumed({}, position_);
  request.mutable_filter();

  EXPECT_TRUE(BeginOn(*snapshot_, request).ok());
}

TEST_F(WatchTerms, RefusesWhatIsNoTokenOfItsOwn) {
  const std::string token = Resumed({}, position_).resume_token();
  std::string tampered = token;
  tampered[9] = tampered[9] == 'A' ? 'B' : 'A';
  for (const std::string& text :
       {tampered, token.substr(1), std::string("x"), std::string(100'000, 'A'),
        EncodeToken({.epoch = snapshot_->epoch(), .announced = "2026-06-20", .arxiv_id = "1"})}) {
    v1::WatchPapersRequest request;
    request.set_resume_token(text);

    const absl::Status status = BeginOn(*snapshot_, request).status();

    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text.substr(0, 80);
    EXPECT_THAT(status.ToString(), HasSubstr("resume_token: "));
  }
}

TEST_F(WatchTerms, RefusesADateAViewAndAFilterThatAreNone) {
  v1::WatchPapersRequest request;
  request.set_announced_from("yesterday");
  EXPECT_THAT(BeginOn(*snapshot_, request).status().ToString(), HasSubstr("announced_from: "));
  request.Clear();
  request.set_view(static_cast<v1::EntryView>(77));
  EXPECT_THAT(BeginOn(*snapshot_, request).status().ToString(), HasSubstr("view: "));
  request.Clear();
  request.mutable_filter()->add_tags_any("no-such-tag");
  EXPECT_THAT(BeginOn(*snapshot_, request).status().ToString(), HasSubstr("filter.tags_any: "));
}

TEST_F(WatchTerms, ATokenOfAnOlderEpochIsOutOfRange) {
  Position old = position_;
  old.epoch = EpochOf(absl::Hours(99));

  EXPECT_TRUE(absl::IsOutOfRange(BeginOn(*snapshot_, Resumed({}, old)).status()));
}

TEST_F(WatchTerms, ATokenOfANewerEpochMayBeAskedWithAgain) {
  Position newer = position_;
  newer.epoch = EpochOf(absl::Hours(101));

  const absl::Status status =
      BeginOn(*snapshot_, Resumed({}, newer), absl::FromUnixSeconds(0) + absl::Hours(101)).status();

  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(RetryDelay(status), absl::Seconds(1));
}

TEST_F(WatchTerms, ATokenOfANewerEpochThatThisWindowWouldHaveHeardOfIsAnotherWindows) {
  Position foreign = position_;
  foreign.epoch = EpochOf(absl::Hours(101));

  EXPECT_TRUE(absl::IsOutOfRange(
      BeginOn(*snapshot_, Resumed({}, foreign), absl::FromUnixSeconds(0) + absl::Hours(102))
          .status()));
}

TEST_F(WatchTerms, ATokenOfANewerEpochMayBeAskedWithAgainOfWhoCannotHaveHeardOfIt) {
  Position newer = position_;
  newer.epoch = EpochOf(absl::Hours(101));
  const v1::WatchPapersRequest request = Resumed({}, newer);

  // Its clock is ahead of the store's by far.
  const absl::Status status =
      Begin(request, TermsOf(request, *snapshot_), *snapshot_,
            {.stale = true, .current_at = absl::FromUnixSeconds(0) + absl::Hours(102)},
            absl::FromUnixSeconds(0) + absl::Hours(102))
          .status();

  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST_F(WatchTerms, ATokenOfAnEpochThatIsToComeIsOfAStoreWhoseClockRanAheadAndLost) {
  const absl::Time now = absl::FromUnixSeconds(0) + absl::Hours(101);
  Position ahead = position_;
  ahead.epoch = EpochOf(absl::Hours(125));
  EXPECT_TRUE(absl::IsOutOfRange(BeginOn(*snapshot_, Resumed({}, ahead), now).status()));

  // Clocks differ a little, and who is stale cannot know.
  Position newer = position_;
  newer.epoch = EpochOf(absl::Hours(101) + absl::Seconds(30));
  EXPECT_TRUE(absl::IsUnavailable(BeginOn(*snapshot_, Resumed({}, newer), now).status()));
  const v1::WatchPapersRequest request = Resumed({}, ahead);
  const SnapshotHolder::Freshness stale{.stale = true, .current_at = now};
  EXPECT_TRUE(absl::IsUnavailable(
      Begin(request, TermsOf(request, *snapshot_), *snapshot_, stale, now).status()));

  // The next epoch of that store itself, whose clock is right again.
  const auto of_that_store = SnapshotAt(9, {}, {}, ahead.epoch);
  newer.epoch = EpochOf(absl::Hours(125) + absl::Milliseconds(1));
  EXPECT_TRUE(absl::IsUnavailable(BeginOn(*of_that_store, Resumed({}, newer), now).status()));
}

TEST_F(WatchTerms, AnEpochThatTellsNoTimeIsLost) {
  Position older = position_;
  older.epoch = std::string(32, 'f');

  EXPECT_TRUE(absl::IsOutOfRange(BeginOn(*snapshot_, Resumed({}, older)).status()));
}

TEST_F(WatchTerms, NobodyBeginsInAWindowThatIsKnownToBeLost) {
  const v1::WatchPapersRequest resumed = Resumed({}, position_);
  const SnapshotHolder::Freshness lost{.stale = true, .lost = true};

  const absl::Status status = Begin({}, TermsOf({}, *snapshot_), *snapshot_, lost, {}).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(RetryDelay(status), absl::Seconds(1));
  // Who has begun there goes on until the new one is there.
  EXPECT_TRUE(Begin(resumed, TermsOf(resumed, *snapshot_), *snapshot_, lost, {}).ok());
  // Where nobody knows more, the old one is all there is.
  EXPECT_TRUE(Begin({}, TermsOf({}, *snapshot_), *snapshot_, {.stale = true}, {}).ok());
}

TEST_F(WatchTerms, OnASnapshotThatEndsBeforeItBeganAReaderMayHoldMore) {
  // It is served states that later snapshots do not show any more.
  const auto behind = SnapshotAt(6, {}, {}, snapshot_->epoch());

  EXPECT_EQ(BeginOn(*behind, Resumed({}, position_))->begun, At(6));
}

}  // namespace
}  // namespace paperwire::serve::watch
