// A language model's endpoint goes away in the middle of 300 papers, for
// PAPERWIRE_E2E_OUTAGE_SECONDS (by default 6), and comes back: no reader waits for it, every card
// that stood in says why, the feed says that it is degraded, and all of them are replaced.
#include <thread>

#include "absl/time/clock.h"
#include "libs/calendar/calendar.h"
#include "tests/e2e/llm_fixture.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::Stopwatch;
using support::WaitUntil;

constexpr int kFirst = 1;
constexpr int kThird = 100;
constexpr int kPapers = 3 * kThird;

class LlmOutageTest : public LlmTest {
 protected:
  // The state of the feed is that of the real calendar.
  LlmOutageTest() : LlmTest({.feed_clock = "real"}) {}

  void SetUp() override {
    LlmTest::SetUp();
    absl::CivilDay day = calendar::DateInNewYork(absl::Now());
    while (!calendar::IsAnnouncementDate(day)) --day;
    SetDay(absl::FormatCivilTime(day));
    outage_ = seconds(support::EnvironmentNumber("PAPERWIRE_E2E_OUTAGE_SECONDS", 6));
  }

  void Declare() {
    const clock::SystemClock clock;
    v1::Batch batch;
    batch.set_announced(source().Make(1).announced());
    for (const std::string& id : source().Ids(kFirst, kPapers)) batch.add_paper_ids(id);
    batch.mutable_create_time()->set_seconds(std::chrono::system_clock::to_time_t(clock.Now()));
    ASSERT_TRUE(stack().Publish({events::Encode(batch, clock)}).ok());
  }

  bool Reaches(bool degraded, seconds patience) {
    return WaitUntil(patience, [&] {
      const auto status = stack().feed().Status();
      if (status.ok()) sentence_ = status->sentence();
      return status.ok() && (status->state() == v1::FEED_STATE_DEGRADED) == degraded;
    });
  }

  seconds outage_{};
  std::string sentence_;
};

TEST_F(LlmOutageTest, CardsGoOutAtOnceAndAreReplacedWhenTheEndpointIsBack) {
  ASSERT_NO_FATAL_FAILURE(StartAll(Settings(endpoint().url(), "m-1")));
  ASSERT_NO_FATAL_FAILURE(Declare());
  Feed(kFirst, kThird);
  const LlmTally before =
      LookUntil(kFirst, kThird, seconds(60), [](const LlmTally& now) { return now.llm == kThird; });
  ASSERT_EQ(before.llm, kThird) << before.ToString();

  endpoint().Close();
  const Stopwatch away;
  double longest = 0;
  constexpr int kTurns = 5;
  for (int turn = 0; turn < kTurns; ++turn) {
    const int first = kFirst + kThird + turn * kThird / kTurns;
    const Stopwatch waiting;
    Feed(first, kThird / kTurns);
    const LlmTally tally = LookUntilServed(first, kThird / kTurns);
    longest = std::max(longest, waiting.seconds());
    ExpectWhole(tally);
    EXPECT_EQ(tally.Reasons(), fmt::format("{} ENDPOINT_UNAVAILABLE", kThird / kTurns));
    const auto rest = outage_ * (turn + 1) / kTurns - std::chrono::duration<double>(away.seconds());
    if (rest > rest.zero()) std::this_thread::sleep_for(rest);
  }
  EXPECT_TRUE(Reaches(/*degraded=*/true, seconds(30))) << sentence_;
  std::printf("  the feed says: %s\n", sentence_.c_str());
  EXPECT_EQ(stack().Readiness("summarize").status, 200) << stack().Readiness("summarize").body;
  EXPECT_GE(LogLines("a language model cannot be asked"), 1);
  const double gone = away.seconds();

  endpoint().Well();
  const Stopwatch back;
  Feed(kFirst + 2 * kThird, kThird);
  ExpectWhole(LookUntilServed(kFirst + 2 * kThird, kThird));
  // A breaker that has tried in vain for long tries again after as long.
  const seconds patience = seconds(90) + 2 * outage_;
  const LlmTally after =
      LookUntil(kFirst, kPapers, patience, [](const LlmTally& now) { return now.llm == kPapers; });
  const double whole = back.seconds();
  ExpectWhole(after);
  EXPECT_EQ(after.llm, kPapers) << after.ToString();
  EXPECT_TRUE(Reaches(/*degraded=*/false, seconds(30))) << sentence_;
  std::printf("  the feed says: %s\n", sentence_.c_str());

  const auto evidence = stack().Collect(source().Ids(kFirst, kPapers));
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  const support::Verdict verdict = support::Judge(*evidence);
  const auto [calls, most] = Calls(kFirst, kPapers);
  std::printf(
      "FAULT=llm-away: %.0f s; %s; %s; no reader waited longer than %.1f s, replaced %.1f s "
      "after it was back, %ld calls\n",
      gone, verdict.ToString().c_str(), after.ToString().c_str(), longest, whole, calls);
  EXPECT_TRUE(verdict.clean());
  EXPECT_EQ(verdict.dead_lettered, 0);
  EXPECT_LE(calls, kPapers * 101 / 100);
}

}  // namespace
}  // namespace paperwire
