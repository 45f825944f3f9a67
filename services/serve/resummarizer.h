#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/bus/publisher.h"
#include "libs/clock/clock.h"
#include "libs/window/generations.h"
#include "paperwire/v1/operator_service.pb.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/serve/feed_clock.h"
#include "services/serve/snapshot.h"

namespace paperwire::serve {

// Asks for cards to be made again: publishes their papers on `new-paper` with the next generation.
// Thread-safe.
class Resummarizer {
 public:
  // What it works with; all must outlive it. `read_topic` serves to restore the generations after
  // a loss.
  struct Parts {
    const SnapshotHolder& snapshots;
    const FeedClock& feed_clock;
    window::Generations& generations;
    window::ReadTopic read_topic;
    bus::Publisher& publisher;
    const clock::Clock& clock;
  };
  Resummarizer(Parts parts, prometheus::Registry& metrics);

  // Returns when every paper has been published. A paper that is asked for twice is published once.
  // InvalidArgument: neither ids nor all_embedded, or both, or an id that is none; nothing was
  // published. Unavailable: no snapshot yet, or Redis or Kafka is away; the message says which, and
  // of how many papers the request had been published by then.
  absl::StatusOr<v1::ResummarizeResponse> Resummarize(const v1::ResummarizeRequest& request,
                                                      std::stop_token stop);

 private:
  // The cards that are meant, each once; those not in the window go to `response`.
  absl::StatusOr<std::vector<EntryPtr>> Find(const v1::ResummarizeRequest& request,
                                             v1::ResummarizeResponse& response) const;
  absl::StatusOr<bus::Message> Encode(const v1::Entry& entry) const;

  const Parts parts_;
  prometheus::Counter& requested_;
  prometheus::Counter& missing_;
  prometheus::Counter& failed_;
};

}  // namespace paperwire::serve
