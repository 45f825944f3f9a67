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

TEST(Sentences, DoNotEndInsideOne) {
  for (const char* text : {"We use trees (e.g. forests. Also pines) and so on.",
                           "As Doe et al. Showed, it works.",
                           "See Fig. 3 for more.",
                           "It gains 3.5 points over v2.1 today.",
                           "A vs. B is i.e. C here.",
                           "Solve Eq. (3) w.r.t. X here.",
                           "By J. Doe it was shown.",
                           "The U.S. Market is large.",
                           "GPT-4.1 and Llama 3.2 agree.",
                           "The noise is i.i.d. Gaussian here.",
                           "It reads books, films, etc. and more.",
                           "Wait ... then go on.",
                           "It asks why? and how?",
                           "The list a1, a2, . . . , an grows.",
                           "See example.org/a.b?c=d for it.",
                           "It asks \"who won?\" and answers.",
                           "1. The first of all.",
                           "It holds a.s. for all x.",
                           "It does (i) this; (ii) that; and (iii) more.",
                           "It does 1) this and 2) that.",
                           "The set is $A = \\{x. Y\\}$ here.",
                           "Yahoo! answers are long.",
                           "We call torch.Tensor and Node.js here."}) {
    EXPECT_EQ(SplitSentences(text).size(), 1u) << text;
  }
}

struct Pair {
  const char* first;
  const char* second;
  const char* between = " ";
};

class Pairs : public testing::TestWithParam<Pair> {};

TEST_P(Pairs, AreTwoSentences) {
  const auto& [first, second, between] = GetParam();
  const std::string text = std::string(first) + between + second;
  EXPECT_THAT(SplitSentences(text), ElementsAre(first, second));
}

INSTANTIATE_TEST_SUITE_P(
    All, Pairs,
    testing::Values(
        Pair{"We follow Doe et al.", "The rest is new."},
        Pair{"It reads books, etc.", "Tables are next."}, Pair{"It gains 5.2 pp.", "TFG is free."},
        Pair{"This is class A.", "We use it."}, Pair{"We study CF.", "Our map is small."},
        Pair{"It is small.", "k-means is large."}, Pair{"It is small.", "eBPF is large."},
        Pair{"It is small.", "$k$ is large."}, Pair{"It works.", "We show why.", ""},
        Pair{"It falls by 5%.", "This helps.", ""}, Pair{"Does it work?!", "It does."},
        Pair{"It costs $5 a day.", "The rest costs $7 a day."},
        Pair{"It is “the end.”", "We go on."}, Pair{"It is “the end. ”", "We go on."},
        Pair{"(It is beside the point.)", "We go on."}, Pair{"It ends [3].", "We go on."},
        Pair{"Here is (i) this.", "(ii) That is here."},
        Pair{"It is open (never closed.", "We go on (and on)."},
        Pair{"It is at https://example.org/a.b.", "We go on."},
        Pair{"Method: A tree is built.", "A leaf is cut."}, Pair{"It stops .", "We go on."}));

TEST(Sentences, ALabelGoesWithItsSentenceAndIsKnown) {
  EXPECT_THAT(SplitSentences("Background: Trees grow. Methods. We cut them. Results: Wood."),
              ElementsAre("Background: Trees grow.", "Methods. We cut them.", "Results: Wood."));
  EXPECT_EQ(LabelLength("Background: Trees grow."), 12u);
  EXPECT_EQ(LabelLength("Methods. We cut them."), 9u);
  for (const char* text : {"", "Trees: they grow.", "Background", "Background:", "Methods.",
                           "Background noise: it grows.", "methods: we cut them."}) {
    EXPECT_EQ(LabelLength(text), 0u) << text;
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
  for (const std::string unit : {"a.", "$", "(", ". ", "(.", "$.", ".We ", "e.g. ", "1. ", "?”"}) {
    std::string text;
    while (text.size() < 50000) text += unit;
    size_t covered = 0;
    for (const std::string_view sentence : SplitSentences(text)) covered += sentence.size();
    EXPECT_LE(covered, text.size()) << unit;
  }
}

TEST(Sentences, WordsHoldALetterOrADigit) {
  EXPECT_EQ(CountWords("We -- in 3 steps -- win."), 5);
  EXPECT_EQ(CountWords(" \n"), 0);
  EXPECT_EQ(CountWords("$x = y + 1$ -- $\\alpha$"), 4);
}

}  // namespace
}  // namespace paperwire::grounding
