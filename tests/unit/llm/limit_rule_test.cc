#include "libs/llm/limit_rule.h"

#include <gtest/gtest.h>

#include <random>

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;

constexpr Feedback kGood{.kind = Feedback::Kind::kGood, .latency = milliseconds(1000)};
constexpr Feedback kBad{.kind = Feedback::Kind::kBad, .latency = milliseconds(1000)};

class LimitRuleTest : public testing::Test {
 protected:
  // As many calls as are allowed, all at once.
  void RoundTrip(Feedback feedback) {
    now_ += feedback.latency.count();
    const int allowed = rule_.Allowed(cap_);
    for (int i = 0; i < allowed; ++i) rule_.Learn(feedback, now_, allowed - i, cap_);
  }

  int64_t now_ = 1'000'000;
  int cap_ = 1000;
  LimitRule rule_;
};

TEST_F(LimitRuleTest, ItBeginsAtFourAndNeverGoesAboveTheCap) {
  EXPECT_EQ(rule_.Allowed(1000), 4);
  EXPECT_EQ(rule_.Allowed(3), 3);
  EXPECT_EQ(rule_.Allowed(0), 1);
  cap_ = 10;
  for (int i = 0; i < 10; ++i) RoundTrip(kGood);
  EXPECT_EQ(rule_.Allowed(10), 10);
  EXPECT_EQ(rule_.Allowed(1000), 10);
}

TEST_F(LimitRuleTest, ItAlmostDoublesWithEachRoundTripUntilTheFirstTrouble) {
  RoundTrip(kGood);
  const int after_one = rule_.Allowed(cap_);
  EXPECT_GE(after_one, 7);
  for (int i = 0; i < 5; ++i) RoundTrip(kGood);
  EXPECT_GE(rule_.Allowed(cap_), 64);
}

TEST_F(LimitRuleTest, AfterTroubleItGrowsByOneWithAsManyAnswersAsItIs) {
  rule_.limit = 100;
  RoundTrip(kBad);
  ASSERT_EQ(rule_.Allowed(cap_), 70);
  now_ += 1000;
  for (int i = 0; i < 71; ++i) rule_.Learn(kGood, now_, 70, cap_);
  EXPECT_EQ(rule_.Allowed(cap_), 71);
}

TEST_F(LimitRuleTest, TroubleCutsItOnceForAllThatWereUnderWay) {
  rule_.limit = 100;
  RoundTrip(kBad);
  EXPECT_EQ(rule_.Allowed(cap_), 70);
  RoundTrip(kBad);
  EXPECT_EQ(rule_.Allowed(cap_), 49);
}

TEST_F(LimitRuleTest, ItNeverFallsBelowOne) {
  for (int i = 0; i < 50; ++i) RoundTrip(kBad);
  EXPECT_EQ(rule_.Allowed(cap_), 1);
}

TEST_F(LimitRuleTest, ALimitThatIsNotUsedDoesNotGrow) {
  rule_.limit = 50;
  for (int i = 0; i < 100; ++i) rule_.Learn(kGood, now_, 3, cap_);
  EXPECT_EQ(rule_.Allowed(cap_), 50);
}

TEST_F(LimitRuleTest, AnswersTwiceAsSlowAsUsualAreTrouble) {
  cap_ = 32;
  for (int i = 0; i < 8; ++i) RoundTrip(kGood);
  ASSERT_EQ(rule_.Allowed(cap_), 32);
  Feedback slow = kGood;
  slow.latency = milliseconds(3000);
  RoundTrip(slow);
  EXPECT_LT(rule_.Allowed(cap_), 32);
  EXPECT_FALSE(rule_.slow_start);
}

TEST_F(LimitRuleTest, OneSlowAnswerIsNot) {
  for (int i = 0; i < 4; ++i) RoundTrip(kGood);
  const int before = rule_.Allowed(cap_);
  Feedback slow = kGood;
  slow.latency = milliseconds(4000);
  rule_.Learn(slow, now_ + 4000, before, cap_);
  EXPECT_GE(rule_.Allowed(cap_), before);
}

// Answers of language models differ as much by themselves, however few are asked for at once.
TEST_F(LimitRuleTest, AnswersThatDifferALotAreNoTrouble) {
  cap_ = 16;
  std::mt19937 random(20260624);
  std::lognormal_distribution<double> seconds(1.4, 0.7);
  double sum = 0;
  constexpr int kAnswers = 20'000;
  for (int i = 0; i < kAnswers; ++i) {
    Feedback answer = kGood;
    answer.latency = milliseconds(static_cast<int64_t>(seconds(random) * 1000));
    now_ += 5000 / rule_.Allowed(cap_);
    rule_.Learn(answer, now_, rule_.Allowed(cap_), cap_);
    sum += rule_.Allowed(cap_);
  }
  EXPECT_GE(sum / kAnswers, 0.95 * cap_);
}

TEST_F(LimitRuleTest, AnEndpointThatHasBecomeSlowerForGoodIsUsualInTheEnd) {
  for (int i = 0; i < 4; ++i) RoundTrip(kGood);
  Feedback slow = kGood;
  slow.latency = milliseconds(3000);
  for (int i = 0; i < 60; ++i) RoundTrip(slow);
  const int before = rule_.Allowed(cap_);
  for (int i = 0; i < 10; ++i) RoundTrip(slow);
  EXPECT_GT(rule_.Allowed(cap_), before) << "it grows again";
}

TEST_F(LimitRuleTest, AFewMillisecondsMoreAreNoTrouble) {
  Feedback quick = kGood;
  quick.latency = milliseconds(2);
  for (int i = 0; i < 4; ++i) RoundTrip(quick);
  const int before = rule_.Allowed(cap_);
  quick.latency = milliseconds(40);
  RoundTrip(quick);
  EXPECT_GE(rule_.Allowed(cap_), before);
}

TEST_F(LimitRuleTest, WhoIsNextAsksSoonAndWhoIsFarBehindSeldom) {
  rule_.usual = 5000;
  EXPECT_LE(rule_.Turn(0, 64), milliseconds(40));
  EXPECT_GE(rule_.Turn(0, 1000), milliseconds(20));
  EXPECT_EQ(rule_.Turn(200, 64), milliseconds(1000));
}

}  // namespace
}  // namespace paperwire::llm
