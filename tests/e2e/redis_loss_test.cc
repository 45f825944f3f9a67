// The window's Redis is emptied, and set back by fifty records, under two replicas of serve: the
// window comes back by replay, and readers keep what they had meanwhile.
#include <filesystem>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/paper_source.h"
#include "tests/support/reader.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::seconds;
using support::Stopwatch;
using support::WaitUntil;

class RedisLossTest : public support::StackTest {
 protected:
  RedisLossTest() : StackTest({.partitions = 12, .serve_replicas = 2}) {}

  void Feed(int first, int count) {
    const std::string folder = stack().MakeFolder("feed-" + std::to_string(first));
    support::WriteFile(folder + "/rss.xml", source_.Rss(first, count));
    const auto finished = stack().Ingest(folder);
    ASSERT_TRUE(finished.ok()) << finished.status();
    ASSERT_EQ(finished->exit_code, 0) << finished->output;
    ASSERT_TRUE(stack().WaitForCount(first + count - 1, seconds(60)))
        << "papers " << first << " to " << first + count - 1 << " do not appear";
  }

  void ExpectReadersKeptTheirSnapshot(support::Reader& reader, const char* which) {
    const auto reading = reader.Stop();
    std::printf("  readers of %s: %d reads, %d failed, went back %d times (by %d)\n", which,
                reading.reads, reading.failures, reading.went_back, reading.deepest);
    EXPECT_GT(reading.reads, 0) << which;
    EXPECT_EQ(reading.failures, 0) << which;
    EXPECT_EQ(reading.went_back, 0) << which;
  }

  // The window holds these papers, each once since its epoch began, and both replicas list them.
  void ExpectWhole(int papers) {
    const auto evidence = stack().Collect(source_.Ids(1, papers));
    ASSERT_TRUE(evidence.ok()) << evidence.status();
    const auto verdict = support::Judge(*evidence);
    EXPECT_TRUE(verdict.clean()) << verdict.ToString();
    EXPECT_EQ(static_cast<int>(evidence->listed.size()), papers);
    EXPECT_EQ(verdict.dead_lettered, 0);
    EXPECT_TRUE(stack().WaitForCount(papers, seconds(10)));
  }

  support::PaperSource source_{"2026-06-24"};
};

TEST_F(RedisLossTest, TheWindowComesBackByReplayAndReadersKeepTheirSnapshot) {
  ASSERT_TRUE(stack().StartServices().ok());
  ASSERT_NO_FATAL_FAILURE(Feed(1, 400));
  const auto before = stack().feed().Status();
  ASSERT_TRUE(before.ok()) << before.status();

  {
    support::Reader first(stack().feed(0));
    support::Reader second(stack().feed(1));
    ASSERT_TRUE(stack().redis_client().Call({"FLUSHALL"}).ok());
    Stopwatch watch;
    EXPECT_TRUE(WaitUntil(seconds(60), [&] { return stack().ChangeCount() >= 400; }))
        << "the window holds " << stack().ChangeCount() << " changes";
    const double rebuilt = watch.seconds();
    for (int replica : {0, 1}) {
      EXPECT_TRUE(WaitUntil(seconds(60),
                            [&] {
                              const auto status = stack().feed(replica).Status();
                              return status.ok() && status->epoch() != before->epoch() &&
                                     !status->stale() && status->papers_in_window() == 400;
                            }))
          << "replica " << replica;
    }
    std::printf(
        "FAULT=flushall: 400 papers, window rebuilt after %.1f s, replicas on it after "
        "%.1f s\n",
        rebuilt, watch.seconds());
    ExpectReadersKeptTheirSnapshot(first, "replica 1");
    ExpectReadersKeptTheirSnapshot(second, "replica 2");
    ExpectWhole(400);
  }
  ASSERT_NO_FATAL_FAILURE(Feed(401, 50));

  // A copy of Redis' data as it is at 450; then fifty more; then the copy takes its place, as a
  // replica would that had not received them.
  const std::string copy = stack().MakeFolder("redis-copy");
  ASSERT_TRUE(stack().StopRedis().ok());
  std::filesystem::copy(stack().redis_folder(), copy, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(stack().ResumeRedis().ok());
  ASSERT_NO_FATAL_FAILURE(Feed(451, 50));
  {
    support::Reader first(stack().feed(0));
    support::Reader second(stack().feed(1));
    ASSERT_TRUE(stack().StopRedis().ok());
    std::filesystem::remove_all(stack().redis_folder());
    std::filesystem::copy(copy, stack().redis_folder(), std::filesystem::copy_options::recursive);
    ASSERT_TRUE(stack().ResumeRedis().ok());
    Stopwatch watch;
    EXPECT_TRUE(WaitUntil(seconds(60), [&] { return stack().ChangeCount() == 500; }))
        << "the window holds " << stack().ChangeCount() << " changes";
    const auto ledger = stack().WaitForLedger(500, seconds(60));
    std::printf("FAULT=rollback-50: 500 papers, whole after %.1f s; ledger: %s\n", watch.seconds(),
                ledger.ToString().c_str());
    ExpectReadersKeptTheirSnapshot(first, "replica 1");
    ExpectReadersKeptTheirSnapshot(second, "replica 2");
    ExpectWhole(500);
    EXPECT_EQ(ledger.served, 500) << ledger.ToString();
    EXPECT_TRUE(ledger.balanced && ledger.missing == 0) << ledger.ToString();
  }
  // What comes after a rollback is seen by both: nobody waits at a position of the lost history.
  ASSERT_NO_FATAL_FAILURE(Feed(501, 20));
}

}  // namespace
}  // namespace paperwire
