// A real Redis that dies, comes back, or comes back as it was before.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "libs/redis/client.h"
#include "libs/window/lua_scripts.h"
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
    for (const Stored& paper : contents->papers) ids.insert(paper.entry.paper().arxiv_id());
    EXPECT_EQ(ids.size(), count);
    EXPECT_EQ(contents->papers.size(), count);
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
  EXPECT_EQ(window_->Apply(epoch_, kTagged, 300, kOldest, {})->stored_offset, 300);
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

// Followed to 150, then back to where it was at 100.
class RedisRollBack : public RedisRestarts {
 protected:
  void SetUp() override {
    RedisRestarts::SetUp();
    if (IsSkipped()) return;
    FollowTo(100);
    ASSERT_TRUE(redis_->SaveData().ok());
    FollowTo(150);
    cursor_ = window_->GetState()->cursor;
    redis_->Kill();
    ASSERT_TRUE(redis_->RestoreData().ok());
    ASSERT_TRUE(redis_->Restart().ok());
    do state_ = window_->GetState();
    while (absl::IsUnavailable(state_.status()));
    ASSERT_EQ(state_->epoch, epoch_) << "nobody has looked yet";
  }

  // What the records between do, and that each is applied once.
  void ExpectTheGapIsReadAgain() {
    const auto begun = window_->Begin({{kTagged, 150}});
    ASSERT_TRUE(begun.ok());
    EXPECT_GT(begun->epoch, epoch_);
    EXPECT_EQ(begun->offsets.at(kTagged), 100);
    epoch_ = begun->epoch;
    const Cursor start = window_->GetState()->cursor;
    EXPECT_EQ(start, state_->cursor);
    ExpectPapers(100);
    EXPECT_FALSE(window_->GetState()->complete);
    std::vector<Write> gap;
    for (int64_t offset = 100; offset < 150; ++offset) gap.push_back(Record(offset));
    const auto applied = window_->Apply(epoch_, kTagged, 100, kOldest, gap);
    EXPECT_THAT(applied->verdicts, testing::Each(Verdict::kApplied));
    EXPECT_TRUE(window_->GetState()->complete);
    ExpectPapers(150);
    EXPECT_EQ(window_->ChangesAfter(epoch_, start, 100)->size(), 50u);
  }

  Cursor cursor_;
  absl::StatusOr<State> state_;
};

TEST_F(RedisRollBack, IsFoundByTheNextRecord) {
  const Write next = Record(150);
  EXPECT_TRUE(
      absl::IsAborted(window_->Apply(epoch_, kTagged, 150, kOldest, std::span(&next, 1)).status()));
  ExpectTheGapIsReadAgain();
}

TEST_F(RedisRollBack, IsFoundWithoutAnyRecord) {
  EXPECT_TRUE(absl::IsAborted(window_->Apply(epoch_, kTagged, 150, kOldest, {}).status()));
  ExpectTheGapIsReadAgain();
}

TEST_F(RedisRollBack, IsFoundByAReader) {
  EXPECT_TRUE(absl::IsOutOfRange(window_->ChangesAfter(epoch_, cursor_, 10).status()));
  ExpectTheGapIsReadAgain();
}

TEST_F(RedisRollBack, IsFoundByAReaderAfterAnotherWriterReadTheGapAgain) {
  // A writer that does not know what was stored, for it has just been given the partition.
  const auto other = redis::Client::Create({.url = redis_->Url()}).value();
  const auto writer = MakeRedisWindow(*other, {.prefix = "test", .cluster_id = "one"});
  std::vector<Write> writes;
  for (int64_t offset = 100; offset < 200; ++offset) writes.push_back(Record(offset));
  ASSERT_TRUE(writer->Apply(epoch_, kTagged, 100, kOldest, writes).ok());
  ASSERT_GT(window_->GetState()->cursor, cursor_);

  EXPECT_TRUE(absl::IsOutOfRange(window_->ChangesAfter(epoch_, cursor_, 10).status()));
  EXPECT_GT(window_->GetState()->epoch, epoch_);
  ExpectPapers(200);
}

TEST_F(RedisRollBack, ToAnEarlierEpochIsFoundToo) {
  ASSERT_TRUE(absl::IsAborted(window_->Apply(epoch_, kTagged, 150, kOldest, {}).status()));
  const std::string second = window_->Begin({{kTagged, 150}})->epoch;
  redis_->Kill();
  ASSERT_TRUE(redis_->RestoreData().ok());
  ASSERT_TRUE(redis_->Restart().ok());
  absl::StatusOr<Applied> applied;
  do applied = window_->Apply(second, kTagged, 100, kOldest, {});
  while (absl::IsUnavailable(applied.status()));
  EXPECT_TRUE(absl::IsAborted(applied.status())) << applied.status();
  EXPECT_GT(window_->GetState()->epoch, second);
  epoch_ = second;
  ExpectTheGapIsReadAgain();
}

TEST_F(RedisRestarts, AStoreOfAnOlderVersionIsTakenOver) {
  FollowTo(3);
  // It knew no cursors, and its epoch told no time.
  ASSERT_TRUE(client_->Call({"SET", "{test}:epoch", std::string(32, 'f')}).ok());
  for (int i = 0; i < 3; ++i) {
    const std::string key = "{test}:paper:2606." + std::to_string(10000 + i);
    ASSERT_EQ(client_->Call({"HDEL", key, "c", "f"})->integer, 1);
  }
  const auto begun = window_->Begin({{kTagged, 3}});
  ASSERT_TRUE(begun.ok()) << begun.status();
  EXPECT_EQ(begun->epoch.size(), epoch_.size());
  EXPECT_EQ(begun->offsets.at(kTagged), 3);
  epoch_ = begun->epoch;
  EXPECT_TRUE(window_->GetState()->complete);
  ExpectPapers(3);
  const auto contents = window_->Load();
  // Each at a place of its own behind the beginning, so that a reader who begins there is told of
  // it wherever it is cut.
  std::set<Cursor> cursors;
  for (const Stored& paper : contents->papers) {
    EXPECT_EQ(paper.first, paper.changed);
    EXPECT_GT(paper.changed, Cursor());
    EXPECT_LT(paper.changed, contents->cursor);
    cursors.insert(paper.changed);
  }
  EXPECT_EQ(cursors.size(), 3u);

  const Write again = WriteOf(3, EntryOf("2606.10000", 6));
  ASSERT_TRUE(window_->Apply(epoch_, kTagged, 3, kOldest, std::span(&again, 1)).ok());
  const std::vector<std::string> ids = {"2606.10000"};
  EXPECT_EQ(window_->Get(ids)->at(0).first, Cursor()) << "it was there before";
  EXPECT_EQ(window_->Get(ids)->at(0).changed, window_->GetState()->cursor);
}

TEST_F(RedisRestarts, CursorsAndEpochsGoOnWhereTheClockHasGoneBack) {
  // What a server with a later clock left behind.
  const std::string ahead = "99999999999999";
  ASSERT_TRUE(client_->Call({"XADD", "{test}:changes", ahead + "-5", "id", "a", "r", "1"}).ok());
  const Cursor before = window_->GetState()->cursor;
  EXPECT_EQ(before.ToString(), ahead + "-5");
  FollowTo(2);
  const Cursor after = window_->GetState()->cursor;
  EXPECT_GT(after, before);
  EXPECT_EQ(window_->ChangesAfter(epoch_, before, 10)->size(), 2u);

  const std::string late = "ffffffffff00" + epoch_.substr(12);
  ASSERT_TRUE(client_->Call({"SET", "{test}:epoch", late}).ok());
  EXPECT_TRUE(absl::IsAborted(window_->Apply(late, kTagged, 7, kOldest, {}).status()));
  EXPECT_EQ(window_->GetState()->epoch.substr(0, 12), "ffffffffff01");
  EXPECT_EQ(window_->GetState()->cursor, after);
}

// Power is cut: Redis and every reader of the topic end together, and its file ends early.
class RedisPowerLoss : public RedisRestarts {
 protected:
  static constexpr int64_t kEnd = 200;

  // Takes bytes off the end of the append-only file.
  void CutTheFile(uintmax_t bytes) {
    redis_->Kill();
    const auto file = redis_->folder() / "data" / "appendonlydir" / "appendonly.aof.1.incr.aof";
    const uintmax_t size = std::filesystem::file_size(file);
    ASSERT_GT(size, bytes);
    std::filesystem::resize_file(file, size - bytes);
    ASSERT_TRUE(redis_->Restart().ok());
    do state_ = window_->GetState();
    while (absl::IsUnavailable(state_.status()));
  }

  // Reads the topic again from where `window` says, and counts.
  void ExpectTheGapAndNothingElse(Window& window, bool lost) {
    const auto begun = window.Begin({{kTagged, kEnd}});
    ASSERT_TRUE(begun.ok()) << begun.status();
    EXPECT_GT(begun->epoch, epoch_);
    const int64_t from = begun->offsets.at(kTagged);
    EXPECT_EQ(from < kEnd, lost);
    EXPECT_EQ(window.Load()->papers.size(), static_cast<size_t>(from)) << "all or nothing of each";
    EXPECT_EQ(window.GetState()->complete, !lost);
    const Cursor start = window.GetState()->cursor;
    int64_t applied = 0;
    for (int64_t at = from; at < kEnd; ++at) {
      const Write write = Record(at);
      const auto one = window.Apply(begun->epoch, kTagged, at, kOldest, std::span(&write, 1));
      ASSERT_TRUE(one.ok()) << one.status();
      if (one->verdicts[0] == Verdict::kApplied) ++applied;
    }
    EXPECT_EQ(applied, kEnd - from);
    EXPECT_EQ(window.ChangesAfter(begun->epoch, start, 1000)->size(),
              static_cast<size_t>(kEnd - from));
    EXPECT_TRUE(window.GetState()->complete);
    ExpectPapers(kEnd);
  }

  absl::StatusOr<State> state_;
};

TEST_F(RedisPowerLoss, ExactlyTheGapIsReadAgainByWhoWasThere) {
  for (const uintmax_t bytes : {1u, 500u, 7'001u, 30'000u}) {
    SCOPED_TRACE(bytes);
    ASSERT_TRUE(client_->Call({"FLUSHALL"}).ok());
    epoch_ = window_->Begin({{kTagged, 0}})->epoch;
    FollowTo(kEnd);
    CutTheFile(bytes);
    EXPECT_TRUE(absl::IsAborted(window_->Apply(epoch_, kTagged, kEnd, kOldest, {}).status()));
    ExpectTheGapAndNothingElse(*window_, true);
  }
}

TEST_F(RedisPowerLoss, ExactlyTheGapIsReadAgainByWhoBeginsAfterwards) {
  for (const uintmax_t bytes : {0u, 1u, 20'000u}) {
    SCOPED_TRACE(bytes);
    ASSERT_TRUE(client_->Call({"FLUSHALL"}).ok());
    window_ = MakeRedisWindow(*client_, {.prefix = "test", .cluster_id = "one"});
    epoch_ = window_->Begin({{kTagged, 0}})->epoch;
    FollowTo(kEnd);
    CutTheFile(bytes);
    // It cannot know whether anything is missing, so readers are told to begin anew in any case.
    const auto later = MakeRedisWindow(*client_, {.prefix = "test", .cluster_id = "one"});
    ExpectTheGapAndNothingElse(*later, bytes > 0);
  }
}

TEST_F(RedisRestarts, WhoWasThereVouchesForTheServerToWhoComesLater) {
  const auto begin_anew = [&] {
    const auto later = MakeRedisWindow(*client_, {.prefix = "test", .cluster_id = "one"});
    return later->Begin({{kTagged, 0}})->epoch;
  };
  FollowTo(5);
  EXPECT_EQ(begin_anew(), epoch_) << "only serve was restarted";
  const auto restart = [&] {
    redis_->Stop();
    ASSERT_TRUE(redis_->Restart().ok());
  };
  restart();
  FollowTo(6);
  EXPECT_EQ(begin_anew(), epoch_) << "a record showed that nothing was missing";
  restart();
  EXPECT_EQ(window_->Apply(epoch_, kTagged, 6, kOldest, {})->stored_offset, 6);
  EXPECT_EQ(begin_anew(), epoch_) << "a look showed that nothing was missing";
  restart();
  EXPECT_GT(begin_anew(), epoch_);
}

TEST_F(RedisRestarts, WhoFollowedBeforeOthersDidDoesNotTakeALossForWhatItKnows) {
  FollowTo(100);
  ASSERT_TRUE(redis_->SaveData().ok());
  // Another is given the partition, and its readers get cursors that will be lost.
  const auto client = redis::Client::Create({.url = redis_->Url()}).value();
  const auto other = MakeRedisWindow(*client, {.prefix = "test", .cluster_id = "one"});
  ASSERT_EQ(other->Begin({{kTagged, 100}})->epoch, epoch_);
  std::vector<Write> writes;
  for (int64_t offset = 100; offset < 150; ++offset) writes.push_back(Record(offset));
  ASSERT_TRUE(other->Apply(epoch_, kTagged, 100, kOldest, writes).ok());
  redis_->Kill();
  ASSERT_TRUE(redis_->RestoreData().ok());
  ASSERT_TRUE(redis_->Restart().ok());

  // What is stored now is just what it knows.
  absl::StatusOr<Window::Begun> begun;
  do begun = window_->Begin({{kTagged, 150}});
  while (absl::IsUnavailable(begun.status()));
  EXPECT_EQ(begun->offsets.at(kTagged), 100);
  EXPECT_GT(begun->epoch, epoch_);
}

TEST_F(RedisRestarts, WhatTheNetUnderExpireTookLeavesNothingBehind) {
  FollowTo(3);
  constexpr int64_t kDay = int64_t{24} * 60 * 60 * 1000;
  EXPECT_GT(client_->Call({"PTTL", "{test}:paper:2606.10000"})->integer, 29 * kDay);
  ASSERT_TRUE(client_->Call({"PEXPIRE", "{test}:paper:2606.10000", "0"}).ok());
  ExpectPapers(2);
  EXPECT_EQ(window_->Expire("2026-06-04").value(), 2);
  EXPECT_EQ(client_->Call({"EXISTS", "{test}:dates"})->integer, 0);
}

// Between the look at the dates and the taking out it may have been told anew.
TEST_F(RedisRestarts, WhatIsNoLongerOlderWhenItIsToBeTakenOutStays) {
  FollowTo(2);
  ASSERT_TRUE(
      client_->Call({"ZADD", "{test}:dates", "20260602", "2606.10000", "20260603", "2606.10001"})
          .ok());
  const redis::Script expire(lua::kExpire);
  const auto taken = expire.Run(
      *client_, {.keys = {"{test}:dates", "{test}:paper:2606.10000", "{test}:paper:2606.10001"},
                 .arguments = {"20260603", "2606.10000", "2606.10001"}});
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->integer, 1);
  ExpectPapers(1);
  EXPECT_EQ(client_->Call({"EXISTS", "{test}:paper:2606.10001"})->integer, 1);
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
