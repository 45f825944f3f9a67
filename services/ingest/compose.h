#pragma once

#include "absl/status/status.h"
#include "libs/service/run.h"
#include "services/ingest/config.h"

namespace paperwire::ingest {

// Runs ingest on the real parts, in the mode that `config` says, until it has done its one cycle or
// is stopped.
absl::Status Serve(service::Context& context, const Config& config);

}  // namespace paperwire::ingest
