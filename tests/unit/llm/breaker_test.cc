#include "libs/llm/breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/llm/retry_budget.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class BreakerTest : public testing::Test {
 protected:
  // Lets a call through and tells its outcome.
  void Call(CallOutcome outcome) {
    const auto permit = breaker_.Allow();
    ASSERT_TRUE(permit.has_value());
    breaker_.Record(*permit, outcome, "detail");
  }
  void Open() { Call(CallOutcome::kUnauthorized); }
  // How long it stays open, found by a clock that goes in steps of 100 ms.
  milliseconds OpenFor() {
    milliseconds waited{0};
    while (!breaker_.WouldAllow()) {
      clock_.Advance(milliseconds(100));
      waited += milliseconds(100);
    }
    return waited;
  }

  clock::FakeClock clock_{clock::WallTime{}};
  Breaker breaker_{clock_, 7};
};

TEST_F(BreakerTest, HalfOfTheLastTwentyCallsFailingOpensIt) {
  for (int i = 0; i < 10; ++i) {
    Call(CallOutcome::kServerError);
    EXPECT_EQ(breaker_.state(), Breaker::State::kClosed) << i;
    if (i < 9) Call(CallOutcome::kAnswered);
  }
  // The twentieth call.
  Call(CallOutcome::kServerError);
  EXPECT_EQ(breaker_.state(), Breaker::State::kOpen);
  EXPECT_THAT(breaker_.why(), HasSubstr("11 of the last 20 calls failed, the last server-error: "));
}

TEST_F(BreakerTest, FewerThanTwentyCallsSayLittle) {
  for (int i = 0; i < 19; ++i) Call(CallOutcome::kRateLimited);
  EXPECT_EQ(breaker_.state(), Breaker::State::kClosed);
  Call(CallOutcome::kRateLimited);
  EXPECT_EQ(breaker_.state(), Breaker::State::kOpen);
}

TEST_F(BreakerTest, FewerThanHalfFailingKeepsItClosed) {
  for (int i = 0; i < 400; ++i) {
    Call(i % 20 < 9 ? CallOutcome::kServerError : CallOutcome::kAnswered);
    ASSERT_EQ(breaker_.state(), Breaker::State::kClosed) << i;
  }
}

TEST_F(BreakerTest, FiveLostInARowOpenItAndOneAnswerBetweenBreaksTheRow) {
  for (int i = 0; i < 4; ++i) Call(CallOutcome::kTimeout);
  Call(CallOutcome::kAnswered);
  for (int i = 0; i < 4; ++i) Call(CallOutcome::kUnreachable);
  EXPECT_EQ(breaker_.state(), Breaker::State::kClosed);
  Call(CallOutcome::kTimeout);
  EXPECT_EQ(breaker_.state(), Breaker::State::kOpen);
}

TEST_F(BreakerTest, WhatNoAskingMendsOpensItAtOnceAndSaysWhy) {
  for (const CallOutcome outcome : {CallOutcome::kUnauthorized, CallOutcome::kNoSuchModel,
                                    CallOutcome::kQuotaExhausted, CallOutcome::kNotAnEndpoint}) {
    Breaker breaker(clock_, 1);
    breaker.Record(*breaker.Allow(), outcome, "the detail");
    EXPECT_EQ(breaker.state(), Breaker::State::kOpen);
    EXPECT_EQ(breaker.why(), std::string(OutcomeName(outcome)) + ": the detail");
  }
}

TEST_F(BreakerTest, WhatTheModelSaysIsNoFailureOfTheEndpoint) {
  for (int i = 0; i < 100; ++i) {
    Call(i % 3 == 0   ? CallOutcome::kRefused
         : i % 3 == 1 ? CallOutcome::kTruncated
                      : CallOutcome::kFiltered);
  }
  EXPECT_EQ(breaker_.state(), Breaker::State::kClosed);
}

TEST_F(BreakerTest, OneProbeIsLetThroughWhenTheTimeIsOver) {
  Open();
  EXPECT_FALSE(breaker_.Allow().has_value());
  OpenFor();
  EXPECT_EQ(breaker_.state(), Breaker::State::kHalfOpen);
  const auto probe = breaker_.Allow();
  ASSERT_TRUE(probe.has_value());
  EXPECT_FALSE(breaker_.Allow().has_value());
  EXPECT_FALSE(breaker_.WouldAllow());
  breaker_.Record(*probe, CallOutcome::kAnswered, "");
  EXPECT_EQ(breaker_.state(), Breaker::State::kClosed);
  EXPECT_EQ(breaker_.why(), "");
  EXPECT_TRUE(breaker_.Allow().has_value());
}

TEST_F(BreakerTest, AProbeThatIsNotMadeLeavesRoomForAnother) {
  Open();
  OpenFor();
  breaker_.Record(*breaker_.Allow(), CallOutcome::kCancelled, "");
  EXPECT_EQ(breaker_.state(), Breaker::State::kHalfOpen);
  EXPECT_TRUE(breaker_.Allow().has_value());
}

TEST_F(BreakerTest, CallsFromBeforeSayNothingOfTheEndpointNow) {
  const auto early = breaker_.Allow();
  const auto other = breaker_.Allow();
  Open();
  EXPECT_FALSE(breaker_.Stands(*early));
  OpenFor();
  const auto probe = breaker_.Allow();
  breaker_.Record(*early, CallOutcome::kAnswered, "");
  EXPECT_EQ(breaker_.state(), Breaker::State::kHalfOpen) << "closed by an old call";
  EXPECT_TRUE(breaker_.Stands(*probe));
  breaker_.Record(*probe, CallOutcome::kAnswered, "");
  breaker_.Record(*other, CallOutcome::kUnauthorized, "");
  EXPECT_EQ(breaker_.state(), Breaker::State::kClosed) << "opened by an old call";
}

TEST_F(BreakerTest, ItStaysOpenTwiceAsLongEachTimeUpToFiveMinutes) {
  Open();
  for (const int64_t expected : {10, 20, 40, 80, 160, 300, 300}) {
    const milliseconds open = OpenFor();
    EXPECT_GE(open, seconds(expected) * 9 / 10);
    EXPECT_LE(open, seconds(expected) * 11 / 10 + milliseconds(100));
    Call(CallOutcome::kTimeout);
  }
  OpenFor();
  Call(CallOutcome::kAnswered);
  Open();
  EXPECT_LE(OpenFor(), seconds(11)) << "it began anew";
}

TEST_F(BreakerTest, TwoWorkersDoNotProbeAtOneMoment) {
  Breaker other(clock_, 8);
  Open();
  other.Record(*other.Allow(), CallOutcome::kUnauthorized, "");
  OpenFor();
  const bool together = other.WouldAllow();
  clock_.Advance(milliseconds(-100));
  EXPECT_FALSE(together && other.WouldAllow());
}

TEST(RetryBudgetTest, ATenthOfTheFirstAttemptsAfterTenThatAreFree) {
  RetryBudget budget;
  int retries = 0;
  while (budget.TakeRetry()) ++retries;
  EXPECT_EQ(retries, 10);
  for (int i = 0; i < 9; ++i) budget.CountFirst();
  EXPECT_FALSE(budget.TakeRetry());
  budget.CountFirst();
  EXPECT_TRUE(budget.TakeRetry());
  EXPECT_FALSE(budget.TakeRetry());
}

TEST(RetryBudgetTest, QuietTimesSaveUpNoMoreThanTen) {
  RetryBudget budget;
  for (int i = 0; i < 10'000; ++i) budget.CountFirst();
  int retries = 0;
  while (budget.TakeRetry()) ++retries;
  EXPECT_EQ(retries, 10);
}

}  // namespace
}  // namespace paperwire::llm
