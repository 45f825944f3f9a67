#pragma once

#include "absl/status/status.h"
#include "libs/service/run.h"
#include "services/serve/config.h"

namespace paperwire::serve {

// Builds serve out of its real parts and runs it until `context.stop` is requested. While Kafka or
// Redis is away it stays up and answers from its snapshot; before the first snapshot it is not
// ready. FailedPrecondition: Redis is set up to evict. Unavailable: an address is in use.
absl::Status Serve(service::Context& context, const Config& config);

}  // namespace paperwire::serve
