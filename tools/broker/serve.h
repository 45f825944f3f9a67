#pragma once

#include "absl/status/status.h"
#include "libs/service/run.h"
#include "tools/broker/config.h"

namespace paperwire::broker {

// What the program says of itself before anything else, for people.
extern const char kBanner[];

// Runs the embedded broker with every topic of events::Topics() until context.stop is requested.
// The last line on standard output is "bootstrap 127.0.0.1:PORT".
absl::Status Serve(service::Context& context, const Config& config);

}  // namespace paperwire::broker
