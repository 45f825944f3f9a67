#include "services/summarize/implications.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace paperwire::summarize {
namespace {

bool Speaks(std::string_view sentence) {
  std::vector<grounding::Word> words;
  grounding::ReadWords(sentence, words);
  return SpeaksOfImplications(sentence, words);
}

TEST(Implications, AreSaidInSoManyWords) {
  EXPECT_TRUE(Speaks("These results suggest that small routers are enough."));
  EXPECT_TRUE(Speaks("The router paves the way for search on phones."));
  EXPECT_TRUE(Speaks("We offer practical guidance for practitioners."));
}

TEST(Implications, AreNoFiguresAndNoMethods) {
  EXPECT_FALSE(Speaks("The router outperforms all baselines by 12%."));
  EXPECT_FALSE(Speaks("We train a router with a contrastive loss."));
  EXPECT_FALSE(Speaks(""));
}

}  // namespace
}  // namespace paperwire::summarize
