// The sinks and the refresher over a window in memory.
#include <functional>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/window/memory_window.h"
#include "services/serve/applier.h"
#include "services/serve/feed.h"
#include "services/serve/refresher.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/parsed.h"
#include "tests/unit/serve/tagged_message.h"

namespace paperwire::serve {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const bus::TopicPartition kTaggedZero{"tagged", 0};

absl::StatusOr<window::RebuildScope> NoScope() { return window::RebuildScope(); }

// A window that can be taken away, and replaced by another.
class FickleWindow final : public window::Window {
 public:
  explicit FickleWindow(std::unique_ptr<window::Window> inner) : inner_(std::move(inner)) {}

  void Replace(std::unique_ptr<window::Window> inner) { inner_ = std::move(inner); }
  void SetAway(bool away) { away_ = away; }
  // `what` happens once, between a look at the changes and one at their papers.
  void SetMeanwhile(std::function<void()> what) { meanwhile_ = std::move(what); }
  window::Window& inner() { return *inner_; }

  absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                              const window::RebuildScope& scope) override {
    if (away_) return Away();
    return inner_->Begin(end_offsets, scope);
  }
  absl::StatusOr<window::Applied> Apply(const std::string& epoch,
                                        const bus::TopicPartition& partition, int64_t expected,
                                        const std::string& oldest,
                                        std::span<const window::Write> writes) override {
    if (away_) return Away();
    return inner_->Apply(epoch, partition, expected, oldest, writes);
  }
  absl::StatusOr<window::State> GetState() override {
    if (away_) return Away();
    return inner_->GetState();
  }
  absl::StatusOr<Contents> Load() override {
    if (away_) return Away();
    return inner_->Load();
  }
  absl::StatusOr<std::vector<window::Change>> ChangesAfter(const std::string& epoch,
                                                           const window::Cursor& cursor,
                                                           size_t limit) override {
    if (away_) return Away();
    return inner_->ChangesAfter(epoch, cursor, limit);
  }
  absl::StatusOr<std::vector<window::Stored>> Get(std::span<const std::string> arxiv_ids) override {
    if (away_) return Away();
    return inner_->Get(arxiv_ids);
  }
  absl::StatusOr<Papers> GetChanged(const std::string& epoch, const window::Cursor& cursor,
                                    std::span<const std::string> arxiv_ids) override {
    if (away_) return Away();
    if (meanwhile_) std::exchange(meanwhile_, nullptr)();
    return inner_->GetChanged(epoch, cursor, arxiv_ids);
  }
  absl::StatusOr<int64_t> Expire(const std::string& oldest) override {
    return inner_->Expire(oldest);
  }
  absl::StatusOr<uint32_t> NextGeneration(const std::string& arxiv_id,
                                          uint32_t paper_version) override {
    return inner_->NextGeneration(arxiv_id, paper_version);
  }
  absl::Status RaiseGeneration(const std::string& arxiv_id, uint32_t paper_version,
                               uint32_t at_least) override {
    return inner_->RaiseGeneration(arxiv_id, paper_version, at_least);
  }
  absl::StatusOr<bool> GenerationsRestored() override { return inner_->GenerationsRestored(); }
  absl::Status SetGenerationsRestored() override { return inner_->SetGenerationsRestored(); }

 private:
  static absl::Status Away() { return absl::UnavailableError("connection refused"); }

  std::unique_ptr<window::Window> inner_;
  bool away_ = false;
  std::function<void()> meanwhile_;
};

class FollowingTest : public testing::Test {
 protected:
  FollowingTest()
      : clock_(TuesdayNoon()),
        feed_clock_(clock_, /*data=*/false),
        window_(window::MakeMemoryWindow(&clock_)),
        applier_(window_, NoScope, feed_clock_, metrics_),
        refresher_(window_, holder_, feed_clock_, {}) {}

  // Follows the topic that ends at `end`, from where the window stands.
  void Begin(int64_t end) {
    const auto begun = applier_.Start({{kTaggedZero, end}});
    ASSERT_TRUE(begun.ok()) << begun.status();
    stored_ = begun->contains(kTaggedZero) ? begun->at(kTaggedZero) : -1;
  }
  absl::StatusOr<int64_t> Hand(const bus::Message& message) {
    const bool rejected = !applier_.Check(message).ok();
    const bus::FollowerSink::Record record{.message = &message, .rejected = rejected};
    auto stored = applier_.Apply(kTaggedZero, stored_, {&record, 1});
    if (stored.ok()) stored_ = *stored;
    return stored;
  }
  bus::Message Message(const std::string& id, int64_t offset, uint32_t generation = 0,
                       const std::string& removed = "") {
    return TaggedMessage(MakeEntry(id, "2026-06-23", {"theory"}, generation), offset, clock_,
                         removed);
  }

  clock::FakeClock clock_;
  FeedClock feed_clock_;
  FickleWindow window_;
  prometheus::Registry metrics_;
  Applier applier_;
  SnapshotHolder holder_;
  Refresher refresher_;
  int64_t stored_ = -1;
};

TEST_F(FollowingTest, AppliedRecordsReachTheSnapshot) {
  Begin(0);
  ASSERT_TRUE(refresher_.Step().ok());
  EXPECT_TRUE(holder_.Get()->entries().empty());

  EXPECT_EQ(*Hand(Message("2606.00001", 0)), 1);
  EXPECT_EQ(*Hand(Message("2606.00002", 1)), 2);
  ASSERT_TRUE(refresher_.Step().ok());

  EXPECT_EQ(holder_.Get()->entries().size(), 2u);
  EXPECT_EQ(holder_.Get()->Find("2606.00002")->Message().summary().summary(),
            "Gradient noise is studied.");
}

TEST_F(FollowingTest, AReplicaWhoseClockIsAheadKeepsWhatIsInTheWindowByTheStoresClock) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  clock::FakeClock ahead(TuesdayNoon());
  FeedClock ahead_clock(ahead, /*data=*/false);
  SnapshotHolder other_holder;
  Refresher other(window_, other_holder, ahead_clock, {});
  ASSERT_TRUE(other.Step().ok());

  // While it follows, and when it begins.
  ahead.Advance(std::chrono::hours(24 * 10));
  ASSERT_TRUE(Hand(Message("2606.00002", 1)).ok());
  ASSERT_TRUE(other.Step().ok());
  Refresher begun(window_, holder_, ahead_clock, {});
  ASSERT_TRUE(begun.Step().ok());
  for (const SnapshotHolder* holder : {&holder_, &other_holder}) {
    EXPECT_EQ(holder->Get()->entries().size(), 2u);
    EXPECT_EQ(holder->Get()->oldest(), "2026-06-17");
  }

  // Then it is the others that leave, although nothing changes.
  clock_.Advance(std::chrono::hours(24 * 7));
  ASSERT_TRUE(other.Step().ok());
  EXPECT_EQ(other_holder.Get()->entries().size(), 0u);
  EXPECT_EQ(other_holder.Get()->oldest(), "2026-06-24");
}

TEST_F(FollowingTest, WhenBothClocksRanAheadTheWindowIsLoadedAnewOnceOursGoesBack) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  clock_.Advance(std::chrono::hours(24 * 10));
  ASSERT_TRUE(refresher_.Step().ok());
  EXPECT_EQ(holder_.Get()->entries().size(), 0u);

  clock_.Advance(-std::chrono::hours(24 * 10));
  ASSERT_TRUE(refresher_.Step().ok());
  EXPECT_EQ(holder_.Get()->entries().size(), 1u);
}

TEST_F(FollowingTest, TheDataClockGoesByThePapersUntilThereIsABatch) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  // A replica that is given no partition.
  FeedClock clock(clock_, /*data=*/true);
  SnapshotHolder holder;
  Refresher refresher(window_, holder, clock, {});
  ASSERT_TRUE(refresher.Step().ok());
  EXPECT_EQ(clock.Today(), "2026-06-23");
  EXPECT_EQ(holder.Get()->oldest(), "2026-06-17");

  ASSERT_TRUE(Hand(TaggedMessage(MakeEntry("2606.00002", "2026-06-24"), 1, clock_)).ok());
  ASSERT_TRUE(refresher.Step().ok());
  EXPECT_EQ(clock.Today(), "2026-06-24");
}

TEST_F(FollowingTest, ARemovalTakesTheCardOut) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  ASSERT_TRUE(refresher_.Step().ok());

  ASSERT_TRUE(Hand(Message("2606.00001", 1, 1, "a wish")).ok());
  ASSERT_TRUE(refresher_.Step().ok());

  EXPECT_EQ(holder_.Get()->Find("2606.00001"), nullptr);
}

TEST_F(FollowingTest, AWindowThatIsLostWhileItsPapersAreReadLeavesTheSnapshotWhole) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  ASSERT_TRUE(Hand(Message("2606.00002", 1)).ok());
  ASSERT_TRUE(refresher_.Step().ok());
  const SnapshotPtr old = holder_.Get();
  ASSERT_TRUE(Hand(Message("2606.00001", 2, 1)).ok());
  window_.SetMeanwhile([&] { window_.Replace(window::MakeMemoryWindow()); });

  EXPECT_FALSE(refresher_.Step().ok());

  EXPECT_EQ(holder_.Get(), old);
  EXPECT_TRUE(holder_.freshness().stale);
}

TEST_F(FollowingTest, APaperThatIsRemovedWhileItIsReadIsGoneOnceAtThePlaceOfItsRemoval) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  ASSERT_TRUE(refresher_.Step().ok());
  const window::Cursor before = holder_.Get()->cursor();
  ASSERT_TRUE(Hand(Message("2606.00001", 1, 1)).ok());
  const window::Cursor changed = window_.GetState()->cursor;
  window_.SetMeanwhile([&] { ASSERT_TRUE(Hand(Message("2606.00001", 2, 2, "a wish")).ok()); });

  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(refresher_.Step().ok());
    EXPECT_EQ(holder_.Get()->Find("2606.00001"), nullptr);
    const auto changes = holder_.Get()->ChangesAfter(before, 10);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].entry, nullptr);
    EXPECT_EQ(changes[0].cursor, window_.GetState()->cursor) << "as on a replica that looked later";
    EXPECT_GT(changes[0].cursor, changed);
  }
}

TEST_F(FollowingTest, ARemovalIsForgottenWhenItsDateLeavesTheWindow) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  ASSERT_TRUE(Hand(Message("2606.00002", 1)).ok());
  ASSERT_TRUE(refresher_.Step().ok());
  const window::Cursor before = holder_.Get()->cursor();
  ASSERT_TRUE(Hand(Message("2606.00001", 2, 1, "a wish")).ok());
  ASSERT_TRUE(refresher_.Step().ok());
  EXPECT_EQ(holder_.Get()->ChangesAfter(before, 10).size(), 1u);

  clock_.Advance(std::chrono::hours(7 * 24));
  ASSERT_TRUE(Hand(TaggedMessage(MakeEntry("2606.00003", "2026-06-30"), 3, clock_)).ok());
  ASSERT_TRUE(refresher_.Step().ok());

  const auto changes = holder_.Get()->ChangesAfter(before, 10);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].arxiv_id, "2606.00003");
}

TEST_F(FollowingTest, EveryReplicaFindsACardThatWasTaggedAgainByItsNewTagsOnly) {
  Begin(0);
  SnapshotHolder other_holder;
  Refresher other(window_, other_holder, feed_clock_, {});
  const auto tagged = [this](const std::string& id, const std::string& slug, int64_t offset,
                             uint32_t generation) {
    return TaggedMessage(MakeEntry(id, "2026-06-23", {slug}, generation), offset, clock_);
  };
  ASSERT_TRUE(Hand(tagged("2606.00001", "theory", 0, 0)).ok());
  ASSERT_TRUE(Hand(tagged("2606.00002", "theory", 1, 0)).ok());
  ASSERT_TRUE(refresher_.Step().ok() && other.Step().ok());

  ASSERT_TRUE(Hand(tagged("2606.00001", "robotics", 2, 1)).ok());
  ASSERT_TRUE(refresher_.Step().ok() && other.Step().ok());

  StatusHolder statuses;
  for (SnapshotHolder* holder : {&holder_, &other_holder}) {
    const Feed feed(*holder, statuses, feed_clock_);
    std::map<std::string, uint32_t> counts;
    const auto tags = feed.ListTags();
    ASSERT_TRUE(tags.ok()) << tags.status();
    for (const v1::TagDescription& tag : tags->tags()) {
      for (const v1::DayCount& day : tag.counts()) counts[tag.slug()] += day.count();
    }
    EXPECT_EQ(counts, (std::map<std::string, uint32_t>{{"robotics", 1}, {"theory", 1}}));
    for (const auto& [slug, id] :
         {std::pair{"robotics", "2606.00001"}, std::pair{"theory", "2606.00002"}}) {
      v1::ListPapersRequest request;
      request.mutable_filter()->add_tags_any(slug);
      const auto listed = Parsed<v1::ListPapersResponse>(feed.ListPapers(request));
      ASSERT_TRUE(listed.ok()) << listed.status();
      EXPECT_EQ(listed->total_size(), 1) << slug;
      EXPECT_EQ(listed->entries(0).paper().arxiv_id(), id);
    }
  }
}

TEST_F(FollowingTest, ARejectedRecordIsPassedAndNothingWritten) {
  Begin(0);
  bus::Message corrupt = Message("2606.00001", 0);
  corrupt.value = "\xff\xff";
  EXPECT_TRUE(absl::IsInvalidArgument(applier_.Check(corrupt)));

  EXPECT_EQ(*Hand(corrupt), 1);
  ASSERT_TRUE(refresher_.Step().ok());

  EXPECT_TRUE(holder_.Get()->entries().empty());
}

TEST_F(FollowingTest, ADateThatIsToComeIsNoAnnouncement) {
  const auto dated = [this](const std::string& announced, int64_t written_ms) {
    bus::Message message = TaggedMessage(MakeEntry("2606.00001", announced), 0, clock_);
    message.timestamp_ms = written_ms;
    return applier_.Check(message);
  };
  EXPECT_TRUE(dated("2026-06-24", 0).ok()) << "the evening's batch bears the next date";
  const absl::Status refused = dated("2026-06-25", 0);
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_THAT(std::string(refused.message()),
              ::testing::AllOf(HasSubstr("2026-06-25"), HasSubstr("2026-06-24")));
  // Our clock is eight days behind: the record's own tells it.
  const int64_t later = absl::ToUnixMillis(feed_clock_.Now() + absl::Hours(8 * 24));
  EXPECT_TRUE(dated("2026-07-01", later).ok());
  EXPECT_FALSE(dated("2026-07-03", later).ok());
}

TEST_F(FollowingTest, AWindowThatHasGoneBackIsANewEpochOnceTheGapWasReadAgain) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  ASSERT_TRUE(refresher_.Step().ok());
  const SnapshotPtr old = holder_.Get();

  // Less is stored than was answered.
  stored_ = 3;
  EXPECT_TRUE(absl::IsAborted(Hand(Message("2606.00004", 3)).status()));
  EXPECT_FALSE(refresher_.Step().ok());
  EXPECT_EQ(holder_.Get(), old);
  EXPECT_TRUE(holder_.freshness().stale);
  Begin(3);
  ASSERT_TRUE(Hand(Message("2606.00002", 1)).ok());
  EXPECT_FALSE(refresher_.Step().ok());
  ASSERT_TRUE(Hand(Message("2606.00003", 2)).ok());

  EXPECT_TRUE(refresher_.Step().ok());
  EXPECT_GT(holder_.Get()->epoch(), old->epoch());
  EXPECT_EQ(holder_.Get()->entries().size(), 3u);
}

TEST_F(FollowingTest, ReadersKeepTheOldSnapshotUntilARebuildIsComplete) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  ASSERT_TRUE(Hand(Message("2606.00002", 1)).ok());
  ASSERT_TRUE(refresher_.Step().ok());
  const SnapshotPtr old = holder_.Get();

  window_.Replace(window::MakeMemoryWindow());
  EXPECT_FALSE(refresher_.Step().ok());
  EXPECT_TRUE(absl::IsAborted(Hand(Message("2606.00001", 0)).status()));
  Begin(2);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  EXPECT_FALSE(refresher_.Step().ok());

  EXPECT_EQ(holder_.Get(), old);
  EXPECT_TRUE(holder_.freshness().stale);
  EXPECT_TRUE(holder_.freshness().lost);
  EXPECT_THAT(holder_.freshness().reason, HasSubstr("rebuilt"));

  ASSERT_TRUE(Hand(Message("2606.00002", 1)).ok());
  EXPECT_TRUE(refresher_.Step().ok());
  EXPECT_NE(holder_.Get()->epoch(), old->epoch());
  EXPECT_EQ(holder_.Get()->entries().size(), 2u);
  EXPECT_FALSE(holder_.freshness().stale);
  EXPECT_FALSE(holder_.freshness().lost);
}

TEST_F(FollowingTest, TheFirstSnapshotWaitsForACompleteWindow) {
  EXPECT_FALSE(refresher_.Step().ok());
  Begin(1);
  EXPECT_FALSE(refresher_.Step().ok());
  EXPECT_EQ(holder_.Get(), nullptr);

  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());

  EXPECT_TRUE(refresher_.Step().ok());
  EXPECT_EQ(holder_.Get()->entries().size(), 1u);
}

TEST_F(FollowingTest, AStoreThatIsAwayLeavesTheSnapshotMarkedStale) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  ASSERT_TRUE(refresher_.Step().ok());

  window_.SetAway(true);
  EXPECT_TRUE(absl::IsUnavailable(refresher_.Step()));
  EXPECT_TRUE(absl::IsUnavailable(Hand(Message("2606.00002", 1)).status()));
  EXPECT_EQ(holder_.Get()->entries().size(), 1u);
  EXPECT_EQ(holder_.freshness().reason, "connection refused");
  EXPECT_FALSE(holder_.freshness().lost);

  window_.SetAway(false);
  EXPECT_TRUE(refresher_.Step().ok());
  EXPECT_FALSE(holder_.freshness().stale);
}

TEST_F(FollowingTest, AnotherOwnersOffsetIsHandedBackToSeekTo) {
  Begin(0);
  ASSERT_TRUE(Hand(Message("2606.00001", 0)).ok());
  stored_ = -1;

  EXPECT_EQ(*Hand(Message("2606.00009", 0)), 1);
  ASSERT_TRUE(refresher_.Step().ok());

  EXPECT_EQ(holder_.Get()->Find("2606.00009"), nullptr);
}

}  // namespace
}  // namespace paperwire::serve
