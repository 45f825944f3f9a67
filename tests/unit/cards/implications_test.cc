#include "services/summarize/implications.h"

#include <gtest/gtest.h>

namespace paperwire::summarize {
namespace {

TEST(Implications, AreSaidInSoManyWords) {
  EXPECT_TRUE(SpeaksOfImplications("These results suggest that small routers are enough."));
  EXPECT_TRUE(SpeaksOfImplications("The router paves the way for search on phones."));
  EXPECT_TRUE(SpeaksOfImplications("We offer practical guidance for practitioners."));
}

TEST(Implications, AreNoFiguresAndNoMethods) {
  EXPECT_FALSE(SpeaksOfImplications("The router outperforms all baselines by 12%."));
  EXPECT_FALSE(SpeaksOfImplications("We train a router with a contrastive loss."));
  EXPECT_FALSE(SpeaksOfImplications(""));
}

}  // namespace
}  // namespace paperwire::summarize
