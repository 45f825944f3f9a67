#include "libs/telemetry/ops_server.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "libs/telemetry/log.h"
#include "prometheus/metric_family.h"
#include "prometheus/text_serializer.h"

namespace paperwire::telemetry {
namespace {

// Linux: the second figure of statm is the resident pages.
double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

prometheus::MetricFamily ResidentMemory() {
  prometheus::MetricFamily family;
  family.name = "process_resident_memory_bytes";
  family.help = "Resident memory size in bytes.";
  family.type = prometheus::MetricType::Gauge;
  prometheus::ClientMetric metric;
  metric.gauge.value = ResidentBytes();
  family.metric.push_back(metric);
  return family;
}

http::Response Metrics(const prometheus::Registry& registry) {
  std::vector<prometheus::MetricFamily> families = registry.Collect();
  families.push_back(ResidentMemory());
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  http::Response response = http::Response::Text(200, text.str());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

http::Response Answer(const http::Request& request, const prometheus::Registry& metrics,
                      const Health& health) {
  if (request.method != "GET") {
    http::Response response = http::Response::Text(405, "only GET and HEAD\n");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (request.path == "/metrics") return Metrics(metrics);
  if (request.path == "/livez")
    return http::Response::Text(health.live() ? 200 : 503, health.Report());
  if (request.path == "/readyz") {
    return http::Response::Text(health.ready() ? 200 : 503, health.Report());
  }
  return http::Response::Text(404, "/metrics, /livez and /readyz are here\n");
}

}  // namespace

absl::StatusOr<std::unique_ptr<OpsServer>> OpsServer::Start(const std::string& listen,
                                                            const prometheus::Registry& metrics,
                                                            const Health& health) {
  http::ServerOptions options;
  options.listen = listen;
  options.max_connections = 64;
  options.headers = {{"Cache-Control", "no-store"}};
  options.on_error = [](std::string_view what) {
    Log(Level::kError, "ops request failed", {{"error", what}});
  };
  absl::StatusOr<std::unique_ptr<http::Server>> server =
      http::Server::Start(std::move(options), [&metrics, &health](const http::Request& request) {
        return Answer(request, metrics, health);
      });
  if (!server.ok()) return server.status();
  return std::unique_ptr<OpsServer>(new OpsServer(*std::move(server)));
}

}  // namespace paperwire::telemetry
