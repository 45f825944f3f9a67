#include <gtest/gtest.h>

#include <string>

#include "libs/grounding/fold.h"
#include "libs/grounding/gate.h"
#include "libs/grounding/names.h"
#include "libs/grounding/numbers.h"

namespace paperwire::grounding {
namespace {

std::string Repeated(const std::string& what, size_t bytes = 50000) {
  std::string text;
  while (text.size() < bytes) text += what;
  return text;
}

class Hostile : public testing::TestWithParam<std::string> {};

TEST_P(Hostile, TextIsReadToItsEnd) {
  const std::string& text = GetParam();
  const Folded folded(text);

  for (const Number& number : FindNumbers(folded.text())) {
    EXPECT_LT(number.begin, number.end);
    EXPECT_LE(number.end, folded.text().size());
    EXPECT_TRUE(number.value >= 0 && number.value <= 1e308);
    EXPECT_LE(folded.Written(text, number.begin, number.end).size(), text.size());
  }
  for (const Name& name : FindNames(folded.text())) {
    EXPECT_LT(name.begin, name.end);
    EXPECT_LE(name.end, folded.text().size());
  }
}

TEST_P(Hostile, TextMakesNoCard) {
  const Verdict verdict = Gate("We prune.").Check(v1::SECTION_SUMMARY, GetParam());

  EXPECT_LE(verdict.kept.size(), 4000u);
}

TEST_P(Hostile, SourceIsASourceLikeAnother) {
  const Gate gate(GetParam());

  EXPECT_EQ(gate.Check(v1::SECTION_SUMMARY, "We prune 12345 weights with Zorblax9.").removed, 1);
}

INSTANTIATE_TEST_SUITE_P(
    All, Hostile,
    testing::Values(Repeated("a"), Repeated("9"), Repeated("1,"), Repeated("1e999 "),
                    Repeated("a-1."), Repeated("NaN inf -inf "), Repeated("{{{"),
                    Repeated("$\\frac{\\sqrt{"), Repeated("\\"), Repeated("^"), Repeated("10^"),
                    Repeated("A B "), Repeated("Aa-"), Repeated("(1) "), Repeated("i) ii) "),
                    Repeated("two three "), Repeated("ABCDEFGH "), Repeated("\xE2\x80"),
                    Repeated("\xE2\x81\xB4"), Repeated("\xD9\xA3"), Repeated("x/2"),
                    Repeated("CIFAR-10/"), Repeated("3 million "), Repeated("`a"), Repeated("<a "),
                    Repeated("a. ")));

TEST(Hostile, NumbersBeyondCountingAreLeftOut) {
  EXPECT_TRUE(FindNumbers("1e999 and 10^9999").empty());
  EXPECT_TRUE(FindNumbers(std::string(5000, '9')).empty());
}

}  // namespace
}  // namespace paperwire::grounding
