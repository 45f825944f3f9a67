// What run_test.cc starts as a process of its own: service::Run around a body whose end the
// command line chooses.
#include <cstdio>
#include <stdexcept>
#include <string>

#include "libs/service/run.h"

namespace {

struct Config {
  std::string end = "stop";
  std::string password;

  void Declare(paperwire::config::Settings& settings) {
    settings.Text(&end, "end", "How the body ends.");
    settings.Text(&password, "password", "A secret.", {.secret = true});
  }
};

absl::Status Body(paperwire::service::Context& context, const Config& config) {
  context.health.SetReady("body", config.end != "never-ready", "told not to be");
  std::puts("body runs");
  std::fflush(stdout);
  if (config.end == "refused") return absl::InvalidArgumentError("the body refuses");
  if (config.end == "failed") return absl::InternalError("the body fails");
  if (config.end == "throws") throw std::runtime_error("the body throws");
  if (config.end == "result") {
    context.exit_code = 69;
    return absl::OkStatus();
  }
  context.clock.SleepFor(std::chrono::hours(1), context.stop);
  // Both hang in the drain; only one of them heeds the second signal.
  if (config.end == "hangs") context.clock.SleepFor(std::chrono::hours(1), {});
  if (config.end == "slow") context.clock.SleepFor(std::chrono::hours(1), context.hurry);
  std::puts("body drained");
  return config.end == "cancelled" ? absl::CancelledError("told to stop") : absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  return paperwire::service::Run<Config>(
      argc, argv,
      {.name = "program", .description = "A service for tests.", .metrics_listen = "127.0.0.1:0"},
      Body);
}
