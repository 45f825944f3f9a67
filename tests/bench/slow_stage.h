#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "libs/service/run.h"
#include "libs/stage/stage.h"

namespace paperwire::bench {

// A stage as its own main runs it, but every paper waits 20 ms first, as for a language model that
// answers: shows how workers share a backlog when the processor is not the limit. Nothing of it is
// shipped. Returns the exit code.
template <typename Config, typename Handler>
int RunSlowly(int argc, char** argv, const std::string& service, std::string_view topic) {
  const auto serve = [&](service::Context& context, const Config& config) {
    const Handler handler(context.clock, context.metrics);
    return stage::Run(context,
                      {.service = service,
                       .topic = std::string(topic),
                       .workers = static_cast<int>(config.workers),
                       .kafka = config.kafka,
                       .redis_url = config.redis_url},
                      [&](const bus::Message& message, std::vector<bus::Message>& emit) {
                        context.clock.SleepFor(std::chrono::milliseconds(20), context.hurry);
                        return handler.Handle(message, emit);
                      });
  };
  return service::Run<Config>(
      argc, argv,
      {.name = "slow_" + service, .description = service + " with a wait in every paper"}, serve);
}

}  // namespace paperwire::bench
