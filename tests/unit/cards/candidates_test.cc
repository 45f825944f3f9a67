#include "services/summarize/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "libs/grounding/sentences.h"

namespace paperwire::summarize {
namespace {

using testing::Contains;
using testing::Not;

std::vector<std::string> Texts(std::string_view sentence) {
  std::vector<std::string> texts;
  for (const Candidate& candidate : Candidates(sentence)) {
    texts.push_back(TextOf(sentence, candidate));
  }
  return texts;
}

struct Shortening {
  const char* sentence;
  const char* shorter;
  int cuts;
};

class Shortenings : public testing::TestWithParam<Shortening> {};

TEST_P(Shortenings, AreAmongTheCandidates) {
  const auto& [sentence, shorter, cuts] = GetParam();
  bool found = false;
  for (const Candidate& candidate : Candidates(sentence)) {
    if (TextOf(sentence, candidate) != shorter) continue;
    found = true;
    EXPECT_EQ(candidate.cuts, cuts) << sentence;
  }
  EXPECT_TRUE(found) << shorter << "\nonly " << testing::PrintToString(Texts(sentence));
}

INSTANTIATE_TEST_SUITE_P(
    All, Shortenings,
    testing::Values(
        Shortening{"In this paper, we propose a router for rare words.",
                   "We propose a router for rare words.", kOpeningDropped},
        Shortening{"However, the old router loses rare words.", "The old router loses rare words.",
                   kOpeningDropped},
        Shortening{"To address this, we propose a router for rare words.",
                   "We propose a router for rare words.", kOpeningDropped},
        Shortening{"Motivated by frugal bees, the authors propose a router for rare words.",
                   "The authors propose a router for rare words.", kOpeningDropped},
        Shortening{"We also introduce a bench of nine puzzles.",
                   "We introduce a bench of nine puzzles.", kOpeningDropped},
        Shortening{"The router (RT) saves half of the memory.",
                   "The router saves half of the memory.", kAsideDropped},
        Shortening{"The router (RT), like a table, saves half of the memory.",
                   "The router, like a table, saves half of the memory.", kAsideDropped},
        Shortening{"The router, which is a table, saves half of the memory.",
                   "The router saves half of the memory.", kAsideDropped},
        Shortening{"The router -- a table -- saves half of the memory.",
                   "The router saves half of the memory.", kAsideDropped},
        Shortening{"We use a router to cut the memory of small phones.", "We use a router.",
                   kTailCut},
        Shortening{"To cut the memory of phones, RareNet stores hashes of words.",
                   "RareNet stores hashes of words.", kOpeningDropped},
        Shortening{"We propose a table for rare words in long books.",
                   "We propose a table for rare words.", kTailCut},
        Shortening{"The router saves half of the memory, which helps small phones.",
                   "The router saves half of the memory.", kTailCut},
        Shortening{"The router saves half of the memory, while the old one wastes it.",
                   "The router saves half of the memory.", kTailCut},
        Shortening{"The router saves half of the memory by storing their hashes.",
                   "The router saves half of the memory.", kTailCut},
        Shortening{"We present a router that learns from its mistakes.", "We present a router.",
                   kTailCut},
        Shortening{"We show that the router saves half of the memory.",
                   "The router saves half of the memory.", kReportDropped},
        Shortening{"Extensive experiments on nine puzzles show that the router saves memory.",
                   "The router saves memory.", kReportDropped},
        Shortening{"We propose a router, and show that the table fits on a phone.",
                   "We show that the table fits on a phone.", kConjunctTaken},
        Shortening{"We propose a router, and show that the table fits on a phone.",
                   "The table fits on a phone.", kConjunctTaken | kReportDropped},
        Shortening{"We propose a small router, and show that the table fits on a phone.",
                   "We propose a small router.", kTailCut}));

struct Keeping {
  const char* sentence;
  // No candidate is this.
  const char* broken;
};

class Keepings : public testing::TestWithParam<Keeping> {};

TEST_P(Keepings, AreNotCutApart) {
  const std::vector<std::string> texts = Texts(GetParam().sentence);
  EXPECT_THAT(texts, Not(Contains(GetParam().broken)));
}

INSTANTIATE_TEST_SUITE_P(
    All, Keepings,
    testing::Values(
        Keeping{"The router saves memory when phones are small.", "The router saves memory."},
        Keeping{"The router saves memory, but only on phones.", "The router saves memory."},
        Keeping{"The router saves memory, if phones are small.", "The router saves memory."},
        Keeping{"For convex losses, we show that the router is fast.",
                "We show that the router is fast."},
        Keeping{"We do not find that the router saves memory on phones.",
                "The router saves memory on phones."},
        Keeping{"The router helps both phones as well as tablets and watches.",
                "The router helps both phones."},
        Keeping{"The router is much more careful across phones than the old table.",
                "The router is much more careful."},
        Keeping{"Routers beat tables that use a lot of memory.", "Routers beat tables."},
        Keeping{"The router is trained using hashes of rare words.", "The router is trained."},
        Keeping{"We use a coin to toss and optimize the rate of gain.",
                "We optimize the rate of gain."},
        Keeping{"The router allows small phones to store large tables.",
                "The router allows small phones."},
        Keeping{"The router maps words, stores tables, and wins the game.",
                "The router maps words, stores tables."},
        Keeping{"We study gains of 11--12% of the cost of phones.", "We study gains of 11."},
        Keeping{"We study dose--response curves of phones.", "We study dose."},
        Keeping{"The page shows two charts, the list of words, and a map.",
                "The page shows two charts."},
        Keeping{"The router is a table of words, and we prove its cost bound.",
                "We prove its cost bound."},
        Keeping{"We propose \\textbf{A router, a new table of rare words}.",
                "We propose \\textbf{A router."},
        Keeping{"The gains include: smaller tables; longer books for phones.",
                "The gains include: smaller tables."},
        Keeping{"The router gains 0.5 +/- 0.1 points of speed.", "The router gains 0.5 +/."},
        Keeping{"We use a router while carefully accounting for long books.",
                "We use a router while carefully accounting."},
        Keeping{"We use a table that maps words, trains a router, and wins.",
                "We use a table that maps words, trains a router."},
        Keeping{"We show that both are signs of the same cause.",
                "Both are signs of the same cause."},
        Keeping{"Under a heavy load we prove that the router is fast.", "The router is fast."},
        Keeping{"The router combines a table, which is small, with a long list.",
                "The router combines a table."},
        Keeping{"The parts include a small table, a list that grows, and a map.",
                "The parts include a small table, a list."},
        Keeping{"However, macOS phones use the old router.", "MacOS phones use the old router."},
        Keeping{"We show that this saves half of the memory of phones.",
                "This saves half of the memory of phones."},
        Keeping{"We name two parts: (i) tables, which grow, and (ii) hashes, which do not.",
                "We name two parts: (i) tables."}));

TEST(Candidates, BeginWithTheSentenceItself) {
  const std::string sentence = "However, we show that it works (sometimes).";
  const std::vector<Candidate> candidates = Candidates(sentence);
  ASSERT_FALSE(candidates.empty());
  EXPECT_EQ(candidates[0].cuts, kWhole);
  EXPECT_EQ(candidates[0].words, grounding::CountWords(sentence));
  EXPECT_EQ(TextOf(sentence, candidates[0]), sentence);
}

TEST(Candidates, SurviveHostileText) {
  EXPECT_TRUE(Candidates("").empty());
  for (const std::string unit : {"a", "a.", "$", "(", ")", "and ", ", which ", "we show that ",
                                 "\xE2\x80\x94", "(a) ", "\xF0\x9F"}) {
    std::string text;
    while (text.size() < 50000) text += unit;
    for (const size_t length : {size_t{50000}, size_t{3900}, size_t{7}}) {
      const std::string part = text.substr(0, length);
      EXPECT_LE(Candidates(part).size(), kMostCandidates) << unit;
      HasFiniteVerb(part);
    }
  }
}

TEST(Candidates, AVerbOutsideRelativeClausesMakesASentence) {
  for (const char* text :
       {"The router wins.", "Routers that learn can win the game.", "We train on nine puzzles.",
        "Experiments confirm the claim.", "The authors agree."}) {
    EXPECT_TRUE(HasFiniteVerb(text)) << text;
  }
  for (const char* text : {"", "A small router for large tables.", "A router that learns words",
                           "Training of tables by hand"}) {
    EXPECT_FALSE(HasFiniteVerb(text)) << text;
  }
}

}  // namespace
}  // namespace paperwire::summarize
