#include "libs/grounding/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paperwire::grounding {
namespace {

v1::Summary CardOf(const char* summary) {
  v1::Summary card;
  card.set_tldr("It helps.");
  card.add_highlights("It wins by 3%.");
  card.add_highlights("It wins by 99%.");
  card.set_summary(summary);
  card.set_results("It wins by 3%.");
  return card;
}

v1::GroundingOutcome OutcomeOf(const v1::Summary& card, v1::Section section) {
  for (const v1::GroundingVerdict& verdict : card.provenance().grounding()) {
    if (verdict.section() == section) return verdict.outcome();
  }
  return v1::GROUNDING_OUTCOME_UNSPECIFIED;
}

TEST(Gate, RemovesTheSentenceAndSaysWhy) {
  v1::Summary card = CardOf("It is small. It wins by 42% on GPT-9. It wins by 3%.");

  const int removed = Apply(card, "It is small and wins by 3%.");

  EXPECT_EQ(removed, 2);
  EXPECT_EQ(card.summary(), "It is small. It wins by 3%.");
  ASSERT_EQ(card.highlights_size(), 1);
  EXPECT_EQ(card.results(), "It wins by 3%.");
  EXPECT_EQ(OutcomeOf(card, v1::SECTION_SUMMARY), v1::GROUNDING_OUTCOME_REMOVED);
  EXPECT_EQ(OutcomeOf(card, v1::SECTION_HIGHLIGHTS), v1::GROUNDING_OUTCOME_REMOVED);
  EXPECT_EQ(OutcomeOf(card, v1::SECTION_RESULTS), v1::GROUNDING_OUTCOME_GROUNDED);
  ASSERT_EQ(card.provenance().grounding(2).ungrounded_size(), 2);
  EXPECT_EQ(card.provenance().grounding(2).ungrounded(0), "42%");
  EXPECT_EQ(card.provenance().grounding(2).ungrounded(1), "GPT-9");
}

TEST(Gate, AppliedTwiceIsAppliedOnce) {
  v1::Summary once = CardOf("It wins by 42%. It wins by 3%.");
  Apply(once, "It wins by 3%.");
  v1::Summary twice = once;

  EXPECT_EQ(Apply(twice, "It wins by 3%."), 0);

  EXPECT_EQ(twice.SerializeAsString(), once.SerializeAsString());
}

TEST(Gate, KeywordsThatTheSourceDoesNotHoldAreTakenOut) {
  v1::Summary card = CardOf("It wins by 3%.");
  for (const char* keyword :
       {"Graph Neural Networks", "time series", "LLM", "diffusion model", "series wins",
        "see https://x.example", "<b>LLM</b>", "", "time\xE2\x80\x8B-series"}) {
    card.add_keywords(keyword);
  }

  const int removed =
      Apply(card, "Graph neural network for time-series, wins for LLMs by 3%. See x.example.");

  EXPECT_EQ(removed, 1);  // the highlight
  EXPECT_THAT(card.keywords(),
              testing::ElementsAre("Graph Neural Networks", "time series", "LLM", "time-series"));
  EXPECT_EQ(OutcomeOf(card, v1::SECTION_KEYWORDS), v1::GROUNDING_OUTCOME_REMOVED);
  const auto& items = card.provenance().grounding(6).items();
  ASSERT_EQ(items.size(), 6);
  EXPECT_EQ(items[0].text(), "diffusion model");
  EXPECT_EQ(items[0].kind(), v1::GROUNDING_ITEM_KIND_NAME);
  EXPECT_EQ(items[1].text(), "series wins");
  EXPECT_EQ(items[2].kind(), v1::GROUNDING_ITEM_KIND_LINK);

  v1::Summary clean = CardOf("It wins by 3%.");
  clean.add_keywords("time series");
  Apply(clean, "time series wins by 3%");
  EXPECT_EQ(OutcomeOf(clean, v1::SECTION_KEYWORDS), v1::GROUNDING_OUTCOME_UNSPECIFIED);
}

TEST(Gate, RemovesLinksMarkupAndHiddenCharacters) {
  v1::Summary card = CardOf(
      "It is good. See https://x.example/a for more. It is <b>bold</b>. It is **strong**. "
      "It\xE2\x80\xAE turns. If $a < b$ and c > d it holds.");

  Apply(card, "3% and 99%");

  EXPECT_EQ(card.summary(), "It is good. It turns. If $a < b$ and c > d it holds.");
}

TEST(Gate, TellsArithmeticAndKeepsIt) {
  v1::Summary card;
  card.set_results("It doubles the score.");

  EXPECT_EQ(Apply(card, "The score grows from 40 to 80."), 0);

  EXPECT_EQ(card.results(), "It doubles the score.");
  EXPECT_EQ(OutcomeOf(card, v1::SECTION_RESULTS), v1::GROUNDING_OUTCOME_FLAGGED);
  const v1::GroundingVerdict& verdict = card.provenance().grounding(4);
  ASSERT_EQ(verdict.items_size(), 1);
  EXPECT_EQ(verdict.items(0).kind(), v1::GROUNDING_ITEM_KIND_DERIVED);
  EXPECT_EQ(verdict.ungrounded_size(), 0);
}

TEST(Gate, ReportsWithoutTouching) {
  const v1::Summary card = CardOf("It is small. It wins by 42%.");

  const std::vector<v1::GroundingVerdict> verdicts = Report(card, "It is small and wins by 3%.");

  ASSERT_EQ(verdicts.size(), 6u);
  EXPECT_EQ(verdicts[2].section(), v1::SECTION_SUMMARY);
  EXPECT_EQ(verdicts[2].items(0).kind(), v1::GROUNDING_ITEM_KIND_NUMBER);
  EXPECT_EQ(verdicts[2].items(0).text(), "42%");
  EXPECT_EQ(verdicts[3].outcome(), v1::GROUNDING_OUTCOME_GROUNDED);
}

}  // namespace
}  // namespace paperwire::grounding
