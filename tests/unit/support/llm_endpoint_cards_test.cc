// That what the endpoint calls a good card is one to summarize, and what it calls a bad one is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "services/summarize/card.h"
#include "services/summarize/llm_card.h"
#include "tests/support/llm/card.h"
#include "tests/support/llm/prompt.h"
#include "tests/support/paper_source.h"

namespace paperwire::stand_in {
namespace {

using summarize::CardOutcome;

// Answers as the endpoint's model would: the first `faulty` times with the fault.
class Model final : public summarize::Asker {
 public:
  Model(Fault fault, int faulty) : fault_(fault), faulty_(faulty) {}

  summarize::Asked Ask(const llm::ChatRequest& request, bool, const summarize::Stops&) override {
    const nlohmann::json sent = {{"messages",
                                  {{{"role", "system"}, {"content", request.system}},
                                   {{"role", "user"}, {"content", request.user}}}}};
    summarize::Asked asked;
    asked.calls = 1;
    asked.answer.outcome = llm::CallOutcome::kAnswered;
    asked.answer.content =
        Content(ReadPrompt(sent), faulty_-- > 0 ? fault_ : Fault::kRateLimited, sent.dump());
    return asked;
  }

 private:
  Fault fault_;
  int faulty_;
};

summarize::LlmCard Card(int number, Fault fault, int faulty) {
  const v1::Paper paper = support::PaperSource("2026-06-24").Make(number);
  const summarize::Material material = summarize::MaterialOf(paper);
  const v1::Summary embedded = summarize::Summarize(paper);
  Model model(fault, faulty);
  return MakeLlmCard({.paper = paper, .material = material, .embedded = embedded, .model = "m"},
                     model, {});
}

TEST(LlmEndpointCards, AreCardsAtTheFirstAnswer) {
  for (int number = 1; number <= 100; ++number) {
    const summarize::LlmCard card = Card(number, Fault::kRateLimited, 0);
    EXPECT_EQ(card.outcome, CardOutcome::kAnswered) << number << card.summary.DebugString();
    EXPECT_EQ(card.calls, 1);
  }
}

TEST(LlmEndpointCards, WithAFaultInTheFirstAnswerAreRepaired) {
  for (const Fault fault :
       {Fault::kLength, Fault::kRefusalProse, Fault::kWhitespace, Fault::kThinkOnly, Fault::kProse,
        Fault::kMissingField, Fault::kExtraField, Fault::kWrongType, Fault::kTooMany,
        Fault::kEchoedPrompt, Fault::kInventedNumbers, Fault::kOnlyInventions, Fault::kInjectedText,
        Fault::kInjectedMarkup, Fault::kForeign, Fault::kRubbish}) {
    for (int number = 1; number <= 10; ++number) {
      EXPECT_EQ(Card(number, fault, 1).outcome, CardOutcome::kRepaired) << Name(fault);
    }
  }
}

TEST(LlmEndpointCards, WithThoughtsOrFencesAroundThemAreCards) {
  for (const Fault fault : {Fault::kThink, Fault::kFences}) {
    EXPECT_EQ(Card(1, fault, 2).outcome, CardOutcome::kAnswered) << Name(fault);
  }
}

TEST(LlmEndpointCards, InventedOrInjectedLoseWhatIsWrongOrStandBack) {
  for (int number = 1; number <= 50; ++number) {
    const summarize::LlmCard good = Card(number, Fault::kRateLimited, 0);
    for (const Fault fault :
         {Fault::kInventedNumbers, Fault::kInjectedText, Fault::kInjectedMarkup}) {
      const summarize::LlmCard card = Card(number, fault, 2);
      ASSERT_EQ(card.calls, 2);
      if (card.outcome == CardOutcome::kFailed) continue;
      EXPECT_EQ(card.outcome, CardOutcome::kTrimmed) << Name(fault);
      EXPECT_EQ(card.summary.summary(), good.summary.summary()) << Name(fault);
    }
    EXPECT_EQ(Card(number, Fault::kOnlyInventions, 2).outcome, CardOutcome::kFailed);
    EXPECT_EQ(Card(number, Fault::kRubbish, 2).outcome, CardOutcome::kFailed);
    EXPECT_EQ(Card(number, Fault::kEchoedPrompt, 2).outcome, CardOutcome::kFailed);
  }
}

}  // namespace
}  // namespace paperwire::stand_in
