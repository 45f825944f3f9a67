// summarize with a wait in every paper (slow_stage.h).
#include <string>
#include <vector>

#include "libs/events/topics.h"
#include "libs/service/run.h"
#include "services/summarize/config.h"
#include "services/summarize/handler.h"
#include "tests/bench/slow_stage.h"

namespace paperwire {
namespace {

absl::Status Serve(service::Context& context, const summarize::Config& config) {
  const summarize::Handler handler(context.clock, context.metrics);
  return bench::RunSlowly(context,
                          {.service = "summarize",
                           .topic = std::string(events::kNewPaper),
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
  return paperwire::service::Run<paperwire::summarize::Config>(
      argc, argv, {.name = "slow_summarize", .description = "summarize with a wait in every paper"},
      paperwire::Serve);
}
