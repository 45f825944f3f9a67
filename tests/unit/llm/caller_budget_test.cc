// What a budget and a store that is away allow.
#include <gmock/gmock.h>

#include "tests/unit/llm/caller_fixture.h"

namespace paperwire::llm {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;

// 456 tokens are reserved for each call, and 150 spent.
class CallerBudgetTest : public CallerFixture {};

TEST_F(CallerBudgetTest, ThereIsNoCallBeyondTheHardLimit) {
  Limit({.hard_tokens = 1000});
  int calls = 0;
  while (Call().refusal == Refusal::kNone) ++calls;
  // 4 · 150 + 456 would be more than 1000.
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(chat_.calls(), 4);
  EXPECT_LE(budget_->Spent().tokens, 1000);
  EXPECT_FALSE(caller_->Healthy());
  EXPECT_THAT(caller_->WhyNot(), HasSubstr("the day's hard budget is used up"));
  EXPECT_EQ(Call(Purpose::kContinue).refusal, Refusal::kBudgetHard);
}

TEST_F(CallerBudgetTest, BeyondTheSoftLimitWhatWasBegunIsFinished) {
  Limit({.soft_microdollars = 700});
  while (Call().refusal == Refusal::kNone) {
  }
  EXPECT_EQ(Call().refusal, Refusal::kBudgetSoft);
  EXPECT_FALSE(caller_->Healthy());
  EXPECT_EQ(Call(Purpose::kContinue).refusal, Refusal::kNone);
  EXPECT_FALSE(caller_->Healthy()) << "that says nothing of new papers";
}

TEST_F(CallerBudgetTest, TheNextDayBeginsAnew) {
  Limit({.hard_tokens = 500});
  Call();
  ASSERT_EQ(Call().refusal, Refusal::kBudgetHard);
  clock_.Advance(hours(24));
  EXPECT_TRUE(caller_->Healthy());
  EXPECT_EQ(Call().refusal, Refusal::kNone);
}

TEST_F(CallerBudgetTest, EveryRetryIsPaidForByTheBudget) {
  Limit({.hard_tokens = 1000});
  // A time-out may have been paid for: it counts as all that was reserved.
  chat_.Always(Failed(CallOutcome::kTimeout));
  const CallResult result = Call();
  EXPECT_EQ(result.calls, 2) << "a third could go over the limit";
  EXPECT_EQ(result.refusal, Refusal::kNone);
  EXPECT_EQ(result.answer.outcome, CallOutcome::kTimeout);
  EXPECT_EQ(budget_->Spent().tokens, 912);
}

TEST_F(CallerBudgetTest, WithoutItsStoreThereIsNoCall) {
  budget_->SetFailure(absl::UnavailableError("connection refused"));
  const CallResult result = Call();
  EXPECT_EQ(result.refusal, Refusal::kStoreAway);
  EXPECT_EQ(result.calls, 0);
  EXPECT_EQ(chat_.calls(), 0);
  EXPECT_THAT(result.why, HasSubstr("connection refused"));
  EXPECT_FALSE(caller_->Healthy());
  clock_.Advance(seconds(5));
  EXPECT_TRUE(caller_->Healthy()) << "worth another try";

  budget_->SetFailure(absl::OkStatus());
  limiter_.SetFailure(absl::UnavailableError("connection refused"));
  EXPECT_EQ(Call().refusal, Refusal::kStoreAway);
  EXPECT_EQ(chat_.calls(), 0);
  limiter_.SetFailure(absl::OkStatus());
  EXPECT_EQ(Call().refusal, Refusal::kNone);
  EXPECT_TRUE(caller_->Healthy());
}

TEST_F(CallerBudgetTest, AStoreThatGoesAwayInMidCallDoesNotLoseTheAnswer) {
  chat_.Meanwhile([&](const std::stop_token&) {
    budget_->SetFailure(absl::UnavailableError("gone"));
    limiter_.SetFailure(absl::UnavailableError("gone"));
  });
  EXPECT_EQ(Call().answer.outcome, CallOutcome::kAnswered);
  budget_->SetFailure(absl::OkStatus());
  limiter_.SetFailure(absl::OkStatus());
  chat_.Meanwhile(nullptr);
  clock_.Advance(DailyBudget::kReservationLife);
  Call();
  EXPECT_EQ(budget_->Spent().tokens, 456 + 150) << "what was never settled counts as the most";
}

TEST_F(CallerBudgetTest, APlaceThatTheBudgetForbadeToUseIsGivenBack) {
  Limit({.hard_tokens = 100});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Call().refusal, Refusal::kBudgetHard);
  EXPECT_EQ(limiter_.Admit(chat_.endpoint().Key(), "another")->in_flight, 1);
}

}  // namespace
}  // namespace paperwire::llm
