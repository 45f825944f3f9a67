#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "nlohmann/json.hpp"
#include "tests/support/process.h"
#include "tests/support/stack.h"
#include "tests/support/wait.h"
#include "tests/unit/tools/fake_feed.h"

namespace paperwire::cli {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

// The program itself, as a process, against a feed that follows a script.
class WatchProcess : public testing::Test {
 protected:
  std::vector<std::string> Command() const {
    return {support::ProgramPath("paperwire"),
            "watch",
            "--server",
            feed_.address(),
            "--state",
            state_,
            "--json"};
  }
  std::unique_ptr<support::Process> Start() {
    auto started = support::Process::Start({.command = Command(), .log = log_});
    EXPECT_TRUE(started.ok()) << started.status();
    return *std::move(started);
  }
  bool Kept(const std::string& token) const {
    return support::WaitUntil(seconds(20), [&] {
      const auto json =
          nlohmann::json::parse(support::ReadFile(state_), nullptr, /*allow_exceptions=*/false);
      return json.is_object() && json.value("resumeToken", "") == token;
    });
  }

  // `paperwire WORDS`, shown to a file.
  std::unique_ptr<support::Process> StartOther(std::vector<std::string> words) {
    words.insert(words.begin(), support::ProgramPath("paperwire"));
    words.insert(words.end(), {"--server", feed_.address()});
    auto started = support::Process::Start({.command = words, .log = log_});
    EXPECT_TRUE(started.ok()) << started.status();
    return *std::move(started);
  }

  FakeFeed feed_;
  support::TemporaryFolder folder_;
  std::string state_ = folder_.path() + "/state.json";
  std::string log_ = folder_.path() + "/log";
};

TEST_F(WatchProcess, EndsAtOnceAndWellWhenItIsToldTo) {
  for (const int signal : {SIGTERM, SIGINT}) {
    feed_.Expect({.messages = {CardMessage("a", "token-" + std::to_string(signal))}});
    const auto watch = Start();
    ASSERT_TRUE(Kept("token-" + std::to_string(signal))) << watch->Output();
    watch->Signal(signal);
    EXPECT_EQ(watch->Wait(seconds(20)), 0) << watch->Output();
    EXPECT_TRUE(Kept("token-" + std::to_string(signal)));
  }
  EXPECT_EQ(feed_.requests().back().resume_token(), "token-" + std::to_string(SIGTERM));
}

TEST_F(WatchProcess, EndsWellWhileItWaitsForAServer) {
  auto started = support::Process::Start(
      {.command = {support::ProgramPath("paperwire"), "watch", "--server", "127.0.0.1:1"},
       .log = log_});
  ASSERT_TRUE(started.ok());
  ASSERT_TRUE(support::WaitUntil(
      seconds(20), [&] { return (*started)->Output().find("trying on") != std::string::npos; }));
  EXPECT_EQ((*started)->Terminate(seconds(20)), 0);
}

TEST_F(WatchProcess, GoesOnBehindWhatItPrintedWhenItWasKilled) {
  feed_.Expect({.messages = {CardMessage("a", "1"), CardMessage("b", "2")}});
  const auto watch = Start();
  ASSERT_TRUE(Kept("2"));
  watch->KillNow();
  feed_.Expect({.messages = {CardMessage("c", "3")}});
  const auto next = Start();
  ASSERT_TRUE(Kept("3"));
  EXPECT_EQ(feed_.requests().back().resume_token(), "2");
}

TEST_F(WatchProcess, EndsWellWhenNobodyReadsItAnyMore) {
  feed_.Expect({.messages = {CardMessage("a", "1")}});
  std::string command = "set -o pipefail; ";
  for (const std::string& word : Command()) command += "'" + word + "' ";
  // Nothing more comes: only the closed pipe tells.
  const auto finished = support::RunProgram(
      {.command = {"bash", "-c", command + "| head -n 1"}, .log = log_}, seconds(30));
  ASSERT_TRUE(finished.ok());
  EXPECT_EQ(finished->exit_code, 0) << finished->output;
  EXPECT_THAT(finished->output, HasSubstr("\"arxivId\":\"a\""));
  EXPECT_TRUE(Kept("1"));
}

v1::GetStatusResponse Status(const std::string& sentence) {
  v1::GetStatusResponse status;
  status.set_sentence(sentence);
  return status;
}

TEST_F(WatchProcess, ShowsEachStatusThatIsStreamedUntilItIsToldToEnd) {
  feed_.Change([](FakeFeed::Answers& answers) {
    answers.statuses = {Status("one"), Status("one"), Status("two")};
  });
  const auto status = StartOther({"status", "--watch", "--json"});
  ASSERT_TRUE(support::WaitUntil(seconds(20), [&] {
    return status->Output() == "{\"sentence\":\"one\"}\n{\"sentence\":\"two\"}\n";
  })) << status->Output();
  EXPECT_EQ(status->Terminate(seconds(20)), 0);
}

TEST_F(WatchProcess, AsksForTheStatusAgainAndAgainWhereNoneIsStreamed) {
  feed_.Change([](FakeFeed::Answers& answers) { answers.status = Status("one"); });
  const auto status = StartOther({"status", "--watch", "--json"});
  ASSERT_TRUE(support::WaitUntil(seconds(20), [&] { return !status->Output().empty(); }));
  feed_.Change([](FakeFeed::Answers& answers) { answers.status = Status("two"); });
  ASSERT_TRUE(support::WaitUntil(seconds(20), [&] {
    return status->Output() == "{\"sentence\":\"one\"}\n{\"sentence\":\"two\"}\n";
  })) << status->Output();
  status->Signal(SIGINT);
  EXPECT_EQ(status->Wait(seconds(20)), 0);
}

}  // namespace
}  // namespace paperwire::cli
