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

  void Hold(const std::set<int64_t>& offsets, bool alone = false) {
    ASSERT_EQ(markers_->Hold(kPartition, offsets, alone), absl::OkStatus());
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<RedisCrashMarkers> markers_;
};

TEST_F(RedisCrashMarkersTest, NothingIsSuspectAtTheFirstStart) {
  EXPECT_THAT(Suspects(), IsEmpty());
}

TEST_F(RedisCrashMarkersTest, WhatWasInHandAtADeathIsSuspect) {
  Hold({7, 8, 4000000000000});
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(7, 0), Pair(8, 0), Pair(4000000000000, 0)));
}

TEST_F(RedisCrashMarkersTest, OnlyTheLastHandCounts) {
  Hold({1, 2});
  Hold({2, 3});
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(2, 0), Pair(3, 0)));
}

TEST_F(RedisCrashMarkersTest, AnEmptiedHandLeavesNoSuspect) {
  Hold({1, 2});
  ASSERT_EQ(markers_->Clear(kPartition), absl::OkStatus());
  StartProcess();

  EXPECT_THAT(Suspects(), IsEmpty());
}

TEST_F(RedisCrashMarkersTest, DeathsAloneAreCountedAndOthersAreNot) {
  Hold({5, 6});
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 0), Pair(6, 0)));
  Hold({5}, /*alone=*/true);
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1), Pair(6, 0)));
  Hold({5}, /*alone=*/true);
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 2), Pair(6, 0)));
}

TEST_F(RedisCrashMarkersTest, ADeathIsCountedOnceHoweverOftenItIsAskedFor) {
  Hold({5}, /*alone=*/true);
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1)));
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1)));
}

TEST_F(RedisCrashMarkersTest, ASuspectThatIsForgottenStaysForgotten) {
  Hold({5, 6});
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 0), Pair(6, 0)));
  ASSERT_EQ(markers_->Forget(kPartition, 5), absl::OkStatus());
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(6, 0)));
}

TEST_F(RedisCrashMarkersTest, ClearingTheHandKeepsTheSuspects) {
  Hold({5}, /*alone=*/true);
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1)));
  ASSERT_EQ(markers_->Clear(kPartition), absl::OkStatus());
  StartProcess();

  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 1)));
}

TEST_F(RedisCrashMarkersTest, PartitionsGroupsAndClustersKnowNothingOfEachOther) {
  Hold({5});
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
  Hold({5});
  // Killed only once the last write is on disk.
  redis_->Stop();

  EXPECT_TRUE(absl::IsUnavailable(markers_->Hold(kPartition, {6}, false)));
  EXPECT_TRUE(absl::IsUnavailable(markers_->Clear(kPartition)));
  EXPECT_TRUE(absl::IsUnavailable(markers_->Forget(kPartition, 5)));
  EXPECT_TRUE(absl::IsUnavailable(markers_->TakeSuspects(kPartition).status()));
  EXPECT_EQ(markers_->Forget(kPartition, 5), absl::OkStatus()) << "nothing of ours is there";

  ASSERT_EQ(redis_->Restart(), absl::OkStatus());
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(5, 0)));
}

TEST_F(RedisCrashMarkersTest, AreAsAtTheFirstStartWhenRedisWasEmptied) {
  Hold({5}, /*alone=*/true);
  ASSERT_TRUE(client_->Call({"FLUSHALL"}).ok());

  EXPECT_THAT(Suspects(), IsEmpty());
  Hold({6});
  StartProcess();
  EXPECT_THAT(Suspects(), ElementsAre(Pair(6, 0)));
}

TEST_F(RedisCrashMarkersTest, DoNotStayInRedisForEver) {
  Hold({5});
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
