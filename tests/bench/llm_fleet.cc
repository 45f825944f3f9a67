#include "tests/bench/llm_fleet.h"

#include <algorithm>
#include <chrono>
#include <csignal>

#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/wait.h"

namespace paperwire::bench {
namespace {

using std::chrono::seconds;

constexpr seconds kGrace{40};

}  // namespace

bool LlmFleet::Start(Worker& worker) {
  std::vector<std::string> command = command_;
  command.insert(command.end(), {"--metrics-listen", "127.0.0.1:" + std::to_string(worker.port)});
  auto started = support::Process::Start({.command = std::move(command),
                                          .environment = {},
                                          .log = stack_.log_folder() + "/summarize.log"});
  if (!started.ok()) return false;
  worker.process = *std::move(started);
  return true;
}

bool LlmFleet::Add(int count) {
  for (int i = 0; i < count; ++i) {
    workers_.push_back({.port = support::FreePort()});
    if (!Start(workers_.back())) return false;
  }
  return support::WaitUntil(seconds(90), [this] {
    return std::all_of(workers_.begin(), workers_.end(), [](const Worker& worker) {
      return support::HttpGet(worker.port, "/readyz").status == 200;
    });
  });
}

bool LlmFleet::Restart(size_t worker) {
  return workers_[worker].process->Terminate(kGrace) == 0 && Start(workers_[worker]);
}

bool LlmFleet::Kill(size_t worker) {
  workers_[worker].process->KillNow();
  return Start(workers_[worker]);
}

bool LlmFleet::RemoveLast() {
  const bool ended = workers_.back().process->Terminate(kGrace) == 0;
  workers_.pop_back();
  return ended;
}

bool LlmFleet::StopAll() {
  for (Worker& worker : workers_) worker.process->Signal(SIGTERM);
  return std::all_of(workers_.begin(), workers_.end(),
                     [](Worker& worker) { return worker.process->Wait(kGrace) == 0; });
}

std::string LlmFleet::Metrics(size_t worker) const {
  return support::HttpGet(workers_[worker].port, "/metrics").body;
}

}  // namespace paperwire::bench
