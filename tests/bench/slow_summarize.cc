// summarize, but every paper waits 20 ms first, as for a language model that answers: shows how
// workers share a backlog when the processor is not the limit. Nothing of it is shipped.
#include <chrono>
#include <string>
#include <vector>

#include "libs/events/topics.h"
#include "libs/service/run.h"
#include "libs/stage/stage.h"
#include "services/summarize/config.h"
#include "services/summarize/handler.h"

namespace paperwire {
namespace {

constexpr std::chrono::milliseconds kWait{20};

absl::Status Serve(service::Context& context, const summarize::Config& config) {
  const summarize::Handler handler(context.clock, context.metrics);
  return stage::Run(context,
                    {.service = "summarize",
                     .topic = std::string(events::kNewPaper),
                     .workers = static_cast<int>(config.workers),
                     .kafka = config.kafka,
                     .redis_url = config.redis_url},
                    [&](const bus::Message& message, std::vector<bus::Message>& emit) {
                      context.clock.SleepFor(kWait, context.hurry);
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
