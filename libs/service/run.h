#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "libs/clock/clock.h"
#include "libs/config/settings.h"
#include "libs/telemetry/health.h"
#include "prometheus/registry.h"

namespace paperwire::service {

// What a service is given to run in.
struct Context {
  // Requested on SIGTERM or SIGINT; a second signal skips waiting for what is in flight.
  std::stop_token stop;
  clock::Clock& clock;
  prometheus::Registry& metrics;
  telemetry::Health& health;
  // Requested by a second signal; the process ends itself a second later at the latest.
  std::stop_token hurry = {};
  // --grace: how long the drain has before the process ends itself.
  std::chrono::milliseconds grace = std::chrono::seconds(30);
  // What Run returns when the body returned OK, for a program whose result is its exit code.
  int exit_code = 0;
};

struct Program {
  std::string name;
  std::string description;
  // Default of --metrics-listen, the port of /metrics, /livez and /readyz.
  std::string metrics_listen = "127.0.0.1:9464";
  // How long a drain may take before the process ends itself.
  std::chrono::milliseconds grace = std::chrono::seconds(30);
};

// Runs a service: settings, logging, signals, metrics and health port, drain, exit code.
//
// `declare` adds the service's own settings; `body` runs it until context.stop is requested.
// Returns the exit code: 0 after a clean stop, 78 (EX_CONFIG) for a refused setting or an
// InvalidArgument / FailedPrecondition from `body` before it ran, 1 for any other status.
// Every program also has --help, --version, --print-config, --log-level, --log-format,
// --metrics-listen ("off": none), --grace and the subcommand healthcheck, which asks a running
// process's /readyz (exit 0 or 1). Cancelled from a body that was told to stop is a clean stop.
int Run(int argc, const char* const* argv, const Program& program,
        const std::function<void(config::Settings&)>& declare,
        const std::function<absl::Status(Context&)>& body);

// The same for a Config with `void Declare(config::Settings&)`:
//   return service::Run<summarize::Config>(argc, argv, {...}, summarize::Serve);
template <typename Config>
int Run(int argc, const char* const* argv, const Program& program,
        const std::function<absl::Status(Context&, const Config&)>& body) {
  Config config;
  return Run(
      argc, argv, program, [&config](config::Settings& settings) { config.Declare(settings); },
      [&config, &body](Context& context) { return body(context, config); });
}

}  // namespace paperwire::service
