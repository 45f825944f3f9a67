#include "libs/llm/admissions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "libs/llm/memory_limiter.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool Always() { return true; }

// A limiter that a test looks into: how often it was asked, and what was renewed.
class WatchedLimiter final : public Limiter {
 public:
  explicit WatchedLimiter(const clock::Clock& clock, LimiterOptions options)
      : limiter_(clock, options) {}

  absl::StatusOr<Admission> Admit(const std::string& endpoint, const std::string& call) override {
    ++asked_;
    auto admission = limiter_.Admit(endpoint, call);
    // Nobody may come by asking again: only by being woken.
    if (admission.ok() && admission->verdict == Admission::Verdict::kFull && sleepy_) {
      admission->wait = std::chrono::hours(1);
    }
    if (admission.ok() && admission->verdict == Admission::Verdict::kFull) ++full_;
    return admission;
  }
  absl::Status Renew(const std::string& endpoint, std::span<const std::string> calls) override {
    renewed_ = static_cast<int>(calls.size());
    renewed_.notify_all();
    return limiter_.Renew(endpoint, calls);
  }
  absl::Status Release(const std::string& endpoint, const std::string& call,
                       const Feedback& feedback) override {
    return limiter_.Release(endpoint, call, feedback);
  }

  MemoryLimiter limiter_;
  std::atomic<bool> sleepy_{false};
  std::atomic<int> asked_{0};
  std::atomic<int> full_{0};
  std::atomic<int> renewed_{-1};
};

class AdmissionsTest : public testing::Test {
 protected:
  bool Enter(const std::string& call, const std::stop_token& stop = {}) {
    const auto entered = admissions_.Enter(call, Always, stop);
    EXPECT_TRUE(entered.ok());
    return entered.ok() && *entered && (*entered)->verdict == Admission::Verdict::kAdmitted;
  }
  void AwaitFull(int times) {
    while (limiter_.full_ < times) std::this_thread::yield();
  }

  clock::FakeClock clock_{clock::WallTime{seconds(1'000'000)}};
  WatchedLimiter limiter_{clock_, {.cap = 2}};
  Admissions admissions_{limiter_, "endpoint", clock_, {.renewal = milliseconds(10)}};
};

TEST_F(AdmissionsTest, APlaceGivenBackWakesTheFirstWhoWaits) {
  limiter_.sleepy_ = true;
  ASSERT_TRUE(Enter("one"));
  ASSERT_TRUE(Enter("two"));
  std::atomic<int> admitted{0};
  std::jthread third([&] { admitted += Enter("three") ? 1 : 0; });
  AwaitFull(1);
  std::jthread fourth([&] { admitted += Enter("four") ? 1 : 0; });
  AwaitFull(2);
  admissions_.Leave("one", {});
  third.join();
  EXPECT_EQ(admitted, 1);
  admissions_.Leave("two", {});
  fourth.join();
  EXPECT_EQ(admitted, 2);
}

TEST_F(AdmissionsTest, WhoIsStoppedWhileHeWaitsLeavesNothingBehind) {
  limiter_.sleepy_ = true;
  ASSERT_TRUE(Enter("one"));
  ASSERT_TRUE(Enter("two"));
  std::stop_source stop;
  std::jthread third([&] { EXPECT_FALSE(Enter("three", stop.get_token())); });
  AwaitFull(1);
  stop.request_stop();
  third.join();
  admissions_.Leave("one", {});
  EXPECT_EQ(limiter_.limiter_.Admit("endpoint", "four")->verdict, Admission::Verdict::kAdmitted)
      << "nobody is before it";
}

TEST_F(AdmissionsTest, WhoIsNoLongerWantedGivesUp) {
  ASSERT_TRUE(Enter("one"));
  ASSERT_TRUE(Enter("two"));
  std::atomic<bool> wanted{true};
  std::jthread third([&] {
    const auto entered = admissions_.Enter("three", [&] { return wanted.load(); }, {});
    EXPECT_TRUE(entered.ok());
    EXPECT_FALSE(entered->has_value());
  });
  AwaitFull(1);
  wanted = false;
  third.join();
}

TEST_F(AdmissionsTest, PlacesOfOtherWorkersAreFoundByAskingNowAndThen) {
  ASSERT_EQ(limiter_.limiter_.Admit("endpoint", "theirs 1")->verdict,
            Admission::Verdict::kAdmitted);
  ASSERT_EQ(limiter_.limiter_.Admit("endpoint", "theirs 2")->verdict,
            Admission::Verdict::kAdmitted);
  std::jthread waits([&] { EXPECT_TRUE(Enter("ours")); });
  AwaitFull(1);
  ASSERT_TRUE(limiter_.limiter_.Release("endpoint", "theirs 1", {}).ok());
  waits.join();
}

TEST_F(AdmissionsTest, PlacesTakenAreRenewedUntilTheyAreGivenBack) {
  ASSERT_TRUE(Enter("one"));
  ASSERT_TRUE(Enter("two"));
  while (limiter_.renewed_ != 2) limiter_.renewed_.wait(limiter_.renewed_);
  admissions_.Leave("one", {});
  while (limiter_.renewed_ != 1) limiter_.renewed_.wait(2);
  EXPECT_EQ(limiter_.limiter_.Admit("endpoint", "another")->in_flight, 2);
}

TEST_F(AdmissionsTest, AShortBlockIsSleptThroughAndALongOneIsNot) {
  ASSERT_TRUE(Enter("one"));
  admissions_.Leave("one", {.retry_after = seconds(9)});
  const auto before = clock_.SteadyNow();
  EXPECT_TRUE(Enter("two"));
  EXPECT_GE(clock_.SteadyNow() - before, seconds(9));
  admissions_.Leave("two", {.retry_after = seconds(11)});
  const auto entered = admissions_.Enter("three", Always, {});
  ASSERT_TRUE(entered.ok());
  ASSERT_TRUE(entered->has_value());
  EXPECT_EQ((*entered)->verdict, Admission::Verdict::kBlocked);
}

TEST_F(AdmissionsTest, WaitersOfManyThreadsAllComeToTheirTurn) {
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&, i] {
        for (int call = 0; call < 10; ++call) {
          const std::string id = std::to_string(i) + ":" + std::to_string(call);
          ASSERT_TRUE(Enter(id));
          const int now = ++inside;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          --inside;
          admissions_.Leave(id, {});
        }
      });
    }
  }
  EXPECT_LE(most, 2);
}

}  // namespace
}  // namespace paperwire::llm
