// The test harness itself: what it starts it ends, and the checker sees what it is there to see.
#include <csignal>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/checker.h"
#include "tests/support/process.h"
#include "tests/support/wait.h"

namespace paperwire::support {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Process, TellsTheExitCodeAndWhatWasWritten) {
  const auto finished =
      RunProgram({.command = {"sh", "-c", "echo to out; echo to err >&2; exit 7"}}, seconds(10));

  ASSERT_TRUE(finished.ok()) << finished.status();
  EXPECT_EQ(finished->exit_code, 7);
  EXPECT_EQ(finished->output, "to out\nto err\n");
}

TEST(Process, KillsEverythingThatTheProgramStarted) {
  const TemporaryFolder folder;
  const std::string log = folder.path() + "/log";
  auto process = Process::Start(
      {.command = {"sh", "-c", "sleep 60 & echo $!; wait"}, .environment = {}, .log = log});
  ASSERT_TRUE(process.ok()) << process.status();
  ASSERT_TRUE(WaitUntil(seconds(10), [&] { return (*process)->Output().ends_with('\n'); }));
  const auto child = static_cast<pid_t>(std::stol((*process)->Output()));

  (*process)->KillNow();

  EXPECT_FALSE((*process)->running());
  EXPECT_EQ((*process)->Wait(milliseconds(0)), 128 + SIGKILL);
  // Gone, or a zombie that init has not buried yet.
  EXPECT_TRUE(WaitUntil(seconds(10), [&] {
    const std::string stat = ReadFile("/proc/" + std::to_string(child) + "/stat");
    return stat.empty() || stat.find(") Z ") != std::string::npos;
  }));
}

TEST(Process, HidesPaperwireSettingsOfTheTestRun) {
  setenv("PAPERWIRE_KAFKA_BROKERS", "nowhere:1", 1);
  const auto finished = RunProgram({.command = {"sh", "-c", "echo $PAPERWIRE_KAFKA_BROKERS $GIVEN"},
                                    .environment = {{"GIVEN", "yes"}}},
                                   seconds(10));
  unsetenv("PAPERWIRE_KAFKA_BROKERS");

  ASSERT_TRUE(finished.ok()) << finished.status();
  EXPECT_EQ(finished->output, "yes\n");
}

TEST(Process, NamesAProgramThatIsNotThere) {
  const auto process = Process::Start({.command = {"no-such-program-anywhere"}});

  EXPECT_TRUE(absl::IsNotFound(process.status())) << process.status();
}

TEST(Checker, IsContentWithEachPaperOnce) {
  const Verdict verdict = Judge({.published = {"a", "b"},
                                 .listed = {"b", "a"},
                                 .changes = {{"a", 1}, {"b", 1}, {"a", 2}},
                                 .dead_letters = {}});

  EXPECT_TRUE(verdict.clean()) << verdict.ToString();
  EXPECT_EQ(verdict.papers, 2);
}

TEST(Checker, SeesLossDuplicatesAndWhatNobodyPublished) {
  const Verdict verdict = Judge({.published = {"a", "b", "c", "d"},
                                 .listed = {"a", "a", "stranger"},
                                 .changes = {{"a", 1}, {"a", 1}},
                                 .dead_letters = {"d"}});

  EXPECT_EQ(verdict.lost, 2) << "b and c: d is dead-lettered";
  EXPECT_EQ(verdict.duplicated, 2) << "once in the list, once in the change stream";
  EXPECT_EQ(verdict.unexpected, 1);
  EXPECT_EQ(verdict.dead_lettered, 1);
  EXPECT_FALSE(verdict.clean());
}

}  // namespace
}  // namespace paperwire::support
