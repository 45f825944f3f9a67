#include "libs/window/epoch.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "libs/clock/clock.h"
#include "libs/window/memory_window.h"

namespace paperwire::window {
namespace {

TEST(EpochBegan, ReadsTheTimeThatAnEpochBeginsWith) {
  const std::string unique = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(EpochBegan("019a00000000" + unique), 0x019a00000000);
  for (const std::string& odd : {std::string(), std::string("e1"), std::string("019a00000000"),
                                 "019a0000zz00" + unique, "-19a00000000" + unique}) {
    EXPECT_FALSE(EpochBegan(odd)) << odd;
  }
  EXPECT_FALSE(EpochBegan(unique)) << "an older version's, which tells no time";
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
