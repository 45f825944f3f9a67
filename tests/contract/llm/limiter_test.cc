#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/contract/llm/stores.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kEndpoint[] = "0123456789abcdef";

class LimiterContract : public StoresContract {
 protected:
  Limiter& limiter(int worker = 0) { return stores_->limiter(worker, options_); }
  Admission Admit(const std::string& call, int worker = 0) {
    const auto admission = limiter(worker).Admit(kEndpoint, call);
    EXPECT_TRUE(admission.ok()) << admission.status();
    return admission.value_or(Admission{.verdict = Admission::Verdict::kBlocked});
  }
  bool IsAdmitted(const std::string& call, int worker = 0) {
    return Admit(call, worker).verdict == Admission::Verdict::kAdmitted;
  }
  void Release(const std::string& call, const Feedback& feedback = {}, int worker = 0) {
    const auto status = limiter(worker).Release(kEndpoint, call, feedback);
    EXPECT_TRUE(status.ok()) << status;
  }
  // As many calls as are admitted, all with the same end.
  int RoundTrip(const Feedback& feedback) {
    std::vector<std::string> calls;
    while (true) {
      std::string call = fmt::format("{}", ++made_);
      if (!IsAdmitted(call)) {
        Release(call);
        break;
      }
      calls.push_back(std::move(call));
    }
    for (const std::string& call : calls) Release(call, feedback);
    return static_cast<int>(calls.size());
  }

  LimiterOptions options_{.cap = 64};
  int made_ = 0;
};

const Feedback kGood{.kind = Feedback::Kind::kGood, .latency = milliseconds(5)};
const Feedback kBad{.kind = Feedback::Kind::kBad, .latency = milliseconds(0)};

TEST_P(LimiterContract, FourAreAdmittedAtFirstWhoeverAsks) {
  EXPECT_TRUE(IsAdmitted("a", 0));
  EXPECT_TRUE(IsAdmitted("b", 1));
  EXPECT_TRUE(IsAdmitted("c", 0));
  const Admission fourth = Admit("d", 1);
  EXPECT_EQ(fourth.verdict, Admission::Verdict::kAdmitted);
  EXPECT_EQ(fourth.limit, 4);
  EXPECT_EQ(fourth.in_flight, 4);
  const Admission fifth = Admit("e", 0);
  EXPECT_EQ(fifth.verdict, Admission::Verdict::kFull);
  EXPECT_GE(fifth.wait, milliseconds(20));
  EXPECT_LE(fifth.wait, milliseconds(1000));
}

TEST_P(LimiterContract, ThoseWhoWaitComeInTheirOrder) {
  for (const char* call : {"a", "b", "c", "d"}) ASSERT_TRUE(IsAdmitted(call));
  EXPECT_FALSE(IsAdmitted("second", 0));
  EXPECT_FALSE(IsAdmitted("first to be last", 1));
  Release("a");
  EXPECT_FALSE(IsAdmitted("first to be last", 1)) << "another was before it";
  EXPECT_FALSE(IsAdmitted("new", 1)) << "two were before it";
  EXPECT_TRUE(IsAdmitted("second", 0));
  Release("b");
  EXPECT_TRUE(IsAdmitted("first to be last", 1));
}

TEST_P(LimiterContract, WhoGivesUpWaitingIsNoLongerBeforeOthers) {
  for (const char* call : {"a", "b", "c", "d"}) ASSERT_TRUE(IsAdmitted(call));
  ASSERT_FALSE(IsAdmitted("gives up"));
  Release("gives up");
  Release("a");
  EXPECT_TRUE(IsAdmitted("another"));
}

TEST_P(LimiterContract, WhoDiedWaitingIsForgotten) {
  options_.turn_life = milliseconds(500);
  for (const char* call : {"a", "b", "c", "d"}) ASSERT_TRUE(IsAdmitted(call));
  ASSERT_FALSE(IsAdmitted("dies"));
  Release("a");
  ASSERT_FALSE(IsAdmitted("another"));
  stores_->Pass(milliseconds(510));
  EXPECT_TRUE(IsAdmitted("another"));
}

TEST_P(LimiterContract, ACallWhoseWorkerDiedGivesItsPlaceBackAndARenewedOneDoesNot) {
  options_.member_life = milliseconds(1000);
  const std::vector<std::string> alive = {"a", "b"};
  for (const std::string& call : alive) ASSERT_TRUE(IsAdmitted(call, 0));
  ASSERT_TRUE(IsAdmitted("dead 1", 1));
  ASSERT_TRUE(IsAdmitted("dead 2", 1));
  for (int i = 0; i < 3; ++i) {
    stores_->Pass(milliseconds(400));
    ASSERT_TRUE(limiter().Renew(kEndpoint, alive).ok());
  }
  const Admission admission = Admit("c");
  EXPECT_EQ(admission.verdict, Admission::Verdict::kAdmitted);
  EXPECT_EQ(admission.in_flight, 3);
}

TEST_P(LimiterContract, TheLimitGrowsToTheCapAndIsUsedWhole) {
  std::vector<int> limits;
  for (int i = 0; i < 12; ++i) limits.push_back(RoundTrip(kGood));
  EXPECT_EQ(limits.front(), 4);
  EXPECT_GE(limits[1], 7);
  EXPECT_GE(limits[2], 12);
  EXPECT_EQ(limits.back(), 64);
}

TEST_P(LimiterContract, TroubleCutsTheLimitOnceForAWholeRoundTrip) {
  for (int i = 0; i < 12; ++i) RoundTrip(kGood);
  // All were under way when the first of them failed.
  std::vector<std::string> calls;
  for (int i = 0; i < 64; ++i) calls.push_back(fmt::format("bad {}", i));
  for (const std::string& call : calls) ASSERT_TRUE(IsAdmitted(call));
  for (const std::string& call : calls) {
    Release(call, {.kind = Feedback::Kind::kBad, .latency = seconds(10)});
  }
  EXPECT_EQ(RoundTrip(kGood), 44);
  EXPECT_EQ(RoundTrip(kGood), 45) << "and then it grows slowly";
  EXPECT_EQ(RoundTrip(kGood), 46);
}

TEST_P(LimiterContract, AnswersThatBecomeTwiceAsSlowAreTrouble) {
  for (int i = 0; i < 12; ++i) RoundTrip(kGood);
  RoundTrip({.kind = Feedback::Kind::kGood, .latency = milliseconds(900)});
  EXPECT_LT(RoundTrip(kGood), 64);
}

TEST_P(LimiterContract, BothKindsFollowTheSameRule) {
  LimitRule rule;
  stores_->Pass(milliseconds(1));
  for (const Feedback& feedback :
       {kGood, kGood, Feedback{.kind = Feedback::Kind::kGood, .latency = milliseconds(700)}, kGood,
        kBad, kGood, Feedback{}, kGood}) {
    const int limit = rule.Allowed(options_.cap);
    std::vector<std::string> calls;
    for (int i = 0; i < limit; ++i) calls.push_back(fmt::format("{}", ++made_));
    for (const std::string& call : calls) {
      const Admission admission = Admit(call);
      ASSERT_EQ(admission.verdict, Admission::Verdict::kAdmitted);
      ASSERT_EQ(admission.limit, limit);
    }
    for (int i = 0; i < limit; ++i) {
      // One bad answer at most: whether a second one cuts depends on the milliseconds between.
      const bool first = i == 0;
      const Feedback& told = feedback.kind == Feedback::Kind::kBad && !first ? kGood : feedback;
      Release(calls[static_cast<size_t>(i)], told);
      // Long ago, as the calls of another round trip are.
      rule.Learn(told, int64_t{made_} * 1'000'000, limit - i, options_.cap);
    }
  }
}

TEST_P(LimiterContract, RetryAfterBlocksEveryWorkerUntilItIsOver) {
  ASSERT_TRUE(IsAdmitted("a", 0));
  Release("a", {.kind = Feedback::Kind::kBad, .retry_after = milliseconds(1000)}, 0);
  const Admission admission = Admit("b", 1);
  EXPECT_EQ(admission.verdict, Admission::Verdict::kBlocked);
  EXPECT_GT(admission.wait, milliseconds(0));
  EXPECT_LE(admission.wait, milliseconds(1000));
  EXPECT_EQ(limiter(1).Admit("another endpoint", "c")->verdict, Admission::Verdict::kAdmitted);
  stores_->Pass(milliseconds(1010));
  EXPECT_TRUE(IsAdmitted("b", 1));
}

TEST_P(LimiterContract, AShorterBlockDoesNotEndALongerOneAndNoneIsEndless) {
  Release("a", {.retry_after = seconds(100)});
  Release("b", {.retry_after = seconds(1)});
  EXPECT_GT(Admit("c").wait, seconds(98));
  Release("d", {.retry_after = std::chrono::hours(1000)});
  EXPECT_LE(Admit("e").wait, options_.longest_block);
}

TEST_P(LimiterContract, ManyThreadsOfTwoWorkersNeverGoOverTheLimit) {
  options_.cap = 8;
  limiter(0);
  limiter(1);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 16; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 20; ++i) {
          const std::string call = fmt::format("{}:{}", thread, i);
          while (!IsAdmitted(call, thread % 2)) std::this_thread::yield();
          const int now = ++inside;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          --inside;
          Release(call, kGood, thread % 2);
        }
      });
    }
  }
  EXPECT_LE(most, 8);
}

INSTANTIATE_TEST_SUITE_P(Kinds, LimiterContract, kKinds, KindName);

}  // namespace
}  // namespace paperwire::llm
