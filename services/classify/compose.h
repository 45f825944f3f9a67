#pragma once

#include "absl/status/status.h"
#include "libs/service/run.h"
#include "services/classify/config.h"

namespace paperwire::classify {

// Builds classify out of its real parts and runs it until `context.stop` is requested. While Kafka
// is away it stays up, not ready, and waits. Without Redis it goes on after a short wait, without
// the crash rule until Redis is back. InvalidArgument: --redis-url is not one.
absl::Status Serve(service::Context& context, const Config& config);

}  // namespace paperwire::classify
