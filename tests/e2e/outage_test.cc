// Redis, and then Kafka, are away for a while (PAPERWIRE_E2E_OUTAGE_SECONDS, by default 20) while
// papers are fed: the services stay up, nothing is dead-lettered, nothing is lost.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/support/environment.h"
#include "tests/support/paper_source.h"
#include "tests/support/reader.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::Stopwatch;
using support::WaitUntil;

class OutageTest : public support::StackTest {
 protected:
  void SetUp() override {
    StackTest::SetUp();
    outage_ = seconds(support::EnvironmentNumber("PAPERWIRE_E2E_OUTAGE_SECONDS", 20));
  }

  std::string WriteCycle(int first, int count) {
    const std::string folder = stack().MakeFolder("feed-" + std::to_string(first));
    support::WriteFile(folder + "/rss.xml", source_.Rss(first, count));
    return folder;
  }

  // Runs a cycle until it succeeds, as its schedule would.
  void FeedToTheEnd(const std::string& folder) {
    ASSERT_TRUE(WaitUntil(seconds(120), [&] {
      const auto finished = stack().Ingest(folder);
      return finished.ok() && finished->exit_code == 0;
    })) << "ingest does not get through";
  }

  void ExpectAllRunning(const char* when) {
    for (const auto& name : stack().service_names()) {
      EXPECT_TRUE(stack().service(name).running()) << name << " " << when;
    }
  }

  void ExpectWhole(int papers) {
    EXPECT_TRUE(stack().WaitForCount(papers, seconds(90)));
    const auto ledger = stack().WaitForLedger(papers, seconds(60));
    const auto evidence = stack().Collect(source_.Ids(1, papers));
    ASSERT_TRUE(evidence.ok()) << evidence.status();
    const auto verdict = support::Judge(*evidence);
    std::printf("  %s; ledger: %s\n", verdict.ToString().c_str(), ledger.ToString().c_str());
    EXPECT_TRUE(verdict.clean());
    EXPECT_EQ(verdict.dead_lettered, 0);
    EXPECT_EQ(ledger.served, papers);
    EXPECT_TRUE(ledger.balanced && ledger.missing == 0);
  }

  // Waits until each of these says that it is not ready; prints its reason.
  void ExpectNotReady(const std::vector<std::string>& names) {
    for (const auto& name : names) {
      EXPECT_TRUE(WaitUntil(seconds(20), [&] { return stack().Readiness(name).status == 503; }))
          << name << ": " << stack().Readiness(name).body;
      std::printf("  %s: %s", name.c_str(), stack().Readiness(name).body.c_str());
    }
  }

  // serve goes on answering and says, within 20 s, that what it shows is not refreshed.
  void ExpectStale() {
    std::string reason;
    EXPECT_TRUE(WaitUntil(seconds(20), [&] {
      const auto status = stack().feed().Status();
      if (status.ok()) reason = status->stale_reason();
      return status.ok() && status->stale();
    })) << "serve does not say that it is stale";
    std::printf("  serve is stale: %s\n", reason.c_str());
    EXPECT_EQ(stack().Readiness("serve").status, 200) << stack().Readiness("serve").body;
  }

  void ExpectFreshAgain() {
    EXPECT_TRUE(WaitUntil(seconds(60), [&] {
      const auto status = stack().feed().Status();
      return status.ok() && !status->stale();
    })) << "serve stays stale";
  }

  void ExpectReadyAgain() {
    for (const auto& name : stack().service_names()) {
      EXPECT_TRUE(stack().WaitUntilReady(name, seconds(60)).ok())
          << name << ": " << stack().Readiness(name).body;
    }
  }

  milliseconds outage_{};
  support::PaperSource source_{"2026-06-24"};
};

TEST_F(OutageTest, NothingIsLostWhileRedisAndThenKafkaAreAway) {
  ASSERT_TRUE(stack().StartServices().ok());
  ASSERT_NO_FATAL_FAILURE(FeedToTheEnd(WriteCycle(1, 100)));
  ASSERT_TRUE(stack().WaitForCount(100, seconds(60)));
  support::Reader reader(stack().feed());

  Stopwatch away;
  ASSERT_TRUE(stack().StopRedis().ok());
  // ingest cannot know what it has published before: the papers come straight onto the topic.
  const clock::SystemClock clock;
  std::vector<bus::Message> messages;
  for (int number = 101; number <= 200; ++number) {
    messages.push_back(events::Encode(events::kNewPaper, source_.MakeNew(number),
                                      {.service = "ingest", .configuration = "test"}, clock));
  }
  ASSERT_TRUE(stack().Publish(std::move(messages)).ok());
  ExpectStale();
  std::this_thread::sleep_for(outage_ - milliseconds(static_cast<int>(away.seconds() * 1000)));
  ExpectAllRunning("while Redis is away");
  ASSERT_TRUE(stack().ResumeRedis().ok());
  Stopwatch back;
  EXPECT_TRUE(stack().WaitForCount(200, seconds(90)));
  ExpectReadyAgain();
  ExpectFreshAgain();
  std::printf("FAULT=redis-away: %.0f s, 100 papers fed meanwhile, whole again after %.1f s\n",
              away.seconds(), back.seconds());
  // They are declared afterwards, by the cycle that reads the feed.
  ASSERT_NO_FATAL_FAILURE(FeedToTheEnd(WriteCycle(101, 100)));
  ExpectWhole(200);

  const std::string folder = WriteCycle(201, 100);
  Stopwatch broker_away;
  ASSERT_TRUE(stack().kafka().Stop().ok());
  auto ingest = stack().StartIngest(folder);
  ASSERT_TRUE(ingest.ok()) << ingest.status();
  ExpectNotReady({"summarize", "classify"});
  ExpectStale();
  const auto left = outage_ - milliseconds(static_cast<int>(broker_away.seconds() * 1000));
  if (left > milliseconds(0)) std::this_thread::sleep_for(left);
  ExpectAllRunning("while Kafka is away");
  ASSERT_TRUE(stack().kafka().Resume().ok());
  ASSERT_TRUE(stack().kafka().WaitUntilReady(seconds(90)).ok());
  Stopwatch broker_back;
  const auto code = (*ingest)->Wait(seconds(150));
  ASSERT_TRUE(code.has_value()) << "ingest neither succeeds nor gives up";
  std::printf("  the cycle that met the outage ended with %d\n", *code);
  if (code != 0) {
    ASSERT_NO_FATAL_FAILURE(FeedToTheEnd(folder));
  }
  EXPECT_TRUE(stack().WaitForCount(300, seconds(90)));
  ExpectReadyAgain();
  ExpectFreshAgain();
  std::printf("FAULT=kafka-away: %.0f s, a cycle of 100 papers met it, whole again after %.1f s\n",
              broker_away.seconds(), broker_back.seconds());
  ExpectWhole(300);

  const auto reading = reader.Stop();
  std::printf("  readers: %d reads, %d failed, went back %d times\n", reading.reads,
              reading.failures, reading.went_back);
  EXPECT_EQ(reading.failures, 0);
  EXPECT_EQ(reading.went_back, 0);
}

}  // namespace
}  // namespace paperwire
