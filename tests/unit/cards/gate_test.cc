#include "libs/grounding/gate.h"

#include <gtest/gtest.h>

#include "libs/grounding/hygiene.h"

namespace paperwire::grounding {
namespace {

struct Claim {
  const char* text;
  const char* source;
  bool grounded;
};

class Claims : public testing::TestWithParam<Claim> {};

TEST_P(Claims, AreHeldAgainstTheirSource) {
  const Claim& claim = GetParam();

  EXPECT_EQ(UngroundedNumbers(claim.text, claim.source).empty(), claim.grounded)
      << claim.text << " / " << claim.source;
}

INSTANTIATE_TEST_SUITE_P(
    All, Claims,
    testing::Values(
        Claim{"improves by 93.4%", "reaches 93.4 \\% accuracy", true},
        Claim{"improves by 93%", "reaches 93.4% accuracy", true},
        Claim{"improves by 93.42%", "reaches 93.4% accuracy", false},
        Claim{"improves by 94%", "reaches 93.4% accuracy", false},
        Claim{"5% of rows", "a share of 0.05 of all rows", true},
        Claim{"5% of rows", "over 5 data sets", false},
        Claim{"10^4 steps", "ten thousand steps", true},
        Claim{"10,000 steps", "$10^{4}$ steps", true}, Claim{"480,000 rows", "480K rows", true},
        Claim{"1.2 million rows", "1,234,567 rows", true},
        Claim{"1.3 million rows", "1,234,567 rows", false},
        Claim{"13 data sets", "thirteen data sets", true},
        Claim{"thirteen data sets", "13 data sets", true},
        Claim{"fourteen data sets", "13 data sets", false},
        Claim{"3x faster", "a factor of 3", true}, Claim{"3x faster", "a threefold gain", true},
        Claim{"2x faster", "twice as fast", true}, Claim{"3x faster", "3 data sets", false},
        Claim{"beats GPT-4", "we compare with GPT-4 and others", true},
        Claim{"beats GPT-4", "we compare on 4 data sets", false},
        Claim{"4 models", "we compare with GPT-4", false},
        Claim{"uses resnet50", "uses ResNet-50", true},
        Claim{"a 7B model", "Qwen2.5-7B is used", true},
        Claim{"gains of 10% and 20%", "gains of 10-20%", true},
        Claim{"one may see that the first is better", "nothing", true},
        Claim{"no numbers", "", true}, Claim{"7 of them", "", false}));

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

TEST(Gate, RemovesLinksMarkupAndHiddenCharacters) {
  v1::Summary card = CardOf(
      "It is good. See https://x.example/a for more. It is <b>bold</b>. It is **strong**. "
      "It\xE2\x80\xAE turns. If $a < b$ and c > d it holds.");

  Apply(card, "3% and 99%");

  EXPECT_EQ(card.summary(), "It is good. It turns. If $a < b$ and c > d it holds.");
}

TEST(Hygiene, KeepsTheWordsAroundWhatItTakesOut) {
  EXPECT_EQ(WithoutLinksAndMarkup("a **bold** word, see https://x.example/y. Done"),
            "a bold word, see . Done");
  EXPECT_FALSE(HasLinkOrMarkup("p < q and r > s, e.g. $x^{**}$"));
  EXPECT_TRUE(HasLinkOrMarkup("<script>"));
  EXPECT_TRUE(HasLinkOrMarkup("<a href='x'>"));
  EXPECT_TRUE(HasLinkOrMarkup("www.example.org"));
}

}  // namespace
}  // namespace paperwire::grounding
