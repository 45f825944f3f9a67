#include "libs/service/run.h"

#include <cstdio>
#include <exception>
#include <memory>

#include "absl/status/statusor.h"
#include "libs/service/healthcheck.h"
#include "libs/service/signals.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/ops_server.h"

namespace paperwire::service {
namespace {

using telemetry::Level;
using telemetry::Log;

constexpr std::string_view kNoOpsServer = "off";
constexpr std::chrono::milliseconds kOpsDrain{500};

// What every service can be told.
struct CommonSettings {
  telemetry::LogSettings log;
  std::string metrics_listen;
  std::chrono::milliseconds grace;
  bool healthcheck = false;

  explicit CommonSettings(const Program& program)
      : metrics_listen(program.metrics_listen), grace(program.grace) {}

  void Declare(config::Settings& settings) {
    settings.Text(&log.level, "log-level", "Lines below this level are not written.",
                  {.choices = {"debug", "info", "warning", "error"}});
    settings.Text(&log.format, "log-format",
                  "How log lines look; auto is text on a terminal and JSON otherwise.",
                  {.choices = {"auto", "text", "json"}});
    settings.Text(&metrics_listen, "metrics-listen",
                  "Address of /metrics, /livez and /readyz; off: none.");
    settings.Duration(&grace, "grace", "How long a drain may take before the process ends itself.",
                      std::chrono::milliseconds(100), std::chrono::hours(1));
    settings.Subcommand("healthcheck",
                        "Asks the process at --metrics-listen whether it is ready; exit 0 or 1.",
                        &healthcheck);
  }
};

absl::Status RunBody(const std::function<absl::Status(Context&)>& body, Context& context) {
  try {
    return body(context);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

void WarnAboutVariables(const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : " ") + name;
  Log(Level::kWarning, "environment variables that this program does not read",
      {{"variables", list}});
}

int ExitCode(const absl::Status& status, const Context& context) {
  if (status.ok() || (absl::IsCancelled(status) && context.stop.stop_requested())) {
    return context.exit_code;
  }
  const bool refused = absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status);
  return refused ? config::kExitConfig : 1;
}

// All of a run but the settings.
int Serve(const Program& program, const CommonSettings& settings,
          const std::vector<std::string>& unknown_variables,
          const std::function<absl::Status(Context&)>& body) {
  telemetry::StartLogging(program.name, settings.log);
  WarnAboutVariables(unknown_variables);

  clock::SystemClock clock;
  prometheus::Registry metrics;
  telemetry::Health health;
  Signals signals(settings.grace, clock);
  Context context{signals.stop(), clock, metrics, health, signals.hurry(), settings.grace};
  const std::stop_callback draining(context.stop, [&health] { health.SetDraining(); });

  std::unique_ptr<telemetry::OpsServer> ops;
  if (settings.metrics_listen != kNoOpsServer) {
    auto started = telemetry::OpsServer::Start(settings.metrics_listen, metrics, health);
    if (!started.ok()) {
      Log(Level::kError, "cannot serve metrics and health",
          {{"setting", "--metrics-listen"}, {"status", started.status()}});
      return ExitCode(started.status(), context);
    }
    ops = *std::move(started);
  }
  Log(Level::kInfo, "started",
      {{"version", PAPERWIRE_VERSION},
       {"metrics", ops == nullptr ? kNoOpsServer : std::string_view(settings.metrics_listen)},
       {"metrics_port", ops == nullptr ? 0 : static_cast<int>(ops->port())}});

  const absl::Status status = RunBody(body, context);

  health.SetDraining();
  if (ops != nullptr) ops->Drain(kOpsDrain);
  const int code = ExitCode(status, context);
  if (code != 0 && !status.ok()) {
    Log(Level::kError, "stopped by an error", {{"status", status}, {"exit_code", code}});
  } else {
    Log(Level::kInfo, "stopped", {{"exit_code", code}});
  }
  return code;
}

}  // namespace

int Run(int argc, const char* const* argv, const Program& program,
        const std::function<void(config::Settings&)>& declare,
        const std::function<absl::Status(Context&)>& body) {
  CommonSettings common(program);
  config::Settings settings(program.name, program.description);
  declare(settings);
  common.Declare(settings);

  const config::Settings::Outcome outcome = settings.Parse(argc, argv);
  if (!outcome.run) {
    std::fputs(outcome.output.c_str(), outcome.exit_code == 0 ? stdout : stderr);
    return outcome.exit_code;
  }
  if (common.healthcheck) return Healthcheck(common.metrics_listen);
  const int code = Serve(program, common, outcome.unknown_variables, body);
  std::fflush(stdout);
  return code;
}

}  // namespace paperwire::service
