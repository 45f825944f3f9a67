// The crash markers on a real Redis: what the next process learns about the one that died.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "libs/bus/redis_crash_markers.h"
#include "libs/redis/client.h"
#include "tests/support/redis_process.h"

namespace paperwire::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const TopicPartition kPartition{"new-paper", 3};

// States what is in hand on kPartition; nothing with no offsets.
absl::Status Hold(CrashMarkers& markers, std::vector<int64_t> offsets, bool alone) {
  const CrashMarkers::Holding holding{
      .partition = kPartition, .offsets = std::move(offsets), .alone = alone};
  return markers.Hold({&holding, 1}).front();
}

class RedisCrashMarkersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "redis-server is not installed";
    auto redis = tests::RedisProcess::Start();
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    StartProcess();
  }

  // A process that knows nothing but what is in Redis.
  void StartProcess(const std::string& group = "paperwire-classify",
                    const std::string& cluster = "cluster-one") {
    markers_.reset();
    client_ = redis::Client::Create({.url = redis_->Url()}).value();
    markers_ = std::make_unique<RedisCrashMarkers>(*client_, group, cluster);
  }

  // Offset and deaths alone, of each suspect on `partition`.
  std::map<int64_t, int> Suspects(const TopicPartition& partition = kPartition) {
    const auto suspects = markers_->TakeSuspects(partition);
    EXPECT_TRUE(suspects.ok()) << suspects.status();
    std::map<int64_t, int> deaths;
    if (!suspects.ok()) return deaths;
    for (const auto& [offset, suspect] : *suspects) {
      EXPECT_EQ(suspect.offset, offset);
      deaths[offset] = suspect.alone_deaths;
    }
    return deaths;
  }

  void HoldAll(const std::vector<int64_t>& offsets, bool alone = false) {
    ASSERT_EQ(Hold(*markers_, offsets, alone), absl::OkStatus());
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<RedisCrashMarkers> markers_;
};

TEST_F(RedisCrashMarkersTest, NothingIsSuspectAtTheFirstStart) {
  EXPECT_THAT(Suspects(), IsEmpty());
}

TEST_F(RedisCrashMarkersTest, WhatWasInHandAtADeathIsSuspect) {
  HoldAll({7, 8, 4000000000000});
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(7, 0), Pair(8, 0), Pair(4000000000000, 0)));
}

TEST_F(RedisCrashMarkersTest, RunsOfOffsetsAreSuspectOneByOne) {
  HoldAll({1, 2, 3, 7, 9, 10, 4000000000000, 4000000000001});
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(1, 0), Pair(2, 0), Pair(3, 0), Pair(7, 0), Pair(9, 0),
                                      Pair(10, 0), Pair(4000000000000, 0), Pair(4000000000001, 0)));
}

TEST_F(RedisCrashMarkersTest, PartitionsHeldAtOnceHaveMarkersOfTheirOwn) {
  const TopicPartition other{kPartition.topic, 4};
  const std::vector<CrashMarkers::Holding> both = {
      {.partition = kPartition, .offsets = {1}, .alone = false},
      {.partition = other, .offsets = {5, 6}, .alone = false}};
  EXPECT_THAT(markers_->Hold(both), ElementsAre(absl::OkStatus(), absl::OkStatus()));
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(1, 0)));
  EXPECT_THAT(Suspects(other), ElementsAre(Pair(5, 0), Pair(6, 0)));
}

TEST_F(RedisCrashMarkersTest, WhatAnotherHasTakenIsRefusedAndTheRestIsWritten) {
  const TopicPartition before{kPartition.topic, 2};
  const TopicPartition after{kPartition.topic, 4};
  std::vector<CrashMarkers::Holding> all = {
      {.partition = before, .offsets = {5}, .alone = false},
      {.partition = kPartition, .offsets = {1}, .alone = false},
      {.partition = after, .offsets = {5}, .alone = false}};
  ASSERT_THAT(markers_->Hold(all),
              ElementsAre(absl::OkStatus(), absl::OkStatus(), absl::OkStatus()));
  RedisCrashMarkers successor(*client_, "paperwire-classify", "cluster-one");
  ASSERT_TRUE(successor.TakeSuspects(kPartition).ok());
  ASSERT_EQ(Hold(successor, {8}, false), absl::OkStatus());

  all[0].offsets = {};
  all[1].offsets = {2, 3};
  all[2].offsets = {6, 7, 9};
  const std::vector<absl::Status> statuses = markers_->Hold(all);
  ASSERT_EQ(statuses.size(), 3u);
  EXPECT_EQ(statuses[0], absl::OkStatus());
  EXPECT_TRUE(absl::IsPermissionDenied(statuses[1])) << statuses[1];
  EXPECT_EQ(statuses[2], absl::OkStatus());

  StartProcess();
  EXPECT_THAT(Suspects(before), IsEmpty());
  EXPECT_THAT(Suspects(), ElementsAre(Pair(1, 0), Pair(8, 0))) << "the successor's alone";
  EXPECT_THAT(Suspects(after), ElementsAre(Pair(6, 0), Pair(7, 0), Pair(9, 0)));
}

TEST_F(RedisCrashMarkersTest, OnlyTheLastHandCounts) {
  HoldAll({1, 2});
  HoldAll({2, 3});
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(2, 0), Pair(3, 0)));
}

TEST_F(RedisCrashMarkersTest, AnEmptiedHandLeavesNoSuspect) {
  HoldAll({1, 2});
  ASSERT_EQ(Hold(*markers_, {}, false), absl::OkStatus());
  StartProcess();

  EXPECT_THAT(Suspects(), IsEmpty());
}

TEST_F(RedisCrashMarkersTest, DeathsAloneAreCountedAndOthersAreNot) {
  HoldAll({5, 6});
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 0), Pair(6, 0)));
  HoldAll({5}, /*alone=*/true);
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1), Pair(6, 0)));
  HoldAll({5}, /*alone=*/true);
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 2), Pair(6, 0)));
}

TEST_F(RedisCrashMarkersTest, ADeathIsCountedOnceHoweverOftenItIsAskedFor) {
  HoldAll({5}, /*alone=*/true);
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1)));
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1)));
}

TEST_F(RedisCrashMarkersTest, ASuspectThatIsForgottenStaysForgotten) {
  HoldAll({5, 6});
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 0), Pair(6, 0)));
  ASSERT_EQ(markers_->Forget(kPartition, 5), absl::OkStatus());
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(6, 0)));
}

TEST_F(RedisCrashMarkersTest, ClearingTheHandKeepsTheSuspects) {
  HoldAll({5}, /*alone=*/true);
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1)));
  ASSERT_EQ(Hold(*markers_, {}, false), absl::OkStatus());
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1)));
}

TEST_F(RedisCrashMarkersTest, PartitionsGroupsAndClustersKnowNothingOfEachOther) {
  HoldAll({5});
  StartProcess();
  EXPECT_THAT(Suspects({"new-paper", 4}), IsEmpty());
  EXPECT_THAT(Suspects({"summarized", 3}), IsEmpty());
  StartProcess("paperwire-classify-retry");
  EXPECT_THAT(Suspects(), IsEmpty());
  StartProcess("paperwire-classify", "cluster-two");
  EXPECT_THAT(Suspects(), IsEmpty());
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 0)));
}

TEST_F(RedisCrashMarkersTest, AreUnavailableWhileRedisIsAwayAndThereAfterwards) {
  HoldAll({5});
  // Killed only once the last write is on disk.
  redis_->Stop();

  EXPECT_TRUE(absl::IsUnavailable(Hold(*markers_, {6}, false)));
  EXPECT_TRUE(absl::IsUnavailable(Hold(*markers_, {}, false)));
  EXPECT_TRUE(absl::IsUnavailable(markers_->Forget(kPartition, 5)));
  EXPECT_TRUE(absl::IsUnavailable(markers_->TakeSuspects(kPartition).status()));
  EXPECT_EQ(markers_->Forget(kPartition, 5), absl::OkStatus()) << "nothing of ours is there";

  ASSERT_EQ(redis_->Restart(), absl::OkStatus());
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 0)));
}

TEST_F(RedisCrashMarkersTest, AreAsAtTheFirstStartWhenRedisWasEmptied) {
  HoldAll({5}, /*alone=*/true);
  ASSERT_TRUE(client_->Call({"FLUSHALL"}).ok());

  EXPECT_THAT(Suspects(), IsEmpty());
  HoldAll({6});
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(6, 0)));
}

TEST_F(RedisCrashMarkersTest, DoNotStayInRedisForEver) {
  HoldAll({5});
  const auto keys = client_->Call({"KEYS", "*"});
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_FALSE(keys->elements.empty());
  for (const redis::Reply& key : keys->elements) {
    const auto life = client_->Call({"TTL", key.text});
    ASSERT_TRUE(life.ok()) << life.status();
    EXPECT_GT(life->integer, 14 * 24 * 3600) << key.text << " must outlive the topics' records";
  }
}

}  // namespace
}  // namespace paperwire::bus
