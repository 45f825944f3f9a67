#include "libs/grounding/numbers.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/grounding/fold.h"

namespace paperwire::grounding {
namespace {

struct Case {
  const char* text;
  NumberKind kind;
  double value;
  double step;
};

class NumberCases : public testing::TestWithParam<Case> {};

TEST_P(NumberCases, AreReadAsWritten) {
  const Case& expected = GetParam();

  const Folded folded(expected.text);
  const std::vector<Number> numbers = FindNumbers(folded.text());

  ASSERT_FALSE(numbers.empty()) << expected.text;
  EXPECT_EQ(numbers[0].kind, expected.kind) << expected.text;
  EXPECT_NEAR(numbers[0].value, expected.value, 1e-9 + expected.value * 1e-9) << expected.text;
  EXPECT_NEAR(numbers[0].step, expected.step, 1e-12 + expected.step * 1e-9) << expected.text;
}

INSTANTIATE_TEST_SUITE_P(
    All, NumberCases,
    testing::Values(
        Case{"1,200 users", NumberKind::kPlain, 1200, 1},
        Case{"1{,}200 users", NumberKind::kPlain, 1200, 1},
        Case{"93.4%", NumberKind::kPercent, 93.4, 0.1},
        Case{"93.4 \\%", NumberKind::kPercent, 93.4, 0.1},
        Case{"$30\\%$", NumberKind::kPercent, 30, 1},
        Case{"five percent", NumberKind::kPercent, 5, 1},
        Case{"3x faster", NumberKind::kFactor, 3, 1},
        Case{"3\xC3\x97 faster", NumberKind::kFactor, 3, 1},
        Case{"$2.5\\times$", NumberKind::kFactor, 2.5, 0.1},
        Case{"a factor of 4", NumberKind::kFactor, 4, 1},
        Case{"threefold", NumberKind::kFactor, 3, 1}, Case{"3-fold", NumberKind::kFactor, 3, 1},
        Case{"7B parameters", NumberKind::kPlain, 7e9, 1e9},
        Case{"3.2M rows", NumberKind::kPlain, 3.2e6, 1e5},
        Case{"480K rows", NumberKind::kPlain, 480e3, 1e3},
        Case{"1.5 million", NumberKind::kPlain, 1.5e6, 1e5},
        Case{"1e-3", NumberKind::kPlain, 1e-3, 1e-3}, Case{"10^4", NumberKind::kPlain, 1e4, 1e4},
        Case{"$10^{-4}$", NumberKind::kPlain, 1e-4, 1e-4},
        Case{"2 \\times 10^{5}", NumberKind::kPlain, 2e5, 1e5},
        Case{"thirteen", NumberKind::kPlain, 13, 1}, Case{"twenty-one", NumberKind::kPlain, 21, 1},
        Case{"two hundred", NumberKind::kPlain, 200, 1},
        Case{"three thousand", NumberKind::kPlain, 3000, 1}, Case{"5th", NumberKind::kPlain, 5, 1},
        Case{"80ms", NumberKind::kTime, 0.08, 0.001},
        Case{"1.5 TB", NumberKind::kBytes, 1.5e12, 1e11},
        Case{"2.5 GHz", NumberKind::kFrequency, 2.5e9, 1e8},
        Case{"24-hour", NumberKind::kTime, 86400, 3600}, Case{"3D", NumberKind::kDimension, 3, 1},
        Case{"4-bit", NumberKind::kBits, 4, 1},
        Case{"three days", NumberKind::kTime, 259200, 86400},
        Case{"the 1990s", NumberKind::kPlain, 1990, 1},
        Case{"two orders of magnitude", NumberKind::kFactor, 100, 100},
        Case{"1200x800", NumberKind::kPlain, 1200, 1},
        Case{"x540 faster", NumberKind::kFactor, 540, 1}, Case{"top-5", NumberKind::kPlain, 5, 1}));

TEST(Numbers, NamesWithDigitsAreNone) {
  for (const std::string name : {"GPT-4", "ResNet-50", "Llama3", "F1", "H100", "CIFAR-10"}) {
    EXPECT_TRUE(FindNumbers("the " + name + " case").empty()) << name;
  }
}

TEST(Numbers, RangesAndListsShareTheirUnit) {
  for (const char* text : {"10-20%",
                           "10\xE2\x80\x93"
                           "20%",
                           "10 to 20%", "10 and 20%"}) {
    const Folded folded(text);
    const std::vector<Number> numbers = FindNumbers(folded.text());
    ASSERT_EQ(numbers.size(), 2u) << text;
    EXPECT_EQ(numbers[0].kind, NumberKind::kPlain) << text;
    EXPECT_EQ(numbers[0].shared_kind, NumberKind::kPercent) << text;
    EXPECT_EQ(numbers[0].value, 10) << text;
    EXPECT_EQ(numbers[1].value, 20) << text;
  }
}

TEST(Numbers, WordsThatOnlyLookLikeNumbersAreNone) {
  for (const char* text : {"often", "someone", "a tenet", "weight", "hundredth"}) {
    EXPECT_TRUE(FindNumbers(text).empty()) << text;
  }
}

}  // namespace
}  // namespace paperwire::grounding
