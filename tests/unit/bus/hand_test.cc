#include "libs/bus/hand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace paperwire::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Markers final : public CrashMarkers {
 public:
  std::vector<absl::Status> Hold(std::span<const Holding> holdings) override {
    ++writes;
    if (while_writing) while_writing();
    if (!status.ok()) return std::vector<absl::Status>(holdings.size(), status);
    std::vector<absl::Status> statuses;
    for (const Holding& holding : holdings) {
      if (broken.contains(holding.partition)) {
        statuses.push_back(absl::UnavailableError("connection"));
        continue;
      }
      statuses.push_back(absl::OkStatus());
      was_alone = holding.alone;
      if (holding.offsets.empty()) {
        held.erase(holding.partition.partition);
      } else {
        held[holding.partition.partition] = holding.offsets;
      }
    }
    return statuses;
  }
  absl::StatusOr<std::map<int64_t, Suspect>> TakeSuspects(const TopicPartition&) override {
    return std::map<int64_t, Suspect>();
  }
  absl::Status Forget(const TopicPartition&, int64_t) override { return status; }

  absl::Status status;
  // Partitions that alone cannot be written.
  std::set<TopicPartition> broken;
  int writes = 0;
  bool was_alone = false;
  std::map<int, std::vector<int64_t>> held;
  std::function<void()> while_writing;
};

const TopicPartition kFirst{"t", 0};
const TopicPartition kSecond{"t", 1};

class HandTest : public ::testing::Test {
 protected:
  clock::FakeClock clock_{clock::WallTime()};
  Markers markers_;
  Hand hand_{&markers_, clock_};
};

TEST_F(HandTest, WritesOnceForABatchAndAgainWhenItIsPutDown) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1, 2, 3}}}));
  EXPECT_EQ(markers_.writes, 1);
  EXPECT_THAT(markers_.held[0], ElementsAre(1, 2, 3));
  for (const int64_t offset : {1, 2, 3}) hand_.PutDown(kFirst, offset);
  EXPECT_EQ(hand_.SizeOf("t"), 0);
  EXPECT_EQ(markers_.writes, 1);
  hand_.Sync();
  EXPECT_EQ(markers_.writes, 1) << "not so soon after a write";
  clock_.Advance(std::chrono::milliseconds(20));
  hand_.Sync();
  EXPECT_EQ(markers_.writes, 2);
  EXPECT_THAT(markers_.held, IsEmpty());
}

TEST_F(HandTest, WritesAllPartitionsOfABatchAtOnce) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1, 2}}, {kSecond, {5}}}));
  EXPECT_EQ(hand_.SizeOf("t"), 3);
  EXPECT_EQ(markers_.writes, 1);
  EXPECT_THAT(markers_.held[0], ElementsAre(1, 2));
  EXPECT_THAT(markers_.held[1], ElementsAre(5));
}

TEST_F(HandTest, CountsEachTopicByItself) {
  const TopicPartition retry{"t.retry", 0};
  ASSERT_TRUE(hand_.Take({{kFirst, {1, 2}}, {kSecond, {5}}}));
  ASSERT_TRUE(hand_.Take({{retry, {7, 8}}}));
  EXPECT_EQ(hand_.SizeOf("t"), 3);
  EXPECT_EQ(hand_.SizeOf("t.retry"), 2);
  hand_.PutDown(retry, 7);
  hand_.Release(kFirst);
  EXPECT_EQ(hand_.SizeOf("t"), 1);
  EXPECT_EQ(hand_.SizeOf("t.retry"), 1);
  EXPECT_EQ(hand_.SizeOf("other"), 0);
}

TEST_F(HandTest, ClearsWhatWasPutDownThoughOtherPartitionsAreTakenWithoutABreak) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}}));
  hand_.PutDown(kFirst, 1);
  // Sooner after each other than Sync writes.
  for (int64_t offset = 1; offset <= 10; ++offset) {
    clock_.Advance(std::chrono::milliseconds(10));
    ASSERT_TRUE(hand_.Take({{kSecond, {offset}}}));
    hand_.Sync();
  }
  EXPECT_FALSE(markers_.held.contains(0));
  EXPECT_EQ(markers_.writes, 11) << "in the same write as what is taken";
}

TEST_F(HandTest, ClearsWhatWasPutDownThoughRecordsOfOtherPartitionsWaitAndComeBack) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}, {kSecond, {5}}}));
  hand_.PutDown(kFirst, 1);
  for (int i = 0; i < 10; ++i) {
    clock_.Advance(std::chrono::milliseconds(5));
    hand_.Wait(kSecond, 5);
    ASSERT_TRUE(hand_.TakeAgain(kSecond, 5));
    hand_.Sync();
  }
  EXPECT_FALSE(markers_.held.contains(0));
}

TEST_F(HandTest, IsNotHeldUpByAWriteAndForgetsNothingThatIsPutDownMeanwhile) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1, 2}}}));
  markers_.while_writing = [this] {
    markers_.while_writing = nullptr;
    hand_.PutDown(kFirst, 1);
  };
  ASSERT_TRUE(hand_.Take({{kFirst, {3}}}));
  EXPECT_THAT(markers_.held[0], ElementsAre(1, 2, 3));
  clock_.Advance(std::chrono::milliseconds(20));
  hand_.Sync();
  EXPECT_THAT(markers_.held[0], ElementsAre(2, 3));
}

TEST_F(HandTest, TakesASuspectOnlyWhenNothingElseIsInHand) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}}));
  EXPECT_FALSE(hand_.TakeAlone(kSecond, 9));
  EXPECT_FALSE(hand_.Take({{kFirst, {2}}})) << "a suspect waits for its turn";
  hand_.PutDown(kFirst, 1);
  EXPECT_TRUE(hand_.TakeAlone(kSecond, 9));
  EXPECT_TRUE(markers_.was_alone);
  EXPECT_FALSE(markers_.held.contains(0)) << "what was put down must not stand beside it";
  EXPECT_FALSE(hand_.Take({{kFirst, {2}}}));
  hand_.PutDown(kSecond, 9);
  EXPECT_TRUE(hand_.Take({{kFirst, {2}}}));
}

TEST_F(HandTest, ClearsTheMarkerWhileARecordOnlyWaits) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}}));
  hand_.Wait(kFirst, 1);
  EXPECT_THAT(markers_.held, IsEmpty());
  EXPECT_TRUE(hand_.TakeAgain(kFirst, 1));
  EXPECT_THAT(markers_.held[0], ElementsAre(1));
}

TEST_F(HandTest, TakesNoSuspectWhileARecordWaitsThatMayComeBack) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}}));
  hand_.Wait(kFirst, 1);
  EXPECT_FALSE(hand_.TakeAlone(kFirst, 9));
  EXPECT_TRUE(hand_.TakeAgain(kFirst, 1)) << "the one that waits goes first";
  EXPECT_FALSE(hand_.TakeAlone(kFirst, 9));
  EXPECT_THAT(markers_.held[0], ElementsAre(1));
  hand_.PutDown(kFirst, 1);
  EXPECT_TRUE(hand_.TakeAlone(kFirst, 9));
}

TEST_F(HandTest, TakesASuspectWhenTheWaitingRecordsPartitionIsGone) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}}));
  hand_.Wait(kFirst, 1);
  EXPECT_FALSE(hand_.TakeAlone(kSecond, 9));
  hand_.Release(kFirst);
  EXPECT_TRUE(hand_.TakeAlone(kSecond, 9));
}

TEST_F(HandTest, LetsARecordThatCouldNotBeDeliveredWaitWhileASuspectIsInHand) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}}));
  // Handled and given to the broker, which does not take it.
  hand_.PutDown(kFirst, 1);
  ASSERT_TRUE(hand_.TakeAlone(kFirst, 9));
  hand_.Wait(kFirst, 1);
  EXPECT_FALSE(hand_.TakeAgain(kFirst, 1));
  EXPECT_THAT(markers_.held[0], ElementsAre(9));
  // The suspect itself may wait and come back.
  hand_.Wait(kFirst, 9);
  EXPECT_TRUE(hand_.TakeAgain(kFirst, 9));
  hand_.PutDown(kFirst, 9);
  EXPECT_TRUE(hand_.TakeAgain(kFirst, 1));
}

TEST_F(HandTest, WritesNoMoreWhenAnotherWorkerOwnsTheMarkers) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}}));
  markers_.status = absl::PermissionDeniedError("another worker's");
  EXPECT_TRUE(hand_.Take({{kFirst, {2}}})) << "what was read is handled all the same";
  const int writes = markers_.writes;
  hand_.PutDown(kFirst, 1);
  hand_.Sync();
  hand_.Release(kFirst);
  EXPECT_EQ(markers_.writes, writes);

  markers_.status = absl::OkStatus();
  (void)hand_.TakeSuspects(kFirst);
  ASSERT_TRUE(hand_.Take({{kFirst, {3}}})) << "a new stay";
  EXPECT_THAT(markers_.held[0], ElementsAre(3));
}

TEST_F(HandTest, GoesOnWithoutMarkersAndTriesThemAgainLater) {
  markers_.status = absl::UnavailableError("connection");
  EXPECT_TRUE(hand_.Take({{kFirst, {1}}}));
  const int writes = markers_.writes;
  EXPECT_TRUE(hand_.Take({{kFirst, {2}}}));
  hand_.Sync();
  EXPECT_EQ(markers_.writes, writes) << "not asked again at once";

  markers_.status = absl::OkStatus();
  clock_.Advance(std::chrono::seconds(31));
  hand_.Sync();
  EXPECT_THAT(markers_.held[0], ElementsAre(1, 2));
}

TEST_F(HandTest, TriesNothingAgainAtOnceWhenOnlySomePartitionsCouldBeWritten) {
  markers_.broken = {kFirst};
  ASSERT_TRUE(hand_.Take({{kFirst, {1}}, {kSecond, {5}}}));
  EXPECT_THAT(markers_.held[1], ElementsAre(5));
  const int writes = markers_.writes;
  ASSERT_TRUE(hand_.Take({{kFirst, {2}}, {kSecond, {6}}}));
  EXPECT_EQ(markers_.writes, writes);

  markers_.broken.clear();
  clock_.Advance(std::chrono::seconds(31));
  hand_.Sync();
  EXPECT_THAT(markers_.held[0], ElementsAre(1, 2));
  EXPECT_THAT(markers_.held[1], ElementsAre(5, 6));
}

TEST_F(HandTest, KeepsTheMarkerOfTheRecordThatStopsTheProcess) {
  ASSERT_TRUE(hand_.Take({{kFirst, {1, 2}}, {kSecond, {5}}}));
  hand_.Keep(kFirst, 2);
  for (const int64_t offset : {1, 2}) hand_.PutDown(kFirst, offset);
  hand_.PutDown(kSecond, 5);
  hand_.Release(kFirst);
  hand_.Release(kSecond);
  EXPECT_THAT(markers_.held, ElementsAre(std::pair(0, std::vector<int64_t>{2})));
}

TEST_F(HandTest, WorksWithoutAnyMarkers) {
  Hand hand(nullptr, clock_);
  EXPECT_THAT(hand.TakeSuspects(kFirst), IsEmpty());
  EXPECT_TRUE(hand.Take({{kFirst, {1}}}));
  hand.PutDown(kFirst, 1);
  hand.Sync();
  hand.Release(kFirst);
}

}  // namespace
}  // namespace paperwire::bus
