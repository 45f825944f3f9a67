#include "services/summarize/keywords.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "libs/grounding/gate.h"
#include "services/summarize/terms.h"
#include "tests/unit/cards/fixtures.h"

namespace paperwire::summarize {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Of(const std::string& title, const std::string& abstract) {
  return Keywords(title, abstract, 8);
}

TEST(Keywords, AreTermsOfTheTitleAndWhatReturnsInTheAbstract) {
  EXPECT_THAT(Of("Gated Planning with Sparse Attention Heads",
                 "Sparse attention heads are slow. Pruning sparse attention heads helps a toy "
                 "planner, and the toy planner stays exact."),
              ElementsAre("sparse attention heads", "toy planner", "gated planning"));
}

TEST(Keywords, ACompoundWithAHyphenIsOneWord) {
  const auto keywords =
      Of("Off-Policy Reinforcement Learning Under Risk",
         "We study off-policy reinforcement learning. Risk-aware off-policy reinforcement learning "
         "is multi-step.");

  EXPECT_THAT(keywords, Contains("off-policy reinforcement learning"));
  EXPECT_THAT(keywords, Not(Contains("policy reinforcement learning")));
  EXPECT_THAT(keywords, Not(Contains("multi-step")));
}

TEST(Keywords, NoneSaysWhatAnotherOneSays) {
  const auto keywords =
      Of("Large Language Models (LLMs) for Molecular Graphs",
         "Large language models (LLMs) read a molecular graph. A Large Language Model writes "
         "molecular graphs. LLMs win; an LLM is large.");

  EXPECT_THAT(keywords, ElementsAre("large language models", "molecular graph"));
}

TEST(Keywords, AnAcronymStandsForItselfWhereNothingSpellsItOut) {
  EXPECT_THAT(Of("Faster FedSketch", "FedSketch is fast. FedSketch beats SGD, and SGDs are slow."),
              ElementsAre("FedSketch", "SGD"));
  // What stands in every other abstract says nothing.
  EXPECT_THAT(Of("On AI", "AI needs a GPU. AI is ML on a GPU, measured by AUC and AUC."),
              IsEmpty());
}

TEST(Keywords, AccentsStay) {
  EXPECT_THAT(Of("L\xC3\xA9vy Flights", "A L\xC3\xA9vy flight is long."),
              ElementsAre("L\xC3\xA9vy flight"));
  EXPECT_EQ(
      grounding::Gate("A L\xC3\xA9vy flight is long.").CheckTerm("L\xC3\xA9vy flights").outcome,
      v1::GROUNDING_OUTCOME_GROUNDED);
}

TEST(Keywords, AreInSmallLettersButForNames) {
  const auto keywords = Of("Kalman Filters for Quill Distance",
                           "We propose Gradual Tilt Matching (GTM). The Quill distance is new; a "
                           "Kalman filter needs the Quill distance. FedAvg averaging is used; "
                           "FedAvg averaging is slow.");

  EXPECT_THAT(keywords, Contains("Quill distance"));
  EXPECT_THAT(keywords, Contains("Kalman filter"));
  EXPECT_THAT(keywords, Contains("gradual tilt matching"));
  EXPECT_THAT(keywords, Contains("FedAvg averaging"));
}

TEST(Keywords, VerbsPraiseAndGeneralWordsMakeNoTerm) {
  const auto keywords =
      Of("Overcoming Reward Hacking: Agents Reflect Novel Methods",
         "Extensive experiments show that our novel method outperforms deep neural networks. "
         "Extensive experiments show significant performance gains of the model performance.");

  EXPECT_THAT(keywords, ElementsAre("reward hacking"));
}

TEST(Keywords, MathOtherScriptsAndNothingAreNoTrouble) {
  EXPECT_THAT(Of("", ""), IsEmpty());
  EXPECT_THAT(Of("$x^2$ $LLM$", "$\\alpha LLM LLM$ \xE2\x80\x94 \xE2\x80\x9C\xE2\x80\x9D"),
              IsEmpty());
  EXPECT_THAT(Of("\xE2", "\xC3 a-\xE2 --- -a b- \xF0\x9F"), IsEmpty());
  EXPECT_THAT(Of("Schr\xC3\xB6"
                 "dinger bridges",
                 "Schr\xC3\xB6"
                 "dinger bridges are bridges."),
              ElementsAre("Schr\xC3\xB6"
                          "dinger bridges"));
  const std::string long_word(100000, 'a');
  EXPECT_LE(Of(long_word, long_word + " " + long_word).size(), 1u);
  EXPECT_EQ(Keywords("Sparse Gates and Toy Planners", "Sparse gates.", 1).size(), 1u);
}

TEST(Keywords, OccurInTheirSource) {
  size_t all = 0;
  for (const v1::Paper& paper : cards::OrdinaryPapers()) {
    const auto keywords = Of(paper.title(), paper.abstract());
    all += keywords.size();
    const grounding::Gate gate(paper.title() + "\n" + paper.abstract());
    for (const std::string& keyword : keywords) {
      EXPECT_EQ(gate.CheckTerm(keyword).outcome, v1::GROUNDING_OUTCOME_GROUNDED) << keyword;
    }
  }
  EXPECT_GT(all, cards::OrdinaryPapers().size());
}

TEST(TermRuns, AreCutAtVerbsSignsAndWordsOfGrammar) {
  const TermRuns text("The toy planner (TP) learns sparse gates; masked diffusion of graphs");
  std::vector<std::string> runs;
  for (const TermRun& run : text.runs()) {
    std::string words;
    for (const TermWord& word : run.words) words += std::string(word.text) + " ";
    if (!words.empty()) runs.push_back(words + std::string(run.acronym));
  }

  EXPECT_THAT(
      runs, ElementsAre("toy planner TP", "TP ", "sparse gates ", "masked diffusion ", "graphs "));
}

}  // namespace
}  // namespace paperwire::summarize
