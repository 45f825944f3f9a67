#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/contract/llm/stores.h"

namespace paperwire::llm {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Spend kCall{.tokens = 100, .microdollars = 1000};

class BudgetContract : public StoresContract {
 protected:
  Grant Reserve(const std::string& reservation, const Spend& most = kCall,
                Purpose purpose = Purpose::kNewPaper, int worker = 0) {
    const auto grant = stores_->budget(worker, limits_, life_).Reserve(reservation, most, purpose);
    EXPECT_TRUE(grant.ok()) << grant.status();
    return grant.value_or(Grant{});
  }
  void Settle(const std::string& reservation, const Spend& actual, int worker = 0) {
    const auto status = stores_->budget(worker, limits_, life_).Settle(reservation, actual);
    EXPECT_TRUE(status.ok()) << status;
  }

  DailyLimits limits_;
  milliseconds life_ = DailyBudget::kReservationLife;
};

TEST_P(BudgetContract, WithoutALimitEverythingIsGranted) {
  const Grant grant = Reserve("a", {.tokens = 1'000'000'000'000, .microdollars = 1});
  EXPECT_EQ(grant.verdict, Grant::Verdict::kGranted);
  EXPECT_FALSE(grant.tokens_left.has_value());
  EXPECT_FALSE(grant.microdollars_left.has_value());
  EXPECT_GT(grant.until_reset, milliseconds(0));
  EXPECT_LE(grant.until_reset, hours(24));
}

TEST_P(BudgetContract, WhatIsReservedCountsAsSpentUntilItIsSettled) {
  limits_ = {.hard_tokens = 250};
  EXPECT_EQ(Reserve("a").tokens_left, 150);
  EXPECT_EQ(Reserve("b", kCall, Purpose::kNewPaper, 1).tokens_left, 50);
  EXPECT_EQ(Reserve("c").verdict, Grant::Verdict::kHard);
  Settle("a", {.tokens = 30});
  Settle("b", {.tokens = 20}, 1);
  EXPECT_EQ(Reserve("d").tokens_left, 100);
}

TEST_P(BudgetContract, MoneyHasALimitOfItsOwn) {
  limits_ = {.hard_tokens = 1'000'000, .hard_microdollars = 1500};
  const Grant grant = Reserve("a");
  EXPECT_EQ(grant.microdollars_left, 500);
  EXPECT_EQ(grant.tokens_left, 999'900);
  EXPECT_EQ(Reserve("b").verdict, Grant::Verdict::kHard);
  EXPECT_EQ(Reserve("c", {.tokens = 1, .microdollars = 500}).verdict, Grant::Verdict::kGranted);
}

TEST_P(BudgetContract, BeyondTheSoftLimitWhatWasBegunIsFinishedUpToTheHardOne) {
  limits_ = {.soft_tokens = 150, .hard_tokens = 300};
  EXPECT_EQ(Reserve("a").verdict, Grant::Verdict::kGranted);
  EXPECT_EQ(Reserve("b").verdict, Grant::Verdict::kSoft);
  EXPECT_EQ(Reserve("c", kCall, Purpose::kContinue).verdict, Grant::Verdict::kGranted);
  EXPECT_EQ(Reserve("d", kCall, Purpose::kContinue).verdict, Grant::Verdict::kGranted);
  EXPECT_EQ(Reserve("e", kCall, Purpose::kContinue).verdict, Grant::Verdict::kHard);
}

TEST_P(BudgetContract, ARefusalReservesNothing) {
  limits_ = {.hard_tokens = 100};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Reserve(fmt::format("{}", i), {.tokens = 101}).verdict, Grant::Verdict::kHard);
  }
  EXPECT_EQ(Reserve("fits").verdict, Grant::Verdict::kGranted);
}

TEST_P(BudgetContract, SixteenThreadsNeverGoOverTheHardLimit) {
  limits_ = {.hard_tokens = 10'000, .hard_microdollars = 1'000'000};
  stores_->budget(0, limits_, life_);
  stores_->budget(1, limits_, life_);
  std::atomic<int> granted{0};
  std::atomic<int64_t> held{0};
  std::atomic<int64_t> spent{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 16; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 30; ++i) {
          const std::string reservation = fmt::format("{}:{}", thread, i);
          if (Reserve(reservation, kCall, Purpose::kContinue, thread % 2).verdict !=
              Grant::Verdict::kGranted) {
            continue;
          }
          ++granted;
          EXPECT_LE((held += kCall.tokens) + spent, 10'000);
          const int64_t actual = (thread * 7 + i) % kCall.tokens;
          held -= kCall.tokens;
          spent += actual;
          Settle(reservation, {.tokens = actual, .microdollars = 1}, thread % 2);
        }
      });
    }
  }
  EXPECT_LE(spent, 10'000);
  EXPECT_GE(granted, 100) << "what was not used was given back";
  EXPECT_EQ(Reserve("left", {.tokens = 10'000 - spent}).tokens_left, 0) << "counted exactly";
}

TEST_P(BudgetContract, AReservationOfADeadWorkerIsSpentInTheEnd) {
  limits_ = {.hard_tokens = 150};
  life_ = milliseconds(100);
  ASSERT_EQ(Reserve("dead", kCall, Purpose::kNewPaper, 1).verdict, Grant::Verdict::kGranted);
  stores_->Pass(milliseconds(110));
  EXPECT_EQ(Reserve("a").verdict, Grant::Verdict::kHard);
  EXPECT_EQ(Reserve("b", {.tokens = 50}).tokens_left, 0);
}

TEST_P(BudgetContract, OneThatIsSettledTooLateIsCountedAllTheSame) {
  limits_ = {.hard_tokens = 1000};
  life_ = milliseconds(50);
  Reserve("late");
  stores_->Pass(milliseconds(60));
  EXPECT_EQ(Reserve("a", {}).tokens_left, 900);
  Settle("late", {.tokens = 80});
  EXPECT_EQ(Reserve("b", {}).tokens_left, 820) << "money first";
}

TEST_P(BudgetContract, TheNextDayBeginsWithWhatIsStillReserved) {
  limits_ = {.hard_tokens = 250};
  Reserve("yesterday");
  Settle("yesterday", {.tokens = 100});
  Reserve("under way");
  ASSERT_EQ(Reserve("too much").verdict, Grant::Verdict::kHard);
  stores_->EndDay();
  if (GetParam() == "Redis") {
    EXPECT_EQ(Reserve("a", {}).tokens_left, 150) << "still reserved";
  } else {
    EXPECT_EQ(Reserve("a", {}).tokens_left, 150) << "lost in the night: spent";
  }
  Settle("under way", {.tokens = 10});
  if (GetParam() == "Redis") {
    EXPECT_EQ(Reserve("b", {}).tokens_left, 240);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, BudgetContract, kKinds, KindName);

}  // namespace
}  // namespace paperwire::llm
