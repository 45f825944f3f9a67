// classify with a wait in every paper (slow_stage.h).
#include <string>
#include <vector>

#include "libs/events/topics.h"
#include "libs/service/run.h"
#include "services/classify/config.h"
#include "services/classify/handler.h"
#include "tests/bench/slow_stage.h"

namespace paperwire {
namespace {

absl::Status Serve(service::Context& context, const classify::Config& config) {
  const classify::Handler handler(context.clock, context.metrics);
  return bench::RunSlowly(context,
                          {.service = "classify",
                           .topic = std::string(events::kSummarized),
                           .workers = static_cast<int>(config.workers),
                           .kafka = config.kafka,
                           .redis_url = config.redis_url},
                          [&handler](const bus::Message& message, std::vector<bus::Message>& emit) {
                            return handler.Handle(message, emit);
                          });
}

}  // namespace
}  // namespace paperwire

int main(int argc, char** argv) {
  return paperwire::service::Run<paperwire::classify::Config>(
      argc, argv, {.name = "slow_classify", .description = "classify with a wait in every paper"},
      paperwire::Serve);
}
