// Who may write a partition's crash markers, on a real Redis.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/bus/redis_crash_markers.h"
#include "tests/contract/bus/test_bus.h"
#include "tests/support/redis_process.h"

namespace paperwire::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;

const TopicPartition kPartition{"t", 3};

// States what is in hand on kPartition; nothing with no offsets.
absl::Status Hold(CrashMarkers& markers, std::vector<int64_t> offsets, bool alone) {
  const CrashMarkers::Holding holding{
      .partition = kPartition, .offsets = std::move(offsets), .alone = alone};
  return markers.Hold({&holding, 1}).front();
}

class MarkerOwner : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED PROGRAM: no redis-server";
    auto redis = tests::RedisProcess::Start();
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    auto client = redis::Client::Create({.url = redis_->Url()});
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }
  std::unique_ptr<RedisCrashMarkers> Worker() {
    return std::make_unique<RedisCrashMarkers>(*client_, "group", "cluster");
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<redis::Client> client_;
};

TEST_F(MarkerOwner, RefusesWhatAWorkerWritesThatHasLostThePartition) {
  const auto zombie = Worker();
  const auto successor = Worker();
  ASSERT_TRUE(zombie->TakeSuspects(kPartition).ok());
  ASSERT_EQ(Hold(*zombie, {1, 2}, false), absl::OkStatus());

  auto suspects = successor->TakeSuspects(kPartition);
  ASSERT_TRUE(suspects.ok());
  EXPECT_THAT(*suspects, ElementsAre(Key(1), Key(2)));
  ASSERT_EQ(Hold(*successor, {1}, true), absl::OkStatus());

  EXPECT_TRUE(absl::IsPermissionDenied(Hold(*zombie, {7}, true)));
  EXPECT_TRUE(absl::IsPermissionDenied(Hold(*zombie, {}, false)));
  EXPECT_TRUE(absl::IsPermissionDenied(zombie->Forget(kPartition, 2)));

  // The successor dies: what it had alone in hand is known, and what the zombie did is not.
  suspects = Worker()->TakeSuspects(kPartition);
  ASSERT_TRUE(suspects.ok());
  ASSERT_THAT(*suspects, ElementsAre(Key(1), Key(2)));
  EXPECT_EQ(suspects->at(1).alone_deaths, 1);
  EXPECT_EQ(suspects->at(2).alone_deaths, 0);
}

TEST_F(MarkerOwner, AStayOfOurOwnIsNotAnEarlierOneOfOurs) {
  const auto worker = Worker();
  ASSERT_TRUE(worker->TakeSuspects(kPartition).ok());
  ASSERT_TRUE(Worker()->TakeSuspects(kPartition).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(Hold(*worker, {1}, false)));
  ASSERT_TRUE(worker->TakeSuspects(kPartition).ok());
  EXPECT_EQ(Hold(*worker, {1}, false), absl::OkStatus());
}

TEST_F(MarkerOwner, CountsOnlyDeathsOfARecordThatWasAlone) {
  for (int death = 1; death <= 2; ++death) {
    const auto worker = Worker();
    ASSERT_TRUE(worker->TakeSuspects(kPartition).ok());
    ASSERT_EQ(Hold(*worker, {5}, true), absl::OkStatus());
  }
  const auto last = Worker();
  auto suspects = last->TakeSuspects(kPartition);
  ASSERT_TRUE(suspects.ok());
  ASSERT_THAT(*suspects, ElementsAre(Key(5)));
  EXPECT_EQ(suspects->at(5).alone_deaths, 2);

  ASSERT_EQ(last->Forget(kPartition, 5), absl::OkStatus());
  ASSERT_EQ(Hold(*last, {6, 7}, true), absl::OkStatus());
  ASSERT_EQ(Hold(*last, {}, false), absl::OkStatus());
  suspects = Worker()->TakeSuspects(kPartition);
  ASSERT_TRUE(suspects.ok());
  EXPECT_THAT(*suspects, IsEmpty());
}

TEST_F(MarkerOwner, TakesTheMarkersLaterWhenRedisWasAway) {
  const auto worker = Worker();
  redis_->Stop();
  EXPECT_FALSE(worker->TakeSuspects(kPartition).ok());
  ASSERT_EQ(redis_->Restart(), absl::OkStatus());
  // The client backs off for a moment before it connects again.
  EXPECT_TRUE(WaitFor([&] { return Hold(*worker, {4}, false).ok(); }));
  const auto suspects = Worker()->TakeSuspects(kPartition);
  ASSERT_TRUE(suspects.ok());
  EXPECT_THAT(*suspects, ElementsAre(Key(4)));
}

TEST_F(MarkerOwner, GoesOnWhenRedisHasLostEverything) {
  const auto worker = Worker();
  ASSERT_TRUE(worker->TakeSuspects(kPartition).ok());
  ASSERT_EQ(client_->Call({"FLUSHALL"}).status(), absl::OkStatus());
  EXPECT_EQ(Hold(*worker, {4}, false), absl::OkStatus());
  const auto suspects = Worker()->TakeSuspects(kPartition);
  ASSERT_TRUE(suspects.ok());
  EXPECT_THAT(*suspects, ElementsAre(Key(4)));
}

}  // namespace
}  // namespace paperwire::bus
