// How workers of summarize share a backlog: two lanes of one process, and two processes, against
// one, each paper waiting 20 ms so that the machine's cores are not the limit. And the memory of
// the real program at full speed.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/bench/row.h"
#include "tests/support/environment.h"
#include "tests/support/free_port.h"
#include "tests/support/paper_source.h"
#include "tests/support/paths.h"
#include "tests/support/stack.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPapers = 1000;
constexpr int kWarmUp = 60;
constexpr int kFullSpeed = 30000;
constexpr double kMostMebibytes = 64;

struct Worker {
  uint16_t port = 0;
  std::unique_ptr<support::Process> process = nullptr;
};

class Bench {
 public:
  explicit Bench(support::Stack& stack) : stack_(stack) {}

  // Papers a second of so many processes with so many lanes each; 0: it did not work.
  double Measure(int processes, int lanes) {
    std::vector<Worker> workers;
    for (int i = 0; i < processes; ++i) {
      Worker worker{.port = support::FreePort()};
      auto started = support::Process::Start(
          {.command = {support::BinaryDir() + "/tests/slow_summarize", "--kafka-brokers",
                       stack_.kafka().bootstrap(), "--kafka-session-timeout", "6s", "--redis-url",
                       stack_.redis_url(), "--workers", std::to_string(lanes), "--metrics-listen",
                       "127.0.0.1:" + std::to_string(worker.port)},
           .environment = {},
           .log = stack_.log_folder() + "/slow_summarize.log"});
      if (!started.ok()) return 0;
      worker.process = *std::move(started);
      workers.push_back(std::move(worker));
    }
    // Until everyone has had some: then the partitions are shared out.
    const bool shared = support::WaitUntil(seconds(60), [&] {
      return Drain(kWarmUp, seconds(30)) > 0 &&
             std::all_of(workers.begin(), workers.end(), HasWorked);
    });
    const double rate = shared ? Drain(kPapers, seconds(120)) : 0;
    for (Worker& worker : workers) {
      if (worker.process->Terminate(seconds(30)) != 0) return 0;
    }
    return rate;
  }

  // The real program on a backlog, without a wait.
  bool MeasureMemory() {
    if (!Publish(kFullSpeed)) return false;
    const int64_t before = stack_.RecordCount("summarized");
    if (!stack_.StartService("summarize").ok()) return false;
    const double rate = Finish(before, kFullSpeed, seconds(120));
    const double peak = PeakMebibytes(stack_.service("summarize").pid());
    stack_.service("summarize").Terminate(seconds(30));
    if (rate <= 0 || peak <= 0) return false;
    std::printf("full speed: %.0f papers/s through Kafka, at most %.1f MiB\n", rate, peak);
    bench::Print({.name = "summarize_service_memory",
                  .ours = peak,
                  .limit = kMostMebibytes,
                  .ratio = kMostMebibytes / peak,
                  .goal = 1,
                  .unit = "MiB"});
    return true;
  }

 private:
  static bool HasWorked(const Worker& worker) {
    const std::string metrics = support::HttpGet(worker.port, "/metrics").body;
    return support::MetricSum(metrics, "paperwire_summarize_cards_total") > 0;
  }

  static double PeakMebibytes(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string word;
    double kibibytes = 0;
    while (status >> word) {
      if (word == "VmHWM:" && status >> kibibytes) break;
    }
    return kibibytes / 1024;
  }

  bool Publish(int count) {
    for (int done = 0; done < count; done += 5000) {
      std::vector<bus::Message> messages;
      for (int i = done; i < std::min(count, done + 5000); ++i) {
        messages.push_back(events::Encode(events::kNewPaper, source_.MakeNew(1 + next_++ % 99999),
                                          {.service = "ingest", .configuration = "bench"}, clock_));
      }
      if (!stack_.Publish(std::move(messages)).ok()) return false;
    }
    return true;
  }

  // Publishes a backlog and waits until it is done: papers a second.
  double Drain(int count, seconds timeout) {
    const int64_t before = stack_.RecordCount("summarized");
    return Publish(count) ? Finish(before, count, timeout) : 0;
  }

  // Papers a second from the first look that finds some to the one that finds all; 0: never.
  double Finish(int64_t before, int count, seconds timeout) {
    std::optional<support::Stopwatch> watch;
    int64_t started_at = 0;
    double rate = 0;
    support::WaitUntil(
        timeout,
        [&] {
          const int64_t done = stack_.RecordCount("summarized") - before;
          if (!watch && done > 0) {
            watch.emplace();
            started_at = done;
          }
          if (done < count) return false;
          rate = static_cast<double>(done - started_at) / watch->seconds();
          return true;
        },
        milliseconds(10));
    return rate;
  }

  support::Stack& stack_;
  const support::PaperSource source_{"2026-06-24"};
  const clock::SystemClock clock_;
  int next_ = 0;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Run() {
  const int rounds = support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3);
  auto started = support::Stack::Start({});
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return 0;
  }
  support::Stack& stack = **started;
  Bench bench(stack);
  std::vector<double> one, lanes, processes;
  for (int round = 1; round <= rounds; ++round) {
    one.push_back(bench.Measure(1, 1));
    lanes.push_back(bench.Measure(1, 2));
    processes.push_back(bench.Measure(2, 1));
    if (one.back() <= 0 || lanes.back() <= 0 || processes.back() <= 0) {
      std::fprintf(stderr, "a run did not get through its papers\n%s\n", stack.LogTails().c_str());
      return 1;
    }
    std::printf("round %d: one worker %.1f/s, two lanes %.1f/s, two processes %.1f/s\n", round,
                one.back(), lanes.back(), processes.back());
    std::fflush(stdout);
  }
  const auto print = [&](const std::string& name, const std::vector<double>& two) {
    bench::Print({.name = name,
                  .ours = Median(two),
                  .limit = Median(one),
                  .ratio = Median(two) / Median(one),
                  .goal = 1.8,
                  .unit = "papers/s"});
  };
  print("summarize_two_lanes", lanes);
  print("summarize_two_processes", processes);
  if (!bench.MeasureMemory()) {
    std::fprintf(stderr, "summarize did not get through its backlog\n%s\n",
                 stack.LogTails().c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
