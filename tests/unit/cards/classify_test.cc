#include "services/classify/classify.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "libs/tags/catalogue.h"
#include "services/classify/lexicon.h"
#include "tests/unit/cards/fixtures.h"

namespace paperwire::classify {
namespace {

std::string FirstTag(const std::string& title, const std::string& abstract) {
  return Classify(cards::MakePaper(title, abstract), {}).front().slug();
}

TEST(Lexicon, SpeaksForEveryTagAndOnlyForThose) {
  std::set<int> spoken;
  for (const Pattern& pattern : Patterns()) {
    ASSERT_LT(pattern.tag, tags::Catalogue().size()) << pattern.phrase;
    spoken.insert(pattern.tag);
  }
  EXPECT_EQ(spoken.size(), tags::Catalogue().size());
}

TEST(Classify, KnowsPlainCases) {
  EXPECT_EQ(FirstTag("Robot Grasping with Fewer Trials", "A robot learns to grasp."), "robotics");
  EXPECT_EQ(FirstTag("Federated Averaging Revisited", "Clients train; a server aggregates."),
            "federated-learning");
  EXPECT_EQ(FirstTag("Time-Series Forecasting at Noon", "We forecast load."), "time-series");
  EXPECT_EQ(FirstTag("Graph Neural Networks That Wait", "GNNs pass messages."), "graph-learning");
  EXPECT_EQ(FirstTag("Faster Diffusion Models", "Diffusion models draw samples."),
            "generative-models");
  EXPECT_EQ(FirstTag("Vision-Language Models Count", "Multimodal models see."), "multimodal");
  EXPECT_EQ(FirstTag("Object Detection at Night", "Images are dark."), "computer-vision");
  EXPECT_EQ(FirstTag("Q-Learning, Slowly", "Reinforcement learning with late rewards."),
            "reinforcement-learning");
}

TEST(Classify, MatchesWholeWordsWhateverCaseAndHyphens) {
  EXPECT_EQ(FirstTag("Reinforcement-LEARNING", ""), "reinforcement-learning");
  // "organs" holds "gans", "curl" holds "rl".
  const std::vector<v1::Tag> tags = Classify(cards::MakePaper("Organs and Curl", "Girls."), {});
  EXPECT_TRUE(IsGuess(tags));
}

TEST(Classify, CategoriesAreWeakEvidence) {
  v1::Paper paper = cards::MakePaper("A Note", "Something is done.");
  paper.add_categories("cs.CV");
  EXPECT_EQ(Classify(paper, {}).front().slug(), "computer-vision");

  paper.set_title("Federated Learning for All");
  EXPECT_EQ(Classify(paper, {}).front().slug(), "federated-learning");
}

TEST(Classify, NothingKnownIsAGuessAndSaysSo) {
  for (const char* abstract : {"", "Xyzzy.", "\xff\xfe"}) {
    const std::vector<v1::Tag> tags = Classify(cards::MakePaper("Xyzzy", abstract), {});
    ASSERT_EQ(tags.size(), 1u);
    EXPECT_TRUE(IsGuess(tags));
    EXPECT_LT(tags[0].confidence(), kLowConfidence);
  }
}

TEST(Classify, TitlesWeighMoreThanAbstracts) {
  EXPECT_EQ(FirstTag("Robots", "Federated clients."), "robotics");
  EXPECT_EQ(FirstTag("Federated Clients", "Robots."), "federated-learning");
}

TEST(Classify, GivesOneToThreeKnownTagsInOrderWithEvidence) {
  std::vector<v1::Paper> papers = cards::GeneratedPapers(300, 3);
  for (const v1::Paper& paper : cards::HostilePapers()) papers.push_back(paper);
  for (const v1::Paper& paper : cards::OrdinaryPapers()) papers.push_back(paper);
  for (const v1::Paper& paper : papers) {
    const std::vector<v1::Tag> tags = Classify(paper, {});

    ASSERT_GE(tags.size(), 1u);
    ASSERT_LE(tags.size(), 3u);
    std::set<std::string> slugs;
    for (size_t i = 0; i < tags.size(); ++i) {
      EXPECT_NE(tags::FindBySlug(tags[i].slug()), nullptr);
      EXPECT_TRUE(slugs.insert(tags[i].slug()).second);
      EXPECT_GT(tags[i].confidence(), 0.0f);
      EXPECT_LT(tags[i].confidence(), 1.0001f);
      if (i > 0) {
        EXPECT_LE(tags[i].confidence(), tags[i - 1].confidence());
      }
      if (!IsGuess(tags) && i == 0) {
        EXPECT_GT(tags[i].evidence_size(), 0);
      }
    }
  }
}

}  // namespace
}  // namespace paperwire::classify
