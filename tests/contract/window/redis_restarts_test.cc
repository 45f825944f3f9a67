// A real Redis that dies, comes back, or comes back as it was before.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "libs/redis/client.h"
#include "tests/contract/window/stores.h"

namespace paperwire::window {
namespace {

class RedisRestarts : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    // Under everysec Redis answers before it writes while an older fsync is under way, so that
    // even a kill may lose what was answered. That loss is a roll-back, with a test of its own.
    redis_ = tests::RedisProcess::Start({{"appendfsync", "always"}}).value();
    client_ = redis::Client::Create({.url = redis_->Url()}).value();
    window_ = MakeRedisWindow(*client_, {.prefix = "test", .cluster_id = "one"});
    epoch_ = window_->Begin({{kTagged, 0}})->epoch;
  }

  static Write Record(int64_t offset) {
    return WriteOf(offset, EntryOf("2606." + std::to_string(10000 + offset), 5));
  }

  // Follows the topic from where the store says to `end`, as serve does.
  void FollowTo(int64_t end) {
    int64_t at = -1;
    while (at < end) {
      const Write write = Record(std::max<int64_t>(at, 0));
      const auto applied = window_->Apply(epoch_, kTagged, at, kOldest, std::span(&write, 1));
      if (absl::IsUnavailable(applied.status())) continue;
      ASSERT_TRUE(applied.ok()) << applied.status().ToString();
      at = applied->stored_offset;
    }
  }

  void ExpectPapers(size_t count) {
    const auto contents = window_->Load();
    ASSERT_TRUE(contents.ok()) << contents.status().ToString();
    std::set<std::string> ids;
    for (const auto& entry : contents->entries) ids.insert(entry.paper().arxiv_id());
    EXPECT_EQ(ids.size(), count);
    EXPECT_EQ(contents->entries.size(), count);
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<Window> window_;
  std::string epoch_;
};

TEST_F(RedisRestarts, AKilledServerHasEverythingThatWasAnswered) {
  FollowTo(300);
  const Cursor cursor = window_->GetState()->cursor;
  redis_->Kill();
  EXPECT_TRUE(absl::IsUnavailable(window_->GetState().status()));
  ASSERT_TRUE(redis_->Restart().ok());
  // The client backs off for a moment after its failed call.
  absl::StatusOr<State> state;
  do state = window_->GetState();
  while (absl::IsUnavailable(state.status()));
  ASSERT_TRUE(state.ok()) << state.status().ToString();
  EXPECT_EQ(state->epoch, epoch_);
  EXPECT_EQ(state->cursor, cursor);
  EXPECT_EQ(window_->Begin({{kTagged, 0}})->offsets.at(kTagged), 300);
  ExpectPapers(300);
  FollowTo(310);
  ExpectPapers(310);
  EXPECT_EQ(window_->ChangesAfter(epoch_, cursor, 100)->size(), 10u);
}

TEST_F(RedisRestarts, ARestartBetweenTwoCallsIsNotNoticed) {
  FollowTo(5);
  redis_->Stop();
  ASSERT_TRUE(redis_->Restart().ok());
  const auto state = window_->GetState();
  EXPECT_TRUE(state.ok()) << state.status().ToString();
}

TEST_F(RedisRestarts, ARollBackByFiftyRecordsIsFencedAndReadAgain) {
  FollowTo(100);
  ASSERT_TRUE(redis_->SaveData().ok());
  FollowTo(150);
  const Cursor cursor = window_->GetState()->cursor;
  redis_->Kill();
  ASSERT_TRUE(redis_->RestoreData().ok());
  ASSERT_TRUE(redis_->Restart().ok());

  const Write next = Record(150);
  const auto applied = window_->Apply(epoch_, kTagged, 150, kOldest, std::span(&next, 1));
  ASSERT_TRUE(applied.ok()) << applied.status().ToString();
  EXPECT_THAT(applied->verdicts, testing::ElementsAre(Verdict::kFenced));
  EXPECT_EQ(applied->stored_offset, 100);
  ExpectPapers(100);
  // A reader ahead of the store keeps what it has and is told of what comes back.
  const auto none = window_->ChangesAfter(epoch_, cursor, 100);
  ASSERT_TRUE(none.ok()) << none.status().ToString();
  EXPECT_TRUE(none->empty());
  FollowTo(151);
  ExpectPapers(151);
  EXPECT_EQ(window_->ChangesAfter(epoch_, cursor, 100)->size(), 51u);
}

TEST_F(RedisRestarts, AnotherClusterIsANewStartOnTheSamePapers) {
  FollowTo(20);
  const auto other = MakeRedisWindow(*client_, {.prefix = "test", .cluster_id = "two"});
  const auto begun = other->Begin({{kTagged, 20}});
  ASSERT_TRUE(begun.ok());
  EXPECT_EQ(begun->epoch, epoch_);
  EXPECT_TRUE(begun->offsets.empty());
  const Write again = Record(0);
  const auto applied = other->Apply(epoch_, kTagged, -1, kOldest, std::span(&again, 1));
  EXPECT_THAT(applied->verdicts, testing::ElementsAre(Verdict::kOutranked));
  EXPECT_FALSE(other->GetState()->complete);
  ExpectPapers(20);
}

TEST_F(RedisRestarts, ATrimmedChangeStreamIsOutOfRangeNotAGap) {
  const Cursor early = window_->GetState()->cursor;
  FollowTo(10);
  const Cursor middle = window_->GetState()->cursor;
  FollowTo(20);
  ASSERT_TRUE(client_->Call({"XTRIM", "{test}:changes", "MAXLEN", "=", "11"}).ok());
  EXPECT_TRUE(absl::IsOutOfRange(window_->ChangesAfter(epoch_, early, 100).status()));
  EXPECT_EQ(window_->ChangesAfter(epoch_, middle, 100)->size(), 10u);
}

}  // namespace
}  // namespace paperwire::window
