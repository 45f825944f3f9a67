#include "tests/bench/stage_run.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "tests/support/wait.h"

namespace paperwire::bench {
namespace {

constexpr std::chrono::milliseconds kLook{2};

}  // namespace

double Throughput(support::Stack& stack, const std::string& topic, int64_t before, int64_t count,
                  std::chrono::milliseconds timeout) {
  std::optional<support::Stopwatch> watch;
  int64_t started_at = 0;
  double rate = 0;
  support::WaitUntil(
      timeout,
      [&] {
        const int64_t done = stack.RecordCount(topic) - before;
        if (!watch && done > 0) {
          watch.emplace();
          started_at = done;
        }
        if (done < count) return false;
        rate = static_cast<double>(done - started_at) / watch->seconds();
        return true;
      },
      kLook);
  return rate;
}

Usage UsageOf(pid_t pid) {
  Usage usage;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream stat(folder + "/stat");
  const std::string line{std::istreambuf_iterator<char>(stat), {}};
  // The program's name, in parentheses, may hold spaces; user and system time are the 12th and 13th
  // field after it.
  std::istringstream fields(line.substr(std::min(line.size(), line.rfind(')') + 1)));
  std::string field;
  for (int i = 0; i < 11; ++i) fields >> field;
  double user = 0;
  double system = 0;
  if (fields >> user >> system) {
    usage.processor_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  std::ifstream status(folder + "/status");
  double kibibytes = 0;
  while (status >> field) {
    if (field == "VmHWM:" && status >> kibibytes) usage.peak_mebibytes = kibibytes / 1024;
  }
  return usage;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace paperwire::bench
