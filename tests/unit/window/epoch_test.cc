#include "libs/window/epoch.h"

#include <gtest/gtest.h>

#include <chrono>

#include "libs/clock/clock.h"
#include "libs/window/memory_window.h"

namespace paperwire::window {
namespace {

TEST(EpochBegan, ReadsTheTimeThatAnEpochBeginsWith) {
  EXPECT_EQ(EpochBegan("019a00000000ffee"), 0x019a00000000);
  for (const char* odd : {"", "019a00000000", "019a0000zz00ffee", "-19a00000000ffee", "e1"}) {
    EXPECT_FALSE(EpochBegan(odd)) << odd;
  }
}

TEST(EpochBegan, KnowsTheEpochsOfAStore) {
  const auto before = clock::SystemClock().Now();
  const auto began = EpochBegan(MakeMemoryLedgerStore()->Begin({})->epoch);
  ASSERT_TRUE(began);
  const auto after_all = clock::SystemClock().Now() + std::chrono::minutes(1);
  EXPECT_GE(*began / 1000, std::chrono::system_clock::to_time_t(before));
  EXPECT_LE(*began / 1000, std::chrono::system_clock::to_time_t(after_all));
}

}  // namespace
}  // namespace paperwire::window
