#include <atomic>
#include <thread>
#include <vector>

#include "tests/contract/llm/stores.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LeasesContract : public StoresContract {
 protected:
  bool Take(const std::string& owner, milliseconds life = seconds(15), int worker = 0) {
    const auto taken = stores_->leases(worker).TryTake("paper", owner, life);
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.value_or(false);
  }
  bool Renew(const std::string& owner, milliseconds life = seconds(15), int worker = 0) {
    const auto renewed = stores_->leases(worker).Renew("paper", owner, life);
    EXPECT_TRUE(renewed.ok()) << renewed.status();
    return renewed.value_or(false);
  }
};

TEST_P(LeasesContract, OneOwnerHasItUntilHeDropsIt) {
  EXPECT_TRUE(Take("a", seconds(15), 0));
  EXPECT_FALSE(Take("b", seconds(15), 1));
  EXPECT_TRUE(Take("a")) << "his already";
  EXPECT_TRUE(stores_->leases(1).TryTake("another paper", "b", seconds(15)).value());
  ASSERT_TRUE(stores_->leases(1).Drop("paper", "b").ok());
  EXPECT_FALSE(Take("b")) << "another's is left alone";
  ASSERT_TRUE(stores_->leases(0).Drop("paper", "a").ok());
  EXPECT_TRUE(Take("b"));
}

TEST_P(LeasesContract, ADeadOwnersLeaseEndsByItselfAndARenewedOneDoesNot) {
  constexpr milliseconds kLife{1500};
  ASSERT_TRUE(Take("a", kLife));
  for (int i = 0; i < 3; ++i) {
    stores_->Pass(kLife * 2 / 5);
    EXPECT_TRUE(Renew("a", kLife));
    EXPECT_FALSE(Take("b", kLife, 1));
  }
  stores_->Pass(kLife + milliseconds(10));
  EXPECT_FALSE(Renew("a")) << "it is over";
  EXPECT_TRUE(Take("b", seconds(15), 1));
  EXPECT_FALSE(Renew("a")) << "it is another's";
}

TEST_P(LeasesContract, OfManyOwnersInTwoProcessesOneGetsIt) {
  std::atomic<int> owners{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back(
          [&, i] { owners += Take(std::to_string(i), seconds(15), i % 2) ? 1 : 0; });
    }
  }
  EXPECT_EQ(owners, 1);
}

TEST_P(LeasesContract, TwoKeepersFightForOneLeaseAndNeverBothHoldIt) {
  LeaseKeeper first(stores_->leases(0));
  LeaseKeeper second(stores_->leases(1));
  std::atomic<int> holders{0};
  std::atomic<int> times{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        while (times < 200) {
          const auto held = (i % 2 == 0 ? first : second).Take("paper");
          ASSERT_TRUE(held.ok()) << held.status();
          if (!held->has_value()) continue;
          EXPECT_EQ(++holders, 1);
          ++times;
          --holders;
        }
      });
    }
  }
  EXPECT_GE(times, 200);
}

INSTANTIATE_TEST_SUITE_P(Kinds, LeasesContract, kKinds, KindName);

}  // namespace
}  // namespace paperwire::llm
