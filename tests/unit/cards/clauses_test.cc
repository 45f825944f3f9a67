#include "services/summarize/clauses.h"

#include <gtest/gtest.h>

namespace paperwire::summarize {
namespace {

TEST(Clauses, AreCutAtBordersOnly) {
  EXPECT_EQ(
      CutToWords("The model learns rare words fast, which helps users of small phones.", 4, 8),
      "The model learns rare words fast.");
  EXPECT_EQ(CutToWords("The model is good.", 3, 8), "The model is good.");
  EXPECT_EQ(
      CutToWords("The model learns words of many kinds from books and films of all sorts.", 4, 6),
      "");
}

TEST(Clauses, AConditionIsNeverCutOff) {
  EXPECT_EQ(
      CutToWords("The model learns rare words fast but only if users of phones help it.", 4, 8),
      "");
}

TEST(Clauses, MathAndBracketsStayWhole) {
  EXPECT_EQ(
      CutToWords("The cost is at most $a, which b$ and grows, which is bad for everyone.", 3, 11),
      "The cost is at most $a, which b$ and grows.");
  EXPECT_FALSE(IsBalanced("a $b"));
  EXPECT_FALSE(IsBalanced("a (b"));
  EXPECT_TRUE(IsBalanced("a (b) $c($ [d]"));
}

TEST(Clauses, HeadlinesDropAsidesAndWhoFoundIt) {
  EXPECT_EQ(
      HeadlineOf("The authors show that large models (LLMs) can be made much smaller today.", 4, 9),
      "Large models can be made much smaller today.");
  EXPECT_EQ(
      HeadlineOf("To cut the rising cost of training, the authors propose a small router.", 4, 8),
      "The authors propose a small router.");
}

TEST(Clauses, WithoutAVerbThereIsNoHeadline) {
  EXPECT_EQ(HeadlineOf("A small router for large tables of items.", 3, 12), "");
}

}  // namespace
}  // namespace paperwire::summarize
