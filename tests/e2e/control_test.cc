// The negative controls: the checker that finds nothing wrong with the real services must turn red
// on services that make the mistakes it looks for. A suite that cannot fail proves nothing.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/paper_source.h"
#include "tests/support/paths.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitUntil;

constexpr int kPapers = 300;

class ControlTest : public support::StackTest {
 protected:
  std::unique_ptr<support::Process> StartCareless(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), support::BinaryDir() + "/tests/careless");
    auto process = support::Process::Start(
        {.command = arguments, .environment = {}, .log = stack().log_folder() + "/careless.log"});
    EXPECT_TRUE(process.ok()) << process.status();
    return process.ok() ? std::move(*process) : nullptr;
  }

  // Kills and restarts a careless service in the middle of its work, until it has been dealt
  // `kills`, and lets it finish.
  template <typename Progress>
  void KillInTheMiddle(const std::vector<std::string>& arguments, int kills, Progress&& progress) {
    auto process = StartCareless(arguments);
    int64_t last = 0;
    for (int kill = 0; kill < kills; ++kill) {
      ASSERT_TRUE(WaitUntil(
          seconds(30), [&] { return progress() >= last + 30; }, milliseconds(1)));
      process->KillNow();
      last = progress();
      process = StartCareless(arguments);
    }
    // Done: nothing new for longer than a dead member keeps its partitions.
    int64_t seen = -1;
    support::Stopwatch quiet;
    WaitUntil(seconds(60), [&] {
      if (const int64_t now = progress(); now != seen) {
        seen = now;
        quiet = {};
      }
      return quiet.seconds() > 10;
    });
  }

  support::PaperSource source_{"2026-06-24"};
};

TEST_F(ControlTest, CommitBeforeWorkLosesPapersAndMissingRevisionCheckShowsThemTwice) {
  ASSERT_TRUE(stack().StartService("classify").ok());
  ASSERT_TRUE(stack().StartService("serve").ok());
  const std::string folder = stack().MakeFolder("feed");
  support::WriteFile(folder + "/rss.xml", source_.Rss(1, kPapers));
  const auto fed = stack().Ingest(folder);
  ASSERT_TRUE(fed.ok()) << fed.status();
  ASSERT_EQ(fed->exit_code, 0) << fed->output;

  ASSERT_NO_FATAL_FAILURE(KillInTheMiddle({"summarize", stack().kafka().bootstrap()}, 3,
                                          [&] { return stack().RecordCount("summarized"); }));
  const auto evidence = stack().Collect(source_.Ids(1, kPapers));
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  const auto careless_commit = support::Judge(*evidence);
  std::printf("CONTROL=commit-before-work: 3 kills, %s\n", careless_commit.ToString().c_str());
  EXPECT_GT(careless_commit.lost, 0) << "the checker cannot see a loss";
  EXPECT_EQ(careless_commit.duplicated, 0);

  ASSERT_NO_FATAL_FAILURE(
      KillInTheMiddle({"serve", stack().kafka().bootstrap(), stack().redis_url()}, 3,
                      [&] { return stack().StreamLength("careless:changes"); }));
  auto careless = *evidence;
  auto changes = stack().ReadStream("careless:changes");
  ASSERT_TRUE(changes.ok()) << changes.status();
  careless.changes = std::move(*changes);
  const auto no_check = support::Judge(careless);
  std::printf("CONTROL=no-revision-check: 3 kills, %s\n", no_check.ToString().c_str());
  EXPECT_GT(no_check.duplicated, 0) << "the checker cannot see an entry that is there twice";
}

}  // namespace
}  // namespace paperwire
