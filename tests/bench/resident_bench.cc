// Resident memory of each service when it has nothing to do, on a real Kafka and Redis.
#include <cstdio>
#include <thread>

#include "tests/bench/row.h"
#include "tests/support/free_port.h"
#include "tests/support/stack.h"

namespace paperwire {
namespace {

constexpr double kLimitMib = 64;

int Run() {
  auto started = support::Stack::Start({});
  if (!started.ok()) {
    std::printf("SKIPPED PROGRAM: %s\n", started.status().ToString().c_str());
    return 0;
  }
  support::Stack& stack = **started;
  if (auto status = stack.StartServices(); !status.ok()) {
    std::fprintf(stderr, "%s\n%s\n", status.ToString().c_str(), stack.LogTails().c_str());
    return 1;
  }
  // ingest between two cycles: nobody answers where it asks.
  auto command = stack.CommandOf("ingest");
  command.insert(command.end(), {"--feed-clock", "real", "--request-interval", "0s", "--rss-url",
                                 "http://127.0.0.1:" + std::to_string(support::FreePort())});
  auto ingest = support::Process::Start(
      {.command = command, .environment = {}, .log = stack.log_folder() + "/ingest.log"});
  if (!ingest.ok()) return 1;
  std::this_thread::sleep_for(std::chrono::seconds(15));

  const auto print = [](const std::string& name, const support::Process& process) {
    const double mib = static_cast<double>(process.ResidentKib()) / 1024;
    bench::Print({.name = "resident_" + name,
                  .ours = mib,
                  .limit = kLimitMib,
                  .ratio = mib > 0 ? kLimitMib / mib : 0,
                  .goal = 1.0,
                  .unit = "MiB idle"});
  };
  print("ingest", **ingest);
  for (const auto& name : stack.service_names()) print(name, stack.service(name));
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
