#include "libs/grounding/numbers.h"

#include <gtest/gtest.h>

#include <string>

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

  const std::vector<Number> numbers = FindNumbers(expected.text);

  ASSERT_FALSE(numbers.empty()) << expected.text;
  EXPECT_EQ(numbers[0].kind, expected.kind) << expected.text;
  EXPECT_NEAR(numbers[0].value, expected.value, 1e-9 + expected.value * 1e-9) << expected.text;
  EXPECT_NEAR(numbers[0].step, expected.step, 1e-12 + expected.step * 1e-9) << expected.text;
}

INSTANTIATE_TEST_SUITE_P(All, NumberCases,
                         testing::Values(Case{"1,200 users", NumberKind::kPlain, 1200, 1},
                                         Case{"1{,}200 users", NumberKind::kPlain, 1200, 1},
                                         Case{"93.4%", NumberKind::kPercent, 93.4, 0.1},
                                         Case{"93.4 \\%", NumberKind::kPercent, 93.4, 0.1},
                                         Case{"$30\\%$", NumberKind::kPercent, 30, 1},
                                         Case{"five percent", NumberKind::kPercent, 5, 1},
                                         Case{"3x faster", NumberKind::kFactor, 3, 1},
                                         Case{"3\xC3\x97 faster", NumberKind::kFactor, 3, 1},
                                         Case{"$2.5\\times$", NumberKind::kFactor, 2.5, 0.1},
                                         Case{"a factor of 4", NumberKind::kFactor, 4, 1},
                                         Case{"threefold", NumberKind::kFactor, 3, 1},
                                         Case{"3-fold", NumberKind::kFactor, 3, 1},
                                         Case{"7B parameters", NumberKind::kPlain, 7e9, 1e9},
                                         Case{"3.2M rows", NumberKind::kPlain, 3.2e6, 1e5},
                                         Case{"480K rows", NumberKind::kPlain, 480e3, 1e3},
                                         Case{"1.5 million", NumberKind::kPlain, 1.5e6, 1e5},
                                         Case{"1e-3", NumberKind::kPlain, 1e-3, 1e-3},
                                         Case{"10^4", NumberKind::kPlain, 1e4, 1e4},
                                         Case{"$10^{-4}$", NumberKind::kPlain, 1e-4, 1e-4},
                                         Case{"2 \\times 10^{5}", NumberKind::kPlain, 2e5, 1e5},
                                         Case{"thirteen", NumberKind::kPlain, 13, 1},
                                         Case{"twenty-one", NumberKind::kPlain, 21, 1},
                                         Case{"two hundred", NumberKind::kPlain, 200, 1},
                                         Case{"three thousand", NumberKind::kPlain, 3000, 1},
                                         Case{"5th", NumberKind::kPlain, 5, 1},
                                         Case{"80ms", NumberKind::kPlain, 80, 1},
                                         Case{"top-5", NumberKind::kPlain, 5, 1}));

TEST(Numbers, NamesWithDigitsAreNames) {
  for (const std::string name : {"GPT-4", "ResNet-50", "Llama3", "F1", "H100", "CIFAR-10"}) {
    const std::vector<Number> numbers = FindNumbers("the " + name + " case");
    ASSERT_EQ(numbers.size(), 1u) << name;
    EXPECT_EQ(numbers[0].kind, NumberKind::kName) << name;
    EXPECT_EQ(numbers[0].end - numbers[0].begin, name.size()) << name;
  }
}

TEST(Numbers, RangesAndListsShareTheirUnit) {
  for (const char* text : {"10-20%",
                           "10\xE2\x80\x93"
                           "20%",
                           "10 to 20%", "10 and 20%"}) {
    const std::vector<Number> numbers = FindNumbers(text);
    ASSERT_EQ(numbers.size(), 2u) << text;
    EXPECT_EQ(numbers[0].kind, NumberKind::kPercent) << text;
    EXPECT_EQ(numbers[0].value, 10) << text;
    EXPECT_EQ(numbers[1].value, 20) << text;
  }
}

TEST(Numbers, WordsThatOnlyLookLikeNumbersAreNone) {
  for (const char* text : {"often", "someone", "a tenet", "weight", "hundredth"}) {
    EXPECT_TRUE(FindNumbers(text).empty()) << text;
  }
}

TEST(Numbers, HostileTextIsReadToItsEnd) {
  std::string hyphens;
  while (hyphens.size() < 50000) hyphens += "a-1.";
  for (const std::string& text :
       {std::string(50000, 'a'), std::string(50000, '9'), std::string(50000, ','), hyphens}) {
    for (const Number& number : FindNumbers(text)) {
      EXPECT_LT(number.begin, number.end);
      EXPECT_LE(number.end, text.size());
    }
  }
}

}  // namespace
}  // namespace paperwire::grounding
