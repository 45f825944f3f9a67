#include <grpc/support/log.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "libs/clock/clock.h"
#include "libs/telemetry/log.h"
#include "tools/paperwire/command.h"

int main(int argc, char** argv) {
  // Each command reports its errors itself; the client libraries would say them twice.
  paperwire::telemetry::StartLogging("paperwire", {.level = "error", .format = "text"});
  gpr_set_log_function([](gpr_log_func_args* /*line*/) {});
  const paperwire::clock::SystemClock clock;
  paperwire::cli::Console console{
      .in = std::cin, .out = std::cout, .err = std::cerr, .clock = clock};
  winsize size{};
  if (isatty(STDOUT_FILENO) != 0) {
    console.terminal = true;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
      console.columns = size.ws_col;
    }
  }
  console.abandoned = [] {
    pollfd output{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLNVAL)) != 0;
  };
  return paperwire::cli::RunProgram(argc, argv, console);
}
