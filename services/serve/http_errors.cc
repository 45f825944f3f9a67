#include "services/serve/http_errors.h"

#include "libs/paper/text.h"
#include "libs/telemetry/log.h"

namespace paperwire::serve {
namespace {

constexpr access::RateLimiter::Options kLines{.per_second = 10.0 / 60, .burst = 10};
constexpr size_t kLongestShown = 300;

}  // namespace

HttpErrors::HttpErrors(const clock::Clock& clock) : clock_(clock), lines_(kLines) {}

void HttpErrors::Tell(std::string_view what) {
  if (lines_.Take("", clock_.SteadyNow()) > absl::ZeroDuration()) return;
  telemetry::Log(telemetry::Level::kError, "HTTP failed",
                 {{"error", paper::Truncate(paper::CleanLine(what), kLongestShown)}});
}

}  // namespace paperwire::serve
