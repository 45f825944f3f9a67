#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "absl/status/status.h"
#include "libs/bus/fate.h"
#include "libs/bus/message.h"

namespace paperwire::bus {

// Reads a topic as a member of a consumer group, with its retry tiers, and emits what the handler
// made of each record. Not thread-safe; Run is called once.
class Subscriber {
 public:
  // Turns `message` into the records to emit. It must be safe to call from several threads; records
  // of one key are handed over one at a time, in order. What it returns decides the record's fate
  // (fate.h). On OK the record is complete when everything in `emit` is delivered; on any other
  // status `emit` is dropped.
  using Handler = std::function<absl::Status(const Message& message, std::vector<Message>& emit)>;

  virtual ~Subscriber() = default;

  // Hands records to `handler` until `stop` is requested, then drains (design: finish or abandon
  // what is in flight, flush, commit, leave the group) and returns OK; or returns the first status
  // whose fate is kStop. Delivery is at least once: a handler must tolerate a record it has seen.
  virtual absl::Status Run(std::stop_token stop, const Handler& handler) = 0;
};

}  // namespace paperwire::bus
