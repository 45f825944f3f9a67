#include "libs/grounding/fold.h"

#include <gtest/gtest.h>

#include <string>

namespace paperwire::grounding {
namespace {

TEST(Fold, WritesOneThingOneWay) {
  EXPECT_EQ(Folded("$1{,}200$").text(), "1,200");
  EXPECT_EQ(Folded("$10^{-4}$").text(), "10^-4");
  EXPECT_EQ(Folded("10\xE2\x81\xBB\xE2\x81\xB4").text(), "10^-4");
  EXPECT_EQ(Folded("93.4 \\%").text(), "93.4 %");
  EXPECT_EQ(Folded("3$\\times$").text(), "3\x01");
  EXPECT_EQ(Folded("3\xC3\x97").text(), "3\x01");
  EXPECT_EQ(Folded("$\\beta$-VAE").text(), "beta-VAE");
  EXPECT_EQ(Folded("\xCE\xB2\xE2\x80\x93VAE").text(), "beta-VAE");
  EXPECT_EQ(Folded("\xD9\xA3 \xF0\x9D\x9F\x98").text(), "3 0");
  EXPECT_EQ(Folded("$\\mathcal{O}(n)$").text(), "O(n)");
}

TEST(Fold, ReadsEnclosedDigits) {
  EXPECT_EQ(Folded("\xE2\x91\xA0\xE2\x91\xA1 percent").text(), "12 percent");
  EXPECT_EQ(Folded("\xE2\x91\xB3").text(), "20");
  EXPECT_EQ(Folded("\xE2\x9D\xB6 \xE2\x93\xAA \xE2\x92\x8E").text(), "1 0 7");
}

TEST(Fold, KnowsWhereEverythingWasWritten) {
  const std::string text = "is $\\beta$ at $1{,}200$ now";
  const Folded folded(text);
  const size_t at = folded.text().find("1,200");

  ASSERT_NE(at, std::string::npos);

  EXPECT_EQ(folded.Written(text, at, at + 5), "1{,}200");
  EXPECT_EQ(folded.OriginalOf(folded.text().size()), text.size());
}

TEST(Fold, BrokenBytesStayWhatTheyAre) {
  EXPECT_EQ(Folded("a\xE2\x82").text(), "a\xE2\x82");
  EXPECT_EQ(Folded("\\").text(), "");
  EXPECT_EQ(Folded("\xF0").text(), "\xF0");
}

}  // namespace
}  // namespace paperwire::grounding
