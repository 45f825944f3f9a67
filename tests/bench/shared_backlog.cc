#include "tests/bench/shared_backlog.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include "tests/bench/row.h"
#include "tests/bench/stage_run.h"
#include "tests/support/free_port.h"
#include "tests/support/paths.h"
#include "tests/support/wait.h"

namespace paperwire::bench {
namespace {

using std::chrono::seconds;

constexpr int kPapers = 1000;
constexpr int kWarmUp = 60;

struct Worker {
  uint16_t port = 0;
  std::unique_ptr<support::Process> process = nullptr;
};

}  // namespace

bool SharedBacklog::Run(int rounds) {
  std::vector<double> one, lanes, processes;
  for (int round = 1; round <= rounds; ++round) {
    one.push_back(Measure(1, 1));
    lanes.push_back(Measure(1, 2));
    processes.push_back(Measure(2, 1));
    if (one.back() <= 0 || lanes.back() <= 0 || processes.back() <= 0) {
      std::fprintf(stderr, "a run did not get through its papers\n%s\n", stack_.LogTails().c_str());
      return false;
    }
    std::printf("round %d: one worker %.1f/s, two lanes %.1f/s, two processes %.1f/s\n", round,
                one.back(), lanes.back(), processes.back());
    std::fflush(stdout);
  }
  const auto print = [&](const std::string& name, const std::vector<double>& two) {
    Print({.name = options_.stage + name,
           .ours = Median(two),
           .limit = Median(one),
           .ratio = Median(two) / Median(one),
           .goal = 1.8,
           .unit = "papers/s"});
  };
  print("_two_lanes", lanes);
  print("_two_processes", processes);
  return true;
}

double SharedBacklog::Measure(int processes, int lanes) {
  std::vector<Worker> workers;
  for (int i = 0; i < processes; ++i) {
    Worker worker{.port = support::FreePort()};
    auto started = support::Process::Start(
        {.command = {support::BinaryDir() + "/tests/" + options_.program, "--kafka-brokers",
                     stack_.kafka().bootstrap(), "--kafka-session-timeout", "6s", "--redis-url",
                     stack_.redis_url(), "--workers", std::to_string(lanes), "--metrics-listen",
                     "127.0.0.1:" + std::to_string(worker.port)},
         .environment = {},
         .log = stack_.log_folder() + "/" + options_.program + ".log"});
    if (!started.ok()) return 0;
    worker.process = *std::move(started);
    workers.push_back(std::move(worker));
  }
  const auto has_worked = [this](const Worker& worker) {
    const std::string metrics = support::HttpGet(worker.port, "/metrics").body;
    return support::MetricSum(metrics, "paperwire_" + options_.stage + "_cards_total") > 0;
  };
  // Until everyone has had some: then the partitions are shared out.
  const bool shared = support::WaitUntil(seconds(60), [&] {
    return Drain(kWarmUp, seconds(30)) > 0 &&
           std::all_of(workers.begin(), workers.end(), has_worked);
  });
  const double rate = shared ? Drain(kPapers, seconds(120)) : 0;
  for (Worker& worker : workers) {
    if (worker.process->Terminate(seconds(30)) != 0) return 0;
  }
  return rate;
}

double SharedBacklog::Drain(int count, seconds timeout) {
  const int64_t before = stack_.RecordCount(options_.output_topic);
  std::vector<bus::Message> messages;
  for (int i = 0; i < count; ++i) messages.push_back(options_.record(next_++));
  if (!stack_.Publish(std::move(messages)).ok()) return 0;
  return Throughput(stack_, options_.output_topic, before, count, timeout);
}

}  // namespace paperwire::bench
