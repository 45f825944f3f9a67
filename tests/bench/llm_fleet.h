#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/stack.h"

namespace paperwire::bench {

// Workers of summarize, each a process, on a stack's Kafka and Redis. Not thread-safe.
class LlmFleet {
 public:
  // Program and arguments; the metrics' address is added.
  LlmFleet(support::Stack& stack, std::vector<std::string> command)
      : stack_(stack), command_(std::move(command)) {}

  // Starts so many more and waits until all are ready.
  bool Add(int count);
  // SIGTERM and a new one in its place; false: it did not end with 0 in time.
  bool Restart(size_t worker);
  // SIGKILL and a new one in its place.
  bool Kill(size_t worker);
  // SIGTERM to the last; false: it did not end with 0 in time.
  bool RemoveLast();
  bool StopAll();

  size_t size() const { return workers_.size(); }
  support::Process& process(size_t worker) { return *workers_[worker].process; }
  std::string Metrics(size_t worker) const;

 private:
  struct Worker {
    uint16_t port = 0;
    std::unique_ptr<support::Process> process = nullptr;
  };
  bool Start(Worker& worker);

  support::Stack& stack_;
  const std::vector<std::string> command_;
  std::vector<Worker> workers_;
};

}  // namespace paperwire::bench
