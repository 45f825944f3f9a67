#pragma once

#include "absl/status/status.h"
#include "libs/service/run.h"
#include "services/summarize/config.h"

namespace paperwire::summarize {

// Builds summarize out of its real parts and runs it until `context.stop` is requested. While Kafka
// is away it stays up, not ready, and waits. Without Redis it goes on after a short wait, without
// the crash rule until Redis is back, and without a word to language models. InvalidArgument:
// --redis-url is not one.
absl::Status Serve(service::Context& context, const Config& config);

}  // namespace paperwire::summarize
