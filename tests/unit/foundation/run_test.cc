#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "libs/http/curl_client.h"
#include "libs/http/server.h"
#include "libs/service/open_files.h"
#include "tests/support/paths.h"
#include "tests/unit/foundation/raw_socket.h"

namespace paperwire::service {
namespace {

using foundation_test::RawSocket;
using testing::HasSubstr;

// A program warns of variables that it does not know, and those of the test run are such.
void ForgetSettingsOfTheTests() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string name(*entry, std::strcspn(*entry, "="));
    if (name.starts_with("PAPERWIRE_TEST_") || name.starts_with("PAPERWIRE_E2E_")) {
      names.push_back(name);
    }
  }
  for (const std::string& name : names) unsetenv(name.c_str());
}

// The test program as a process of its own. Killed when destroyed, if it still runs.
class Process {
 public:
  explicit Process(std::vector<std::string> words) {
    words.insert(words.begin(), support::BinaryDir() + "/tests/foundation_program");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ForgetSettingsOfTheTests();
    EXPECT_EQ(pipe2(output_, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(error_, O_CLOEXEC), 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(output_[1], STDOUT_FILENO);
      dup2(error_[1], STDERR_FILENO);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    close(output_[1]);
    close(error_[1]);
  }

  ~Process() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(output_[0]);
    close(error_[0]);
  }

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line of standard error as JSON whose "event" is `event`; those before are skipped.
  nlohmann::json WaitForEvent(const std::string& event) {
    while (true) {
      const std::string line = ReadLine(error_[0]);
      if (line.empty()) return {};
      log_ += line;
      auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (json.is_object() && json.value("event", "") == event) return json;
    }
  }

  uint16_t WaitForPort() {
    const nlohmann::json started = WaitForEvent("started");
    return started.is_object() ? started.value("metrics_port", uint16_t{0}) : uint16_t{0};
  }

  void Signal(int signal) const { kill(pid_, signal); }

  // Reads all that is left and returns the exit code; 128 + the signal if one ended it.
  int Wait() {
    for (std::string line; !(line = ReadLine(output_[0])).empty();) text_ += line;
    for (std::string line; !(line = ReadLine(error_[0])).empty();) log_ += line;
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  // What Wait found on standard output and on standard error.
  const std::string& text() const { return text_; }
  const std::string& log() const { return log_; }

 private:
  static std::string ReadLine(int descriptor) {
    std::string line;
    for (char letter = 0; read(descriptor, &letter, 1) == 1;) {
      line += letter;
      if (letter == '\n') break;
    }
    return line;
  }

  pid_t pid_ = 0;
  int output_[2] = {-1, -1};
  int error_[2] = {-1, -1};
  std::string text_;
  std::string log_;
};

int StatusOf(uint16_t port, const std::string& path) {
  http::CurlClient client;
  http::FetchRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(port) + path;
  const auto response = client.Fetch(request);
  return response.ok() ? response->status : 0;
}

TEST(OpenFiles, AreAsManyAsTheProcessMayGiveItself) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit lower = before;
  lower.rlim_cur = before.rlim_max / 2;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lower), 0);
  EXPECT_EQ(RaiseOpenFiles(), static_cast<int64_t>(before.rlim_max));
  rlimit now{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &now), 0);
  EXPECT_EQ(now.rlim_cur, before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Run, DrainsOnSigtermAndExitsWithZero) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Process process({});
    const uint16_t port = process.WaitForPort();
    EXPECT_EQ(StatusOf(port, "/livez"), 200);

    process.Signal(signal);

    EXPECT_EQ(process.Wait(), 0);
    EXPECT_EQ(process.text(), "body runs\nbody drained\n");
    EXPECT_THAT(process.log(), HasSubstr("\"stopping\""));
    EXPECT_THAT(process.log(), HasSubstr("\"exit_code\":0"));
  }
}

TEST(Run, IsNotReadyWhileItDrains) {
  Process process({"--end", "slow"});
  const uint16_t port = process.WaitForPort();
  while (StatusOf(port, "/readyz") != 200) continue;

  process.Signal(SIGTERM);
  process.WaitForEvent("stopping");

  while (StatusOf(port, "/readyz") == 200) continue;
  EXPECT_EQ(StatusOf(port, "/readyz"), 503);
  EXPECT_EQ(StatusOf(port, "/livez"), 200);
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
}

TEST(Run, CountsCancelledAfterAStopAsClean) {
  Process process({"--end", "cancelled"});
  process.WaitForPort();

  process.Signal(SIGTERM);

  EXPECT_EQ(process.Wait(), 0);
}

TEST(Run, ASecondSignalSkipsWaiting) {
  Process process({"--end", "slow", "--grace", "1h"});
  process.WaitForPort();

  process.Signal(SIGTERM);
  process.WaitForEvent("stopping");
  process.Signal(SIGINT);

  EXPECT_EQ(process.Wait(), 0);
  EXPECT_THAT(process.text(), HasSubstr("body drained"));
}

TEST(Run, ASecondSignalEndsABodyThatDoesNotHeedIt) {
  Process process({"--end", "hangs", "--grace", "1h"});
  process.WaitForPort();

  process.Signal(SIGTERM);
  process.WaitForEvent("stopping");
  process.Signal(SIGTERM);

  EXPECT_EQ(process.Wait(), 1);
  EXPECT_THAT(process.log(), HasSubstr("not waiting"));
}

TEST(Run, EndsItselfWhenTheDrainTakesTooLong) {
  Process process({"--end", "hangs", "--grace", "200ms"});
  process.WaitForPort();

  process.Signal(SIGTERM);

  EXPECT_EQ(process.Wait(), 1);
  EXPECT_THAT(process.log(), HasSubstr("drain took too long"));
}

TEST(Run, TurnsTheBodysStatusIntoAnExitCode) {
  for (const auto& [end, code] : std::vector<std::pair<std::string, int>>{
           {"refused", 78}, {"failed", 1}, {"throws", 1}, {"result", 69}}) {
    Process process({"--end", end});
    EXPECT_EQ(process.Wait(), code) << end;
    EXPECT_THAT(process.log(), HasSubstr("\"exit_code\":" + std::to_string(code))) << end;
  }
}

TEST(Run, RefusesSettingsWithOneLineAnd78) {
  Process process({"--grace", "never", "--bogus"});

  EXPECT_EQ(process.Wait(), 78);
  EXPECT_EQ(process.text(), "");
  EXPECT_THAT(process.log(), testing::AllOf(HasSubstr("--grace: given \"never\""),
                                            HasSubstr("\"--bogus\": no such setting")));
  EXPECT_EQ(std::count(process.log().begin(), process.log().end(), '\n'), 1);

  Process listen({"--metrics-listen", "nowhere"});
  EXPECT_EQ(listen.Wait(), 78);
  EXPECT_THAT(listen.log(), HasSubstr("--metrics-listen"));
}

TEST(Run, SaysWhichAddressIsInUse) {
  http::ServerOptions options;
  options.listen = "127.0.0.1:0";
  const auto holder = http::Server::Start(
      options, [](const http::Request&) { return http::Response::Text(200, ""); });
  const std::string address = "127.0.0.1:" + std::to_string((*holder)->port());

  Process process({"--metrics-listen", address});

  EXPECT_EQ(process.Wait(), 1);
  EXPECT_EQ(process.text(), "") << "the body must not run";
  EXPECT_THAT(process.log(), HasSubstr("cannot listen on " + address));
  EXPECT_EQ(std::count(process.log().begin(), process.log().end(), '\n'), 1);
}

TEST(Run, PrintsHelpVersionAndConfigurationOnStandardOutput) {
  for (const char* flag : {"--help", "--version", "--print-config"}) {
    Process process({flag});
    EXPECT_EQ(process.Wait(), 0) << flag;
    EXPECT_FALSE(process.text().empty()) << flag;
    EXPECT_EQ(process.log(), "") << flag;
  }
}

TEST(Run, WarnsOnceOfVariablesThatItDoesNotRead) {
  setenv("PAPERWIRE_ONE_TYPO", "1", 1);
  setenv("PAPERWIRE_TWO_TYPO", "2", 1);
  Process process({"--end", "result"});
  unsetenv("PAPERWIRE_ONE_TYPO");
  unsetenv("PAPERWIRE_TWO_TYPO");

  process.Wait();

  std::istringstream lines(process.log());
  int warnings = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json["level"] != "warning") continue;
    ++warnings;
    EXPECT_THAT(json["variables"],
                testing::AllOf(HasSubstr("PAPERWIRE_ONE_TYPO"), HasSubstr("PAPERWIRE_TWO_TYPO")));
  }
  EXPECT_EQ(warnings, 1);
}

TEST(Run, WorksWithoutThePort) {
  Process process({"--metrics-listen", "off"});
  process.WaitForEvent("started");

  process.Signal(SIGTERM);

  EXPECT_EQ(process.Wait(), 0);
}

TEST(Run, SurvivesAPeerThatHangsUp) {
  Process process({});
  const uint16_t port = process.WaitForPort();
  for (int i = 0; i < 20; ++i) {
    const RawSocket socket(foundation_test::ConnectTo(port));
    socket.Send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
  }

  EXPECT_EQ(StatusOf(port, "/livez"), 200);
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
}

TEST(Healthcheck, AsksTheRunningProcess) {
  Process ready({});
  const std::string address = "127.0.0.1:" + std::to_string(ready.WaitForPort());
  while (StatusOf(static_cast<uint16_t>(std::stoi(address.substr(10))), "/readyz") != 200) continue;
  Process good({"healthcheck", "--metrics-listen", address});
  EXPECT_EQ(good.Wait(), 0);
  EXPECT_THAT(good.text(), HasSubstr("body: ready"));

  Process waiting({"--end", "never-ready"});
  const uint16_t port = waiting.WaitForPort();
  while (StatusOf(port, "/readyz") != 503) continue;
  Process bad({"--metrics-listen", "0.0.0.0:" + std::to_string(port), "healthcheck"});
  EXPECT_EQ(bad.Wait(), 1);
  EXPECT_THAT(bad.text(), HasSubstr("body: not ready: told not to be"));
}

TEST(Healthcheck, SaysThatNobodyAnswers) {
  Process process({"healthcheck", "--metrics-listen", "127.0.0.1:1"});

  EXPECT_EQ(process.Wait(), 1);
  EXPECT_THAT(process.log(), HasSubstr("127.0.0.1:1: no answer"));
}

}  // namespace
}  // namespace paperwire::service
