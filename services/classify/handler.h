#pragma once

#include <array>
#include <vector>

#include "absl/status/status.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/classify/lexicon.h"

namespace paperwire::classify {

// Turns a summarized record into a tagged record. Thread-safe.
class Handler {
 public:
  // Both must outlive it.
  Handler(const clock::Clock& clock, prometheus::Registry& metrics);

  // Appends the record to emit. InvalidArgument: the record is no SummarizedPaper; nothing is
  // emitted.
  absl::Status Handle(const bus::Message& message, std::vector<bus::Message>& emit) const;

 private:
  // Constant after construction; counters synchronize themselves.
  const clock::Clock& clock_;
  prometheus::Counter& tagged_;
  prometheus::Counter& guessed_;
  prometheus::Counter& invalid_;
  // By index in the catalogue.
  std::array<prometheus::Counter*, kTags> tags_{};
};

}  // namespace paperwire::classify
