#include "libs/grounding/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace paperwire::grounding {
namespace {

using testing::ElementsAre;

TEST(Sentences, EndAtStops) {
  EXPECT_THAT(SplitSentences("We do this. Then that! Does it work? It does."),
              ElementsAre("We do this.", "Then that!", "Does it work?", "It does."));
}

TEST(Sentences, DoNotEndInAbbreviationsDecimalsAndVersions) {
  for (const char* text :
       {"We use trees (e.g. forests. Also pines) and so on.", "As Doe et al. Showed, it works.",
        "See Fig. 3 for more.", "It gains 3.5 points over v2.1 today.", "A vs. B is i.e. C here.",
        "Solve Eq. (3) w.r.t. X here.", "By J. Doe it was shown.", "The U.S. Market is large."}) {
    EXPECT_EQ(SplitSentences(text).size(), 1u) << text;
  }
}

TEST(Sentences, DoNotEndInMathOrQuotes) {
  EXPECT_THAT(SplitSentences("Let $f(x) = 1. + y. Z$ hold. It \"ends.\" Now go."),
              ElementsAre("Let $f(x) = 1. + y. Z$ hold.", "It \"ends.\"", "Now go."));
}

TEST(Sentences, EndAtLineBreaksToo) {
  EXPECT_THAT(SplitSentences("No stop here\nNext line"), ElementsAre("No stop here", "Next line"));
}

TEST(Sentences, AnInitialThenAStarterIsAnEnd) {
  EXPECT_THAT(SplitSentences("This is type A. We use it."),
              ElementsAre("This is type A.", "We use it."));
}

TEST(Sentences, SurviveHostileText) {
  EXPECT_TRUE(SplitSentences("").empty());
  EXPECT_EQ(SplitSentences(std::string(50000, 'a')).size(), 1u);
  EXPECT_EQ(SplitSentences(std::string(50000, '.')).size(), 1u);
  EXPECT_EQ(SplitSentences("It costs 5$ a day. It (never closes. It ends.").size(), 3u);
}

TEST(Sentences, WordsHoldALetterOrADigit) {
  EXPECT_EQ(CountWords("We -- in 3 steps -- win."), 5);
  EXPECT_EQ(CountWords(" \n"), 0);
}

}  // namespace
}  // namespace paperwire::grounding
