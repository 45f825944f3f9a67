#include "services/summarize/third_person.h"

#include <gtest/gtest.h>

namespace paperwire::summarize {
namespace {

struct Telling {
  const char* said;
  const char* told;
};

class Tellings : public testing::TestWithParam<Telling> {};

TEST_P(Tellings, AreAboutTheAuthors) { EXPECT_EQ(ThirdPerson(GetParam().said), GetParam().told); }

INSTANTIATE_TEST_SUITE_P(
    All, Tellings,
    testing::Values(
        Telling{"We propose a model.", "The authors propose a model."},
        Telling{"In this paper, we propose a model.", "The authors propose a model."},
        Telling{"In this work we propose a model.", "The authors propose a model."},
        Telling{"Here, we've shown it.", "The authors have shown it."},
        Telling{"We show that we win and our loss helps us.",
                "The authors show that they win and their loss helps them."},
        Telling{"Our method wins.", "The authors' method wins."},
        Telling{"Unlike ours, it fails.", "Unlike theirs, it fails."},
        Telling{"To our knowledge, it is new.", "To the authors' knowledge, it is new."},
        Telling{"I propose a test.", "The author proposes a test."},
        Telling{"Type I errors fall.", "Type I errors fall."},
        Telling{"It holds in the US for $we + our$.", "It holds in the US for $we + our$."},
        Telling{"Let us consider a graph.", "The authors consider a graph."},
        Telling{"When we stop, it stops.", "When the authors stop, it stops."},
        Telling{"Power and weight matter.", "Power and weight matter."}));

TEST(ThirdPerson, ConnectivesGo) {
  EXPECT_EQ(WithoutConnective("However, it fails."), "It fails.");
  EXPECT_EQ(WithoutConnective("Finally, in this work, we stop."), "We stop.");
  EXPECT_EQ(WithoutConnective("It fails."), "It fails.");
  EXPECT_EQ(WithoutConnective("These results hold."), "The results hold.");
}

TEST(ThirdPerson, PointersLeanOnTheSentenceBefore) {
  for (const char* text : {"This enables more.", "These models hold.", "It wins.",
                           "To address these issues, the model learns.", "However, it fails."}) {
    EXPECT_TRUE(LeansOnPrevious(text)) << text;
  }
  for (const char* text : {"This paper shows it.", "In this work, all is well.", "Models win.",
                           "These results hold."}) {
    EXPECT_FALSE(LeansOnPrevious(text)) << text;
  }
}

}  // namespace
}  // namespace paperwire::summarize
