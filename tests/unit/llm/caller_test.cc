#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "tests/unit/llm/caller_fixture.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class CallerTest : public CallerFixture {};

TEST_F(CallerTest, AnAnswerIsOneCallAndIsPaidFor) {
  const CallResult result = Call();
  EXPECT_EQ(result.refusal, Refusal::kNone);
  EXPECT_EQ(result.answer.outcome, CallOutcome::kAnswered);
  EXPECT_EQ(result.calls, 1);
  EXPECT_EQ(result.spent, (Spend{.tokens = 150, .microdollars = 200}));
  EXPECT_EQ(budget_->Spent(), result.spent);
  EXPECT_TRUE(caller_->Healthy());
}

TEST_F(CallerTest, WhatPassesIsTriedThreeTimesWithLongerAndLongerPauses) {
  chat_.Always(Failed(CallOutcome::kServerError));
  const auto before = clock_.SteadyNow();
  const CallResult result = Call();
  EXPECT_EQ(result.calls, 3);
  EXPECT_EQ(result.answer.outcome, CallOutcome::kServerError);
  EXPECT_EQ(result.refusal, Refusal::kNone);
  const auto waited = clock_.SteadyNow() - before;
  EXPECT_GE(waited, milliseconds((500 + 1000) * 3 / 4));
  EXPECT_LE(waited, milliseconds(500 + 1000));
  EXPECT_EQ(Metric("paperwire_summarize_llm_retries_total{endpoint=\"1\"}"), "2");
}

TEST_F(CallerTest, AnAnswerAfterARetryIsAnAnswer) {
  for (const auto outcome : {CallOutcome::kRateLimited, CallOutcome::kServerError,
                             CallOutcome::kTimeout, CallOutcome::kUnreachable}) {
    chat_.Then(Failed(outcome));
    const CallResult result = Call();
    EXPECT_EQ(result.calls, 2) << OutcomeName(outcome);
    EXPECT_EQ(result.answer.outcome, CallOutcome::kAnswered) << OutcomeName(outcome);
  }
}

TEST_F(CallerTest, WhatStaysAsItIsIsNotTriedAgain) {
  for (const auto outcome :
       {CallOutcome::kRefused, CallOutcome::kFiltered, CallOutcome::kTruncated, CallOutcome::kEmpty,
        CallOutcome::kBadRequest, CallOutcome::kTooLarge}) {
    chat_.Then(Failed(outcome));
    EXPECT_EQ(Call().calls, 1) << OutcomeName(outcome);
  }
}

TEST_F(CallerTest, WhatTheEndpointSaysOfRetriesIsObeyed) {
  ChatAnswer answer = Failed(CallOutcome::kServerError);
  answer.should_retry = false;
  chat_.Then(answer);
  EXPECT_EQ(Call().calls, 1);
  answer = Failed(CallOutcome::kBadRequest);
  answer.should_retry = true;
  chat_.Then(answer);
  EXPECT_EQ(Call().calls, 2);
}

TEST_F(CallerTest, RetriesAreATenthOfTheCallsOnceTenAreUsed) {
  ChatAnswer answer = Failed(CallOutcome::kServerError);
  int retries = 0;
  for (int i = 0; i < 200; ++i) {
    // One in three fails: the breaker stays closed.
    if (i % 3 == 0) chat_.Then(answer);
    retries += Call().calls - 1;
  }
  EXPECT_GE(retries, 10 + 17);
  EXPECT_LE(retries, 10 + 20);
}

TEST_F(CallerTest, CallsThatAreNotMadeEarnNoRetries) {
  const auto calls_of_one_that_fails = [&] {
    chat_.Then(Failed(CallOutcome::kServerError));
    return Call().calls;
  };
  // One more that works, so that the breaker stays closed.
  while (calls_of_one_that_fails() == 2) Call();
  limiter_.SetFailure(absl::UnavailableError("away"));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Call().refusal, Refusal::kStoreAway);
  limiter_.SetFailure(absl::OkStatus());
  EXPECT_EQ(calls_of_one_that_fails(), 1);
}

TEST_F(CallerTest, AShortRetryAfterIsWaitedForByEverybody) {
  ChatAnswer limited = Failed(CallOutcome::kRateLimited);
  limited.retry_after = seconds(7);
  chat_.Then(limited);
  const auto before = clock_.SteadyNow();
  EXPECT_EQ(Call().answer.outcome, CallOutcome::kAnswered);
  EXPECT_GE(clock_.SteadyNow() - before, seconds(7));
}

TEST_F(CallerTest, ALongRetryAfterBlocksTheEndpointForAllWorkers) {
  ChatAnswer limited = Failed(CallOutcome::kRateLimited);
  limited.retry_after = seconds(60);
  chat_.Then(limited);
  const CallResult first = Call();
  EXPECT_EQ(first.calls, 1);
  EXPECT_EQ(first.answer.outcome, CallOutcome::kRateLimited);
  EXPECT_FALSE(caller_->Healthy());
  EXPECT_THAT(caller_->WhyNot(), HasSubstr("left alone for 60 s"));

  Caller other({chat_, limiter_, *budget_, clock_, metrics_}, {.position = "2", .seed = 6});
  const CallResult second = other.Call(request_, Purpose::kNewPaper, {});
  EXPECT_EQ(second.refusal, Refusal::kBlocked);
  EXPECT_EQ(second.calls, 0);
  EXPECT_THAT(second.why, HasSubstr("left alone for 60 s"));

  clock_.Advance(seconds(60));
  EXPECT_TRUE(caller_->Healthy());
  EXPECT_EQ(Call().answer.outcome, CallOutcome::kAnswered);
}

TEST_F(CallerTest, NoEndpointShutsItselfForLongerThanTheLimiterHeeds) {
  ChatAnswer limited = Failed(CallOutcome::kRateLimited);
  limited.retry_after = std::chrono::hours(24);
  chat_.Then(limited);
  Call();
  EXPECT_FALSE(caller_->Healthy());
  clock_.Advance(LimiterOptions{}.longest_block);
  EXPECT_TRUE(caller_->Healthy());
}

TEST_F(CallerTest, ARefusalOfOnePaperDoesNotShutAnEndpointThatAnswersOthers) {
  ChatAnswer refused = Failed(CallOutcome::kUnauthorized);
  refused.may_be_the_request = true;
  Call();
  chat_.Then(refused);
  EXPECT_EQ(Call().answer.outcome, CallOutcome::kBadRequest);
  EXPECT_TRUE(caller_->Healthy());
  chat_.Then(Failed(CallOutcome::kUnauthorized));
  Call();
  EXPECT_FALSE(caller_->Healthy()) << "the key itself is refused";
}

TEST_F(CallerTest, ARefusalBeforeAnyAnswerShutsTheEndpointAtOnce) {
  ChatAnswer refused = Failed(CallOutcome::kNotAnEndpoint);
  refused.may_be_the_request = true;
  chat_.Then(refused);
  EXPECT_EQ(Call().answer.outcome, CallOutcome::kNotAnEndpoint);
  EXPECT_FALSE(caller_->Healthy());
}

TEST_F(CallerTest, AnOpenBreakerMakesNoCallAndCostsNothing) {
  chat_.Then(Failed(CallOutcome::kUnauthorized));
  EXPECT_EQ(Call().calls, 1);
  EXPECT_FALSE(caller_->Healthy());
  EXPECT_EQ(caller_->WhyNot(), "unauthorized: it broke");
  const CallResult result = Call();
  EXPECT_EQ(result.refusal, Refusal::kBreakerOpen);
  EXPECT_EQ(result.calls, 0);
  EXPECT_EQ(result.why, "unauthorized: it broke");
  EXPECT_EQ(chat_.calls(), 1);
  EXPECT_EQ(budget_->Spent(), Spend{});
  EXPECT_EQ(Metric("paperwire_summarize_llm_breaker_state{endpoint=\"1\",state=\"open\"}"), "1");
  EXPECT_EQ(
      Metric("paperwire_summarize_llm_refusals_total{endpoint=\"1\",reason=\"breaker-open\"}"),
      "1");
}

TEST_F(CallerTest, AfterThePauseOneProbeClosesTheBreaker) {
  chat_.Then(Failed(CallOutcome::kUnauthorized));
  Call();
  clock_.Advance(seconds(11));
  EXPECT_TRUE(caller_->Healthy()) << "who waits for it must be able to probe";
  EXPECT_EQ(Call().answer.outcome, CallOutcome::kAnswered);
  EXPECT_EQ(Metric("paperwire_summarize_llm_breaker_state{endpoint=\"1\",state=\"closed\"}"), "1");
}

TEST_F(CallerTest, AProbeThatWaitsForItsPlaceTooLongLeavesRoomForAnother) {
  chat_.Then(Failed(CallOutcome::kUnauthorized));
  Call();
  clock_.Advance(seconds(11));
  // Other workers have all places.
  const std::string key = chat_.endpoint().Key();
  int taken = 0;
  while (limiter_.Admit(key, "another " + std::to_string(taken))->verdict ==
         Admission::Verdict::kAdmitted) {
    ++taken;
  }
  auto probe = std::async(std::launch::async, [this] { return Call(); });
  // The clock goes on for as long as it waits.
  while (probe.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
    clock_.Advance(seconds(1));
    for (int i = 0; i < taken; ++i) {
      ASSERT_TRUE(limiter_.Renew(key, std::vector{"another " + std::to_string(i)}).ok());
    }
  }
  EXPECT_EQ(probe.get().refusal, Refusal::kBreakerOpen);

  for (int i = 0; i < taken; ++i) {
    ASSERT_TRUE(limiter_.Release(key, "another " + std::to_string(i), {}).ok());
  }
  EXPECT_EQ(Call().answer.outcome, CallOutcome::kAnswered);
}

TEST_F(CallerTest, AProbeThatTheBudgetForbidsCanBeMadeLater) {
  Limit({.hard_tokens = 500});
  chat_.Then(Failed(CallOutcome::kUnauthorized));
  Call();
  ASSERT_TRUE(budget_->Settle("another worker", {.tokens = 400}).ok());
  clock_.Advance(seconds(11));
  EXPECT_EQ(Call().refusal, Refusal::kBudgetHard);
  clock_.Advance(std::chrono::hours(24));
  EXPECT_EQ(Call().answer.outcome, CallOutcome::kAnswered);
}

TEST_F(CallerTest, RetriesEndWhenTheBreakerOpens) {
  chat_.Always(Failed(CallOutcome::kTimeout));
  EXPECT_EQ(Call().calls, 3);
  const CallResult result = Call();
  EXPECT_EQ(result.calls, 2) << "the fifth in a row opened it";
  EXPECT_EQ(result.answer.outcome, CallOutcome::kTimeout);
  EXPECT_EQ(Call().refusal, Refusal::kBreakerOpen);
}

TEST_F(CallerTest, StoppingEndsACallAndItsRetries) {
  chat_.Always(Failed(CallOutcome::kServerError));
  chat_.Meanwhile([&](const std::stop_token&) { stop_.request_stop(); });
  const CallResult result = Call();
  EXPECT_EQ(result.refusal, Refusal::kStopped);
  EXPECT_EQ(result.calls, 1);
  EXPECT_EQ(Call().refusal, Refusal::kStopped);
  EXPECT_EQ(chat_.calls(), 1);
}

TEST_F(CallerTest, NoMoreCallsAreUnderWayThanTheLimitAllows) {
  std::atomic<int> under_way{0};
  std::atomic<int> most{0};
  chat_.Meanwhile([&](const std::stop_token&) {
    const int now = ++under_way;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::yield();
    --under_way;
  });
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 32; ++i) {
      threads.emplace_back([&] {
        for (int call = 0; call < 20; ++call) {
          EXPECT_EQ(Call().answer.outcome, CallOutcome::kAnswered);
        }
      });
    }
  }
  EXPECT_EQ(chat_.calls(), 640);
  EXPECT_LE(most, 16) << "LimiterOptions::cap";
  EXPECT_EQ(Metric("paperwire_summarize_llm_in_flight{endpoint=\"1\"}"), "0");
}

TEST_F(CallerTest, TheMetricsTellCallsTokensAndMoney) {
  Limit({.hard_tokens = 10'000, .hard_microdollars = 5'000'000});
  Call();
  chat_.Then(Failed(CallOutcome::kRefused));
  Call();
  EXPECT_EQ(Metric("paperwire_summarize_llm_calls_total{endpoint=\"1\",outcome=\"answered\"}"),
            "1");
  EXPECT_EQ(Metric("paperwire_summarize_llm_calls_total{endpoint=\"1\",outcome=\"refused\"}"), "1");
  EXPECT_EQ(Metric("paperwire_summarize_llm_calls_total{endpoint=\"1\",outcome=\"timeout\"}"), "0");
  EXPECT_EQ(Metric("paperwire_summarize_llm_tokens_total{direction=\"input\",endpoint=\"1\"}"),
            "100");
  EXPECT_EQ(Metric("paperwire_summarize_llm_tokens_total{direction=\"output\",endpoint=\"1\"}"),
            "50");
  EXPECT_EQ(Metric("paperwire_summarize_llm_cost_dollars_total{endpoint=\"1\"}"), "0.0002");
  EXPECT_EQ(Metric("paperwire_summarize_llm_call_seconds_count{endpoint=\"1\"}"), "2");
  EXPECT_EQ(Metric("paperwire_summarize_llm_limit{endpoint=\"1\"}"), "5");
  // As of the latest reservation: 150 are spent, 456 reserved.
  EXPECT_EQ(Metric("paperwire_summarize_llm_budget_tokens_left"), "9394");
}

}  // namespace
}  // namespace paperwire::llm
