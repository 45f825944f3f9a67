#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "libs/stage/stage.h"

namespace paperwire::bench {

// As stage::Run, but every paper waits 20 ms first, as for a language model that answers: shows how
// workers share a backlog when the processor is not the limit. Nothing of it is shipped.
inline absl::Status RunSlowly(service::Context& context, const stage::Options& options,
                              const bus::Subscriber::Handler& handler) {
  return stage::Run(context, options,
                    [&](const bus::Message& message, std::vector<bus::Message>& emit) {
                      context.clock.SleepFor(std::chrono::milliseconds(20), context.hurry);
                      return handler(message, emit);
                    });
}

}  // namespace paperwire::bench
