#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/message.h"
#include "libs/bus/publisher.h"
#include "libs/events/dead_letters.h"
#include "libs/window/generations.h"
#include "libs/window/ledger_store.h"
#include "paperwire/v1/operator_service.pb.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/serve/feed_clock.h"

namespace paperwire::serve {

// Puts dead letters back onto the topics they came from, by the rule of libs/events/dead_letters.h.
// One about a paper of which the ledger knows a later record is left where it is: it has been put
// back already, or the paper has got further without it. So is one about a paper that has left the
// window. Thread-safe.
class DeadLetterReplayer {
 public:
  // What it works with; all must outlive it.
  struct Parts {
    window::LedgerStore& ledger;
    const FeedClock& feed_clock;
    window::ReadTopic read_topic;
    bus::Publisher& publisher;
  };

  DeadLetterReplayer(Parts parts, prometheus::Registry& metrics);

  // Returns when every record has been published; each is a line in the log. InvalidArgument: the
  // request is not clear. Unavailable: the ledger is being rebuilt, or Redis or Kafka is away; the
  // message says which, and how many had been put back by then. Asking again is safe.
  absl::StatusOr<v1::ReplayDeadLettersResponse> Run(const v1::ReplayDeadLettersRequest& request,
                                                    std::stop_token stop);

 private:
  struct Task;

  void Take(const bus::Message& dead, Task& task);
  void Publish(Task& task);
  void Count(const bus::Message& dead, const char* outcome, Task& task);

  const Parts parts_;
  prometheus::Family<prometheus::Counter>& letters_;
};

}  // namespace paperwire::serve
