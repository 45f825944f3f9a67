#include "services/classify/classify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "libs/tags/catalogue.h"
#include "services/classify/features.h"
#include "services/classify/lexicon.h"
#include "services/classify/phrase_text.h"
#include "services/classify/tag_model.h"
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

TEST(TagModel, IsRefusedBesideACatalogueOfAnotherSize) {
  EXPECT_TRUE(TagModel::Fits(tags::Catalogue()).ok());

  const auto one = tags::TagCatalogue::Parse(R"({"tags": [
      {"slug": "a", "name": "A", "meaning": "m", "excludes": "e"}], "retired": []})");
  const absl::Status status = TagModel::Fits(*one);
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_EQ(
      std::string(status.message()),
      std::string("the tag catalogue has 1 tags, but the model ") + kModel + " was trained for 14");
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

size_t IndexOf(std::string_view slug) {
  return static_cast<size_t>(tags::FindBySlug(slug) - tags::Catalogue().data());
}

TEST(Classify, CategoriesAreWeakEvidence) {
  v1::Paper paper = cards::MakePaper("A Note", "Something is done.");
  const size_t vision = IndexOf("computer-vision");
  const float before = Confidences(paper, {})[vision];
  paper.add_categories("cs.CV");
  paper.add_categories("no.Such");
  EXPECT_GT(Confidences(paper, {})[vision], before);

  paper.set_title("Federated Learning for All");
  EXPECT_EQ(Classify(paper, {}).front().slug(), "federated-learning");
}

TEST(Classify, ReadsTheSummaryWhereThereIsNoAbstract) {
  v1::Summary summary;
  summary.set_summary("Clients of a federated server train on their own data.");
  const v1::Paper paper = cards::MakePaper("A Note", "");

  EXPECT_EQ(Classify(paper, summary).front().slug(), "federated-learning");
  EXPECT_TRUE(IsGuess(Classify(paper, {})));
}

TEST(Classify, NothingKnownIsAGuessAndSaysSo) {
  const std::string long_word(100000, 'q');
  const std::vector<std::pair<std::string, std::string>> papers = {
      {"", ""},
      {"Xyzzy", "Xyzzy."},
      {"Xyzzy", "\xff\xfe"},
      {long_word, long_word},
      {"Die Welt", "Hier steht nur ein Satz auf Deutsch, der von niemandem verstanden wird."},
      {"一种新的方法", "本文提出一种新的方法。"},
      {"$x^2$", "$\\int_0^1 f(x)\\,dx = 1$ $$y$$ $"},
  };
  for (const auto& [title, abstract] : papers) {
    const std::vector<v1::Tag> tags = Classify(cards::MakePaper(title, abstract), {});
    ASSERT_EQ(tags.size(), 1u) << title.substr(0, 40);
    EXPECT_TRUE(IsGuess(tags)) << title.substr(0, 40);
    EXPECT_LT(tags[0].confidence(), kLowConfidence);
  }
}

TEST(Classify, ReadsOnlyTheBeginningOfWhatIsNoAbstract) {
  std::string words;
  for (size_t i = 0; i < kMostWords; ++i) words += "so ";
  const v1::Paper paper = cards::MakePaper("A Note", words + "robots robots robots robots");

  const size_t robotics = IndexOf("robotics");
  EXPECT_EQ(Confidences(paper, {})[robotics],
            Confidences(cards::MakePaper("A Note", words), {})[robotics]);
}

TEST(Classify, OneWordRepeatedForeverIsAGuess) {
  for (const std::string word : {"the", "we", "learning", "data", "robot", "theorem", "a b"}) {
    std::string words;
    while (words.size() < 100000) words += word + " ";
    EXPECT_TRUE(IsGuess(Classify(cards::MakePaper("", words), {}))) << word;
  }
}

TEST(Classify, CategoriesCountWhereNothingElseIsKnown) {
  v1::Paper paper = cards::MakePaper("Xyzzy", "");
  const float none = Confidences(paper, {})[IndexOf("robotics")];
  paper.add_categories("cs.RO");
  EXPECT_GT(Confidences(paper, {})[IndexOf("robotics")], none);

  const float once = Confidences(paper, {})[IndexOf("robotics")];
  paper.add_categories("cs.RO");
  EXPECT_EQ(Confidences(paper, {})[IndexOf("robotics")], once);
}

TEST(Classify, TitlesWeighMoreThanAbstracts) {
  const size_t robotics = IndexOf("robotics");
  const std::string rest = " We study how it is done and compare what others do with it.";
  EXPECT_GT(Confidences(cards::MakePaper("A Note on Robots", "A thing." + rest), {})[robotics],
            Confidences(cards::MakePaper("A Note on a Thing", "Robots." + rest), {})[robotics]);
}

TEST(Classify, GivesOneToThreeKnownTagsWithEvidence) {
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
      EXPECT_LE(tags[i].confidence(), 1.0f);
      if (tags[i].confidence() >= 0.5f) {
        EXPECT_GT(tags[i].evidence_size(), 0) << paper.title();
      }
      EXPECT_LE(tags[i].evidence_size(), 3);
    }
  }
}

// In lower case.
std::string Plain(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return plain;
}

TEST(Classify, EvidenceStandsInThePaper) {
  for (const v1::Paper& paper : cards::OrdinaryPapers()) {
    for (const v1::Tag& tag : Classify(paper, {})) {
      for (const std::string& phrase : tag.evidence()) {
        EXPECT_NE(Plain(paper.title() + "\n" + paper.abstract()).find(Plain(phrase)),
                  std::string::npos)
            << phrase;
      }
    }
  }
}

TEST(Classify, TheTagsGivenAreTheLikeliest) {
  for (const v1::Paper& paper : cards::OrdinaryPapers()) {
    const std::array<float, kTags> confidences = Confidences(paper, {});
    float least_given = 1;
    std::set<std::string> given;
    for (const v1::Tag& tag : Classify(paper, {})) {
      EXPECT_EQ(tag.confidence(), confidences[IndexOf(tag.slug())]);
      least_given = std::min(least_given, tag.confidence());
      given.insert(tag.slug());
    }
    for (size_t tag = 0; tag < kTags; ++tag) {
      if (given.contains(tags::Catalogue()[tag].slug)) continue;
      EXPECT_LE(confidences[tag], least_given);
    }
  }
}

TEST(TagModelDeathTest, StopsWhereTheWeightsAreNotForThisProgram) {
  EXPECT_DEATH(TagModel("PWTAGS00"), "weights are broken: no mark");
  EXPECT_DEATH(TagModel("PWTAGS02"), "weights are broken: too short");
  EXPECT_DEATH(TagModel(std::string_view("PWTAGS02\x0d\0\0\0", 12)), "trained for other features");
  EXPECT_DEATH(TagModel(std::string_view("PWTAGS02\x0e\0\0\0\0\0\0\0", 16)),
               "trained for other features");
}

TEST(PhraseText, IsWhatPeopleCanRead) {
  const std::string text = "We use the Graph-Neural\nnets. Models of x";
  std::vector<grounding::Word> words;
  grounding::ReadWords(text, words);

  EXPECT_EQ(PhraseText(text, words, 3, 2), "Graph-Neural");
  EXPECT_EQ(PhraseText(text, words, 4, 2), "Neural nets");
  // Function words say nothing, and two sentences are no phrase.
  EXPECT_EQ(PhraseText(text, words, 0, 3), "");
  EXPECT_EQ(PhraseText(text, words, 5, 2), "");
  EXPECT_EQ(PhraseText(text, words, 8, 1), "");
}

TEST(PhraseText, OnePhraseTellsWhatItHolds) {
  EXPECT_TRUE(Tells({"Federated Learning"}, "federated"));
  EXPECT_TRUE(Tells({"federated"}, "Federated Learning"));
  EXPECT_FALSE(Tells({"federated"}, "clients"));
}

}  // namespace
}  // namespace paperwire::classify
