#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace paperwire::support {

// A program that a test has started, in a process group of its own. Nothing outlives the test: the
// destructor kills the group, and the kernel kills the program when the thread that started it
// ends (so start it from the test's main thread). Not thread-safe, but for Signal and pid.
class Process {
 public:
  struct Options {
    // Program (found on PATH when it has no slash) and arguments.
    std::vector<std::string> command;
    // Set on top of the test's own environment, out of which every PAPERWIRE_ variable is taken.
    std::map<std::string, std::string> environment = {};
    // Both outputs are appended to this file; empty: thrown away.
    std::string log = {};
  };

  // NotFound: there is no such program.
  static absl::StatusOr<std::unique_ptr<Process>> Start(Options options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  // To the whole group. Nothing once it has ended.
  void Signal(int signal);
  // SIGKILL, and waits until it is gone.
  void KillNow();
  // The exit code (128 + signal when a signal ended it); nothing when it still runs after
  // `timeout`.
  std::optional<int> Wait(std::chrono::milliseconds timeout);
  // SIGTERM and Wait.
  std::optional<int> Terminate(std::chrono::milliseconds timeout);
  // What it has written to its log since it was started.
  std::string Output() const;
  // Resident memory, in KiB; 0 when unknown.
  long ResidentKib() const;

 private:
  Process(pid_t pid, std::string log, size_t log_start);
  bool Reap(int flags);

  pid_t pid_;
  std::string log_;
  size_t log_start_;
  std::optional<int> exit_code_;
};

// Runs a program to its end. `exit_code` is 124 when it was killed after `timeout`.
struct Finished {
  int exit_code = 0;
  std::string output;
};
absl::StatusOr<Finished> RunProgram(Process::Options options, std::chrono::milliseconds timeout);

// A folder of its own under the system's one for temporary files, removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The whole file; empty when there is none.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& content);

}  // namespace paperwire::support
