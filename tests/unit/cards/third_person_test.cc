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
        Telling{"We show that we win and our loss helps us.",
                "The authors show that they win and their loss helps them."},
        Telling{"Our method wins.", "The authors' method wins."},
        Telling{"Unlike ours, it fails.", "Unlike the authors', it fails."},
        Telling{"We beat a table unlike ours.", "The authors beat a table unlike theirs."},
        Telling{"To our knowledge, it is new.", "To the authors' knowledge, it is new."},
        Telling{"To the best of our knowledge, this is the first table.",
                "To the best of the authors' knowledge, this is the first table."},
        Telling{"Let us consider a graph.", "The authors consider a graph."},
        Telling{"When we stop, it stops.", "When the authors stop, it stops."},
        Telling{"It is open: we prove it.", "It is open: the authors prove it."},
        Telling{"We're sure we'll win.", "The authors are sure they will win."},
        Telling{"They ask “do we win?”", "They ask “do the authors win?”"},
        Telling{"A table—we built it—wins.", "A table—the authors built it—wins."},
        Telling{"For tables-we built them-it wins.", "For tables-the authors built them-it wins."},
        Telling{"It costs $5; our table costs less.",
                "It costs $5; the authors' table costs less."},
        Telling{"It does (as we show) win.", "It does (as the authors show) win."},
        Telling{"Power and weight matter.", "Power and weight matter."},
        Telling{"It holds in the US for $we + our$.", "It holds in the US for $we + our$."},
        Telling{"We play Guess My Hat and You-Rank-We-Rank.",
                "The authors play Guess My Hat and You-Rank-We-Rank."},
        Telling{"Themselves, ourselves.", "Themselves, themselves."}, Telling{"", ""}));

INSTANTIATE_TEST_SUITE_P(
    TheyAndTheir, Tellings,
    testing::Values(Telling{"We train tables and our loss falls.",
                            "The authors train tables and the loss falls."},
                    Telling{"We train tables while our cat sleeps.",
                            "The authors train tables while the authors' cat sleeps."},
                    Telling{"We train a table while our cat sleeps.",
                            "The authors train a table while their cat sleeps."},
                    Telling{"We build a table, and we test it.",
                            "The authors build a table, and test it."},
                    Telling{"We show that it is small and we test it.",
                            "The authors show that it is small and they test it."},
                    Telling{"We show that tables are small, and we test it.",
                            "The authors show that tables are small, and the authors test it."},
                    Telling{"We see that people win. We do not.",
                            "The authors see that people win. The authors do not."},
                    Telling{"We know cats; we feed dogs; we own birds.",
                            "The authors know cats; the authors feed dogs; they own birds."}));

INSTANTIATE_TEST_SUITE_P(
    WithoutAuthors, Tellings,
    testing::Values(
        Telling{"Our work is new.", "This work is new."},
        Telling{"Our results are new.", "The results are new."},
        Telling{"It follows from our main theorem.", "It follows from the main theorem."},
        Telling{"Our proposed table wins.", "The proposed table wins."},
        Telling{"The our table wins.", "The table wins."},
        Telling{"This allows us to win.", "This allows one to win."},
        Telling{"It lets us win.", "It lets one win."},
        Telling{"It gives us a table.", "It gives a table."},
        Telling{"How can we win?", "How can one win?"},
        Telling{"It helps us humans and we humans know.", "It helps humans and humans know."}));

INSTANTIATE_TEST_SUITE_P(
    OneAuthor, Tellings,
    testing::Values(
        Telling{"I propose a test.", "The author proposes a test."},
        Telling{"I also carry a test.", "The author also carries a test."},
        Telling{"I built a test and my test wins.",
                "The author built a test and the author's test wins."},
        Telling{"Here I study it and prove a bound.", "The author studies it and proves a bound."},
        Telling{"I can prove it and I'm sure.", "The author can prove it and the author is sure."},
        Telling{"I have shown it.", "The author has shown it."},
        Telling{"Type I errors fall.", "Type I errors fall."},
        Telling{"Part I shows it, and Part II uses I/O.", "Part I shows it, and Part II uses I/O."},
        Telling{"It does (i) this.", "It does (i) this."},
        Telling{"Spatial indices such as Moran's I summarize it.",
                "Spatial indices such as Moran's I summarize it."}));

INSTANTIATE_TEST_SUITE_P(
    Places, Tellings,
    testing::Values(Telling{"In this paper, we propose a model.", "The authors propose a model."},
                    Telling{"In this work we propose a model.", "The authors propose a model."},
                    Telling{"In this position paper,we argue.", "The authors argue."},
                    Telling{"Here, we've shown it.", "The authors have shown it."},
                    Telling{"In this paper and the next, it wins.",
                            "In this paper and the next, it wins."},
                    Telling{"In this paper-and-pencil test, it wins.",
                            "In this paper-and-pencil test, it wins."}));

TEST(ThirdPerson, WhatTheAuthorsSayThemselvesIsKnown) {
  for (const char* text : {"We win.", "It is ours.", "Let us go.", "What can I say?",
                           "It goes ways I deem odd.", "It is my table."}) {
    EXPECT_TRUE(HasFirstPerson(text)) << text;
  }
  for (const char* text :
       {"", "The authors win.", "Type I errors.", "It is in the US.", "$we$ win.",
        "It does (i) this.", "The matrix I is whole.", "We-Rank wins."}) {
    EXPECT_FALSE(HasFirstPerson(text)) << text;
  }
}

struct Lone {
  const char* written;
  const char* alone;
};

class Lones : public testing::TestWithParam<Lone> {};

TEST_P(Lones, StandWithoutTheSentenceBefore) {
  EXPECT_EQ(WithoutConnective(GetParam().written), GetParam().alone);
}

INSTANTIATE_TEST_SUITE_P(
    All, Lones,
    testing::Values(Lone{"However, it fails.", "It fails."},
                    Lone{"Finally, in this work, we stop.", "We stop."},
                    Lone{"Then we stop.", "We stop."}, Lone{"It fails.", "It fails."},
                    Lone{"These results hold.", "The results hold."},
                    Lone{"Moreover, this framework holds.", "The framework holds."},
                    Lone{"As a result, k-means wins.", "k-means wins."},
                    Lone{"Thus, eBPF wins.", "eBPF wins."},
                    Lone{"To get around this, we win.", "We win."}, Lone{"We also win.", "We win."},
                    Lone{"The authors further test it.", "The authors test it."},
                    Lone{"First of all, it wins.", "First of all, it wins."},
                    Lone{"However well it works, it fails.", "However well it works, it fails."},
                    Lone{"However, ", "However, "}, Lone{"", ""}));

TEST(ThirdPerson, PointersLeanOnTheSentenceBefore) {
  for (const char* text :
       {"This enables more.", "These models hold.", "It wins.", "However, it fails.",
        "To address these issues, the model learns.", "The latter wins.", "Such tables win.",
        "By doing this, we win a table.", "Though small, this table wins.",
        "Our router finds such tables.", "We demonstrate its use in tests.",
        "Despite their success, little is known.", "To meet the above needs, we test it.",
        "The second wins.", "In tests, it wins.", "Their cost is low.", "And so it goes."}) {
    EXPECT_TRUE(LeansOnPrevious(text)) << text;
  }
  for (const char* text :
       {"This paper shows it.", "In this work, all is well.", "Models win.", "These results hold.",
        "Moreover, this study is small.", "Tables such as ours win.", "In tests, this paper wins.",
        "It", "Parts, such as tables, win.", "To address this, we propose a table.",
        "To correct for this, we propose a table.", "Despite its size, RareNet is fast.",
        "Item tables win.", "We test tables in this paper.", ""}) {
    EXPECT_FALSE(LeansOnPrevious(text)) << text;
  }
}

}  // namespace
}  // namespace paperwire::summarize
