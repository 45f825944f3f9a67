#pragma once

#include <stop_token>

#include "absl/status/status.h"
#include "libs/bus/fate.h"
#include "libs/bus/handler.h"

namespace paperwire::bus {

// Reads a topic as a member of a consumer group, with its retry tiers, and emits what the handler
// made of each record. Not thread-safe; Run is called once.
class Subscriber {
 public:
  using Handler = bus::Handler;

  virtual ~Subscriber() = default;

  // Hands records to `handler` until `stop` is requested, then drains (finish or abandon what is
  // in flight, flush, commit, leave the group) and returns OK; or returns the first status
  // whose fate is kStop. Delivery is at least once: a handler must tolerate a record it has seen.
  virtual absl::Status Run(std::stop_token stop, const Handler& handler) = 0;
};

}  // namespace paperwire::bus
