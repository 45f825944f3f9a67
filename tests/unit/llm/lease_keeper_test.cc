#include <gtest/gtest.h>

#include <atomic>

#include "libs/llm/leases.h"
#include "libs/llm/result_cache.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CountedLeases final : public Leases {
 public:
  explicit CountedLeases(const clock::Clock& clock) : leases_(clock) {}
  absl::StatusOr<bool> TryTake(const std::string& key, const std::string& owner,
                               milliseconds life) override {
    return leases_.TryTake(key, owner, life);
  }
  absl::StatusOr<bool> Renew(const std::string& key, const std::string& owner,
                             milliseconds life) override {
    auto renewed = leases_.Renew(key, owner, life);
    ++renewals_;
    renewals_.notify_all();
    return renewed;
  }
  absl::Status Drop(const std::string& key, const std::string& owner) override {
    return leases_.Drop(key, owner);
  }

  MemoryLeases leases_;
  std::atomic<int> renewals_{0};
};

class LeaseKeeperTest : public testing::Test {
 protected:
  clock::FakeClock clock_{clock::WallTime{seconds(1'000'000)}};
  CountedLeases leases_{clock_};
  LeaseKeeper::Options options_{.life = seconds(15), .renewal = milliseconds(5)};
  LeaseKeeper keeper_{leases_, options_};
  LeaseKeeper other_{leases_, options_};
};

TEST_F(LeaseKeeperTest, OneHoldsItUntilItLetsGo) {
  {
    const auto held = keeper_.Take("paper").value();
    ASSERT_TRUE(held.has_value());
    EXPECT_FALSE(other_.Take("paper").value().has_value());
    EXPECT_FALSE(keeper_.Take("paper").value().has_value()) << "not even in this process";
    EXPECT_TRUE(other_.Take("another").value().has_value());
  }
  EXPECT_TRUE(other_.Take("paper").value().has_value());
}

TEST_F(LeaseKeeperTest, WhatIsHeldIsRenewed) {
  const auto held = keeper_.Take("paper").value();
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(seconds(10));
    const int before = leases_.renewals_;
    // One may have been on its way when the clock was moved.
    while (leases_.renewals_ < before + 2) leases_.renewals_.wait(leases_.renewals_);
    EXPECT_FALSE(other_.Take("paper").value().has_value()) << i;
  }
}

TEST_F(LeaseKeeperTest, WhatNobodyRenewsIsFreeAfterItsLife) {
  ASSERT_TRUE(leases_.TryTake("paper", "a dead worker", seconds(15)).value());
  clock_.Advance(seconds(14));
  EXPECT_FALSE(keeper_.Take("paper").value().has_value());
  clock_.Advance(seconds(1));
  EXPECT_TRUE(keeper_.Take("paper").value().has_value());
}

TEST_F(LeaseKeeperTest, AStoreThatIsAwayIsSaid) {
  leases_.leases_.SetFailure(absl::UnavailableError("away"));
  EXPECT_EQ(keeper_.Take("paper").status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace paperwire::llm
