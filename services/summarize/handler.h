#pragma once

#include <vector>

#include "absl/status/status.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "paperwire/v1/events.pb.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/summarize/grounding_metrics.h"

namespace paperwire::summarize {

// Turns a new-paper record into a summarized record. Thread-safe.
class Handler {
 public:
  // Both must outlive it.
  Handler(const clock::Clock& clock, prometheus::Registry& metrics);

  // Appends the record to emit. InvalidArgument: the record is no NewPaper; nothing is emitted.
  absl::Status Handle(const bus::Message& message, std::vector<bus::Message>& emit) const;

 private:
  // The counter of what became of the card.
  prometheus::Counter& OutcomeOf(const v1::SummarizedPaper& summarized) const;

  // Constant after construction; counters synchronize themselves.
  const clock::Clock& clock_;
  prometheus::Counter& complete_;
  prometheus::Counter& partial_;
  prometheus::Counter& empty_;
  prometheus::Counter& withdrawn_;
  prometheus::Counter& other_language_;
  prometheus::Counter& not_text_;
  prometheus::Counter& invalid_;
  prometheus::Counter& ungrounded_;
  GroundingMetrics grounding_;
};

}  // namespace paperwire::summarize
