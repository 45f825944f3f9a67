#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/support/process.h"
#include "tests/support/watch_log.h"

namespace paperwire::support {

// A client in another language, of examples/, that keeps a copy of the feed. Not thread-safe; used
// from the test's main thread.
class WatchClient {
 public:
  struct Options {
    // Of examples/: "python", "go", "node"; or "c++", which is `paperwire watch`.
    std::string language;
    // What the log and the store are called; empty: the language.
    std::string name = {};
    // A program in place of the example's, run by the same interpreter, and what goes before its
    // arguments.
    std::vector<std::string> program = {};
    // Where it keeps its log and its store.
    std::string folder;
    // gRPC addresses, "HOST:PORT".
    std::vector<std::string> servers;
    // The date from which it wants cards.
    std::string from;
  };

  // The languages that examples/build has made what they need for.
  static std::vector<std::string> Languages();

  explicit WatchClient(Options options) : options_(std::move(options)) {}

  // Starts (again), with the store that it has.
  absl::Status Start();
  // SIGKILL.
  void KillNow() { process_->KillNow(); }
  bool running() { return process_ && process_->running(); }

  const std::string& name() const {
    return options_.name.empty() ? options_.language : options_.name;
  }
  // What it has said so far, over all its lives.
  std::vector<Told> Log() const;
  // What its store holds; the c++ one has none and holds what it was told. It must not run.
  absl::StatusOr<Cards> Stored() const;
  std::string log_path() const { return options_.folder + "/" + name() + ".log"; }

 private:
  std::vector<std::string> Program() const;
  std::string store() const { return options_.folder + "/" + name() + ".store"; }

  const Options options_;
  std::unique_ptr<Process> process_;
};

}  // namespace paperwire::support
