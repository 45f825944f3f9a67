#include "libs/bus/in_flight.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace paperwire::bus {
namespace {

TEST(InFlight, HasNothingToCommitBeforeAnythingIsDelivered) {
  const InFlight in_flight;
  EXPECT_EQ(in_flight.committable(), std::nullopt);
  EXPECT_TRUE(in_flight.empty());
}

TEST(InFlight, CommitsOnePastTheHighestWhenAllAreComplete) {
  InFlight in_flight;
  in_flight.Deliver(7);
  in_flight.Deliver(8);
  in_flight.Complete(8);
  in_flight.Complete(7);
  EXPECT_EQ(in_flight.committable(), 9);
}

// What lost records elsewhere: the offset was taken from the highest seen, or from the highest
// complete, while a lower one was still in hand.
TEST(InFlight, NeverCommitsPastARecordThatIsStillInHand) {
  InFlight in_flight;
  for (int64_t offset = 0; offset < 100; ++offset) in_flight.Deliver(offset);
  for (int64_t offset = 1; offset < 100; ++offset) in_flight.Complete(offset);
  EXPECT_EQ(in_flight.committable(), 0);
  EXPECT_EQ(in_flight.spread(), 99);

  in_flight.Complete(0);
  EXPECT_EQ(in_flight.committable(), 100);
  EXPECT_EQ(in_flight.spread(), 0);
}

TEST(InFlight, IsNotHeldUpByGapsInTheOffsets) {
  InFlight in_flight;
  in_flight.Deliver(5);
  in_flight.Deliver(900);
  in_flight.Complete(5);
  EXPECT_EQ(in_flight.committable(), 900);
  in_flight.Complete(900);
  EXPECT_EQ(in_flight.committable(), 901);
}

TEST(InFlight, RefusesAnOffsetThatWasDeliveredBefore) {
  InFlight in_flight;
  EXPECT_TRUE(in_flight.Deliver(3));
  EXPECT_FALSE(in_flight.Deliver(3));
  EXPECT_FALSE(in_flight.Deliver(2));
  EXPECT_EQ(in_flight.size(), 1u);
}

TEST(InFlight, TakesACompletionOnce) {
  InFlight in_flight;
  in_flight.Deliver(3);
  EXPECT_TRUE(in_flight.Complete(3));
  EXPECT_FALSE(in_flight.Complete(3));
  EXPECT_FALSE(in_flight.Complete(4));
  EXPECT_EQ(in_flight.committable(), 4);
}

TEST(InFlight, KnowsWhenThereIsNoProgressToCommit) {
  InFlight in_flight;
  EXPECT_TRUE(in_flight.untouched());
  in_flight.Deliver(10);
  in_flight.Deliver(11);
  in_flight.Complete(11);
  EXPECT_TRUE(in_flight.untouched());
  in_flight.Complete(10);
  EXPECT_FALSE(in_flight.untouched());
}

// Against the plainest model: at any moment everything below the committable offset is complete,
// and it never goes back.
TEST(InFlight, HoldsItsRuleForAnyOrderOfCompletion) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    InFlight in_flight;
    std::vector<int64_t> open;
    std::set<int64_t> all_open;
    int64_t next = random() % 50;
    int64_t before = -1;
    for (int step = 0; step < 300; ++step) {
      if (open.empty() || random() % 2 == 0) {
        next += 1 + random() % 3;
        ASSERT_TRUE(in_flight.Deliver(next));
        open.push_back(next);
        all_open.insert(next);
      } else {
        std::swap(open[random() % open.size()], open.back());
        ASSERT_TRUE(in_flight.Complete(open.back()));
        all_open.erase(open.back());
        open.pop_back();
      }
      const std::optional<int64_t> committable = in_flight.committable();
      ASSERT_TRUE(committable);
      ASSERT_EQ(*committable, all_open.empty() ? next + 1 : *all_open.begin()) << "seed " << seed;
      ASSERT_GE(*committable, before);
      before = *committable;
    }
  }
}

}  // namespace
}  // namespace paperwire::bus
