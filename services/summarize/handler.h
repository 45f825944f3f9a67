#pragma once

#include <vector>

#include "absl/status/status.h"
#include "libs/bus/attempt.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "paperwire/v1/events.pb.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/summarize/grounding_metrics.h"
#include "services/summarize/llm_summarizer.h"

namespace paperwire::summarize {

// What a handler's attempt has for a card: how long to wait for it, and where.
Patience PatienceOf(bus::Attempt& attempt);

// Turns a new-paper record into a summarized record. Thread-safe.
class Handler {
 public:
  // All must outlive it. Null: cards are the embedded ones, as they should be.
  Handler(const clock::Clock& clock, prometheus::Registry& metrics,
          const LlmSummarizer* summarizer = nullptr);

  // Appends the record to emit; where the card fell back also the wish for a better one.
  // InvalidArgument: the record is no NewPaper; nothing is emitted. Unavailable: abandoned.
  absl::Status Handle(const bus::Message& message, std::vector<bus::Message>& emit,
                      bus::Attempt& attempt) const;
  // The same for whoever never abandons it.
  absl::Status Handle(const bus::Message& message, std::vector<bus::Message>& emit) const;

  // Counts a card that was made, here or elsewhere; `removed`: sentences the gate took out of it.
  void Count(const v1::SummarizedPaper& summarized, int removed) const;

 private:
  // The counter of what became of the card.
  prometheus::Counter& OutcomeOf(const v1::SummarizedPaper& summarized) const;

  // Constant after construction; counters synchronize themselves.
  const clock::Clock& clock_;
  const LlmSummarizer* const summarizer_;
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
