#include "services/summarize/llm_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/summarize/card.h"
#include "tests/unit/llm_cards/scripted.h"

namespace paperwire::llm_cards {
namespace {

using summarize::CardOutcome;
using summarize::LlmCard;
using testing::HasSubstr;

class LlmCards : public testing::Test {
 protected:
  LlmCard Make(std::stop_token stop = {}) {
    return summarize::MakeLlmCard({.paper = paper_,
                                   .material = material_,
                                   .embedded = embedded_,
                                   .model = "small-1",
                                   .temperature = 0.2},
                                  asker_, {.leaving = {}, .ending = std::move(stop)});
  }
  static std::string WithResults(const std::string& results) {
    v1::Summary parts = RightParts();
    parts.set_results(results);
    return Json(parts);
  }

  const v1::Paper paper_ = TinyTable();
  const summarize::Material material_ = summarize::MaterialOf(paper_);
  const v1::Summary embedded_ = summarize::Summarize(paper_);
  ScriptedAsker asker_;
};

TEST_F(LlmCards, ComeFromTheFirstAnswerIfItIsRight) {
  asker_.Say(Json(RightParts()));

  const LlmCard card = Make();

  EXPECT_EQ(card.outcome, CardOutcome::kAnswered);
  EXPECT_EQ(card.calls, 1);
  EXPECT_EQ(card.summary.results(), RightParts().results());
  const v1::Provenance& provenance = card.summary.provenance();
  EXPECT_EQ(provenance.summarizer(), v1::SUMMARIZER_KIND_LLM);
  EXPECT_EQ(provenance.model(), "small-1");
  EXPECT_EQ(provenance.prompt_version(), summarize::kPromptVersion);
  EXPECT_EQ(provenance.source(), v1::SUMMARY_SOURCE_ABSTRACT);
  EXPECT_EQ(provenance.paper_version(), 2u);
  EXPECT_GT(card.summary.keywords_size(), 0);
  EXPECT_EQ(card.summary.keywords_size(), embedded_.keywords_size());
  EXPECT_DOUBLE_EQ(asker_.requests().at(0).temperature, 0.2);
  EXPECT_THAT(asker_.firsts(), testing::ElementsAre(true));
}

TEST_F(LlmCards, AreAskedForOnceMoreWithTheReason) {
  asker_.Say(WithResults("Accuracy rises by 44% over full tables."));
  asker_.Say(Json(RightParts()));

  const LlmCard card = Make();

  EXPECT_EQ(card.outcome, CardOutcome::kRepaired);
  EXPECT_EQ(card.calls, 2);
  EXPECT_THAT(asker_.requests().at(1).user, HasSubstr("\"44%\" does not stand in the paper's"));
  EXPECT_THAT(asker_.requests()[1].user, HasSubstr("Accuracy rises by 44%"));
  EXPECT_THAT(asker_.firsts(), testing::ElementsAre(true, false));
  int again = 0;
  for (const v1::GroundingVerdict& verdict : card.summary.provenance().grounding()) {
    if (verdict.outcome() != v1::GROUNDING_OUTCOME_ASKED_AGAIN) continue;
    EXPECT_EQ(verdict.section(), v1::SECTION_RESULTS);
    ++again;
  }
  EXPECT_EQ(again, 1);
}

TEST_F(LlmCards, LoseTheSentencesThatTwoAnswersCouldNotGround) {
  asker_.Say(WithResults("Memory falls by 12.5x. Accuracy rises by 44% over full tables."));

  const LlmCard card = Make();

  EXPECT_EQ(card.outcome, CardOutcome::kTrimmed);
  EXPECT_EQ(card.calls, 2);
  EXPECT_EQ(card.summary.results(), "Memory falls by 12.5x.");
}

TEST_F(LlmCards, ComeFromTheFirstAnswerIfTheSecondIsWorse) {
  const std::string first =
      WithResults("Memory falls by 12.5x. Accuracy rises by 44% over full tables.");
  for (const llm::CallOutcome second :
       {llm::CallOutcome::kTimeout, llm::CallOutcome::kRefused, llm::CallOutcome::kTruncated}) {
    asker_ = ScriptedAsker({first});
    asker_.Say(second);
    const LlmCard card = Make();
    EXPECT_EQ(card.outcome, CardOutcome::kTrimmed);
    EXPECT_EQ(card.summary.results(), "Memory falls by 12.5x.");
  }
  asker_ = ScriptedAsker({first});
  asker_.NotAsked(v1::FALLBACK_REASON_BUDGET_EXHAUSTED);
  EXPECT_EQ(Make().outcome, CardOutcome::kTrimmed);
  asker_ = ScriptedAsker({first});
  asker_.Stopped();
  EXPECT_EQ(Make().outcome, CardOutcome::kTrimmed);
}

TEST_F(LlmCards, WhoseFirstAnswerCannotBePrintedAreStoppedWithTheSecond) {
  asker_ = ScriptedAsker({"no card"});
  asker_.Stopped();
  EXPECT_EQ(Make().outcome, CardOutcome::kStopped);
}

TEST_F(LlmCards, ThatWereCutShortSaySoWhereMoreRoomIsRefused) {
  asker_.Say(llm::CallOutcome::kTruncated);
  asker_.Say(llm::CallOutcome::kBadRequest);

  const LlmCard card = Make();

  EXPECT_EQ(card.failure, v1::FALLBACK_REASON_TRUNCATED);
  EXPECT_TRUE(card.own_account);
  EXPECT_EQ(card.calls, 2);
}

TEST_F(LlmCards, FailWhereTooLittleIsLeft) {
  asker_.Say(WithResults("Accuracy rises by 44% over full tables."));

  const LlmCard card = Make();

  EXPECT_EQ(card.outcome, CardOutcome::kFailed);
  EXPECT_EQ(card.failure, v1::FALLBACK_REASON_UNGROUNDED);
  EXPECT_TRUE(card.own_account);
}

TEST_F(LlmCards, FailWhereTwoAnswersCannotBeRead) {
  asker_.Say("I would love to, but here is a poem instead.");

  const LlmCard card = Make();

  EXPECT_EQ(card.failure, v1::FALLBACK_REASON_INVALID_OUTPUT);
  EXPECT_TRUE(card.own_account);
  EXPECT_EQ(card.calls, 2);
  EXPECT_THAT(asker_.requests().at(1).user, HasSubstr("not one whole JSON object"));
}

TEST_F(LlmCards, AreNotAskedForAgainAfterARefusal) {
  for (const llm::CallOutcome refused : {llm::CallOutcome::kRefused, llm::CallOutcome::kFiltered}) {
    asker_ = ScriptedAsker();
    asker_.Say(refused);
    const LlmCard card = Make();
    EXPECT_EQ(card.failure, v1::FALLBACK_REASON_REFUSED);
    EXPECT_TRUE(card.own_account);
    EXPECT_EQ(card.calls, 1);
  }
}

TEST_F(LlmCards, AreAskedForWithMoreRoomWhenTheyWereCutShort) {
  asker_.Say(llm::CallOutcome::kTruncated);
  asker_.Say(Json(RightParts()));
  EXPECT_EQ(Make().outcome, CardOutcome::kRepaired);
  EXPECT_GT(asker_.requests().at(1).max_output_tokens,
            2 * asker_.requests().at(0).max_output_tokens);
  EXPECT_EQ(asker_.requests()[1].user, asker_.requests()[0].user);

  asker_ = ScriptedAsker();
  asker_.Say(llm::CallOutcome::kTruncated);
  EXPECT_EQ(Make().failure, v1::FALLBACK_REASON_TRUNCATED);
}

TEST_F(LlmCards, OfAnEndpointThatFailsAreNotTheirOwnFault) {
  for (const llm::CallOutcome failing :
       {llm::CallOutcome::kRateLimited, llm::CallOutcome::kServerError, llm::CallOutcome::kTimeout,
        llm::CallOutcome::kUnreachable, llm::CallOutcome::kUnauthorized,
        llm::CallOutcome::kNoSuchModel, llm::CallOutcome::kQuotaExhausted,
        llm::CallOutcome::kNotAnEndpoint, llm::CallOutcome::kSchemaUnsupported}) {
    asker_ = ScriptedAsker();
    asker_.Say(failing);
    const LlmCard card = Make();
    EXPECT_EQ(card.outcome, CardOutcome::kFailed);
    EXPECT_EQ(card.failure, v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE);
    EXPECT_FALSE(card.own_account);
    EXPECT_EQ(card.calls, 1);
  }
}

TEST_F(LlmCards, ThatWereNotAskedForSayWhy) {
  for (const v1::FallbackReason reason :
       {v1::FALLBACK_REASON_BUDGET_EXHAUSTED, v1::FALLBACK_REASON_BUDGET_UNKNOWN,
        v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE}) {
    asker_ = ScriptedAsker();
    asker_.NotAsked(reason);
    const LlmCard card = Make();
    EXPECT_EQ(card.failure, reason);
    EXPECT_FALSE(card.own_account);
    EXPECT_EQ(card.calls, 0);
  }
}

TEST_F(LlmCards, EndSoonAfterAStop) {
  std::stop_source stop;
  asker_.Say(WithResults("Accuracy rises by 44% over full tables."));
  asker_.before = [&stop] { stop.request_stop(); };

  const LlmCard card = Make(stop.get_token());

  EXPECT_EQ(card.outcome, CardOutcome::kStopped);
  EXPECT_EQ(card.calls, 1);
}

}  // namespace
}  // namespace paperwire::llm_cards
