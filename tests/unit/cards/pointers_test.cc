#include "services/summarize/pointers.h"

#include <gtest/gtest.h>

namespace paperwire::summarize {
namespace {

TEST(Pointers, AtWhatTheLineNeverNamedPointOutside) {
  EXPECT_TRUE(PointsOutside("The authors present a kernel that removes this quadratic cost."));
  EXPECT_TRUE(PointsOutside("This work introduces a strategy that addresses this challenge."));
  EXPECT_TRUE(PointsOutside("The authors compare these two methods."));
}

TEST(Pointers, AtWhatTheLineNamesPointInside) {
  EXPECT_FALSE(PointsOutside("The authors study costs and show how to cut these costs."));
  EXPECT_FALSE(PointsOutside("This paper proposes a router."));
  EXPECT_FALSE(PointsOutside("The authors test tasks such as translation."));
  EXPECT_FALSE(PointsOutside("The authors show that this is tight."));
  EXPECT_FALSE(PointsOutside(""));
}

}  // namespace
}  // namespace paperwire::summarize
