#include "tests/support/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "tests/support/environment.h"
#include "tests/support/wait.h"

namespace paperwire::support {
namespace {

std::string FindOnPath(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  std::istringstream path(Environment("PATH").value_or("/usr/bin:/bin"));
  for (std::string folder; std::getline(path, folder, ':');) {
    const std::string candidate = folder + "/" + program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return program;
}

std::vector<std::string> EnvironmentOf(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (text.starts_with("PAPERWIRE_") || extra.contains(text.substr(0, text.find('=')))) continue;
    result.push_back(text);
  }
  for (const auto& [name, value] : extra) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

size_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<size_t>(size);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(Options options) {
  const std::string program = FindOnPath(options.command.at(0));
  if (access(program.c_str(), X_OK) != 0) {
    return absl::NotFoundError("there is no program " + program);
  }
  // Everything is made before the fork: after it only calls that are safe in a threaded program.
  auto environment = EnvironmentOf(options.environment);
  auto arguments = Pointers(options.command);
  auto variables = Pointers(environment);
  const std::string log = options.log.empty() ? "/dev/null" : options.log;
  const size_t log_start = options.log.empty() ? 0 : SizeOf(log);
  const pid_t parent = getpid();

  const pid_t child = fork();
  if (child < 0) return absl::ResourceExhaustedError(std::string("fork: ") + strerror(errno));
  if (child == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(125);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const int input = open("/dev/null", O_RDONLY);
    const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(input, 0);
    dup2(output, 1);
    dup2(output, 2);
    for (int descriptor = 3; descriptor < 1024; ++descriptor) close(descriptor);
    execve(program.c_str(), arguments.data(), variables.data());
    _exit(127);
  }
  setpgid(child, child);
  return std::unique_ptr<Process>(new Process(child, options.log, log_start));
}

Process::Process(pid_t pid, std::string log, size_t log_start)
    : pid_(pid), log_(std::move(log)), log_start_(log_start) {}

Process::~Process() { KillNow(); }

bool Process::Reap(int flags) {
  if (exit_code_) return true;
  int status = 0;
  if (waitpid(pid_, &status, flags) != pid_) return false;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

bool Process::running() { return !Reap(WNOHANG); }

void Process::Signal(int signal) {
  if (!exit_code_) kill(-pid_, signal);
}

void Process::KillNow() {
  Signal(SIGKILL);
  Reap(0);
}

std::optional<int> Process::Wait(std::chrono::milliseconds timeout) {
  WaitUntil(
      timeout, [this] { return Reap(WNOHANG); }, std::chrono::milliseconds(5));
  return exit_code_;
}

std::optional<int> Process::Terminate(std::chrono::milliseconds timeout) {
  Signal(SIGTERM);
  return Wait(timeout);
}

std::string Process::Output() const {
  const std::string all = log_.empty() ? "" : ReadFile(log_);
  return all.size() > log_start_ ? all.substr(log_start_) : "";
}

long Process::ResidentKib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

absl::StatusOr<Finished> RunProgram(Process::Options options, std::chrono::milliseconds timeout) {
  TemporaryFolder folder;
  if (options.log.empty()) options.log = folder.path() + "/output";
  auto process = Process::Start(std::move(options));
  if (!process.ok()) return process.status();
  Finished finished;
  if (const auto code = (*process)->Wait(timeout)) {
    finished.exit_code = *code;
  } else {
    (*process)->KillNow();
    finished.exit_code = 124;
  }
  finished.output = (*process)->Output();
  return finished;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "paperwire-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!Environment("PAPERWIRE_TEST_KEEP")) std::filesystem::remove_all(path_, ignored);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace paperwire::support
