#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/attempt.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "libs/window/window.h"
#include "paperwire/v1/events.pb.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "services/summarize/handler.h"
#include "services/summarize/llm_summarizer.h"

namespace paperwire::summarize {

// Works off the wishes for better cards: turns a record of new-paper.upgrade into a summarized
// record of higher rank. Thread-safe.
class Upgrader {
 public:
  // So often a wish may come to nothing before it is given up: because of the answers, and because
  // of an endpoint that was asked and brought nothing, whatever it brings others. A round in which
  // nobody was asked, or nobody was there, is none.
  static constexpr int kMostFailed = 3;
  static constexpr int kMostWaited = 20;

  struct Parts {
    const LlmSummarizer& summarizer;
    // Where the card that is out is found.
    window::Window& window;
    // Counts the cards that are made.
    const Handler& handler;
    const clock::Clock& clock;
    prometheus::Registry& metrics;
  };
  // What `parts` refers to must outlive it.
  explicit Upgrader(const Parts& parts);

  // OK: the wish is fulfilled (the record is in emit), pointless (the paper has a model's card, or
  // left the window) or given up; or it is put to the end of the line (a record of its topic is in
  // emit). Unavailable: nothing can be done now, wait. InvalidArgument: the record is no NewPaper.
  absl::Status Handle(const bus::Message& message, std::vector<bus::Message>& emit,
                      bus::Attempt& attempt) const;

 private:
  struct Found {
    // What is to be summarized: as the window has it, or else as the record has it.
    v1::NewPaper event;
    // Why there is nothing to do; null: there is.
    const char* pointless = nullptr;
  };
  // `since_ms`: when it was wished for first.
  absl::StatusOr<Found> Find(const v1::NewPaper& wish, int64_t since_ms) const;
  absl::Status Finish(const v1::NewPaper& wish, const char* outcome) const;

  const LlmSummarizer& summarizer_;
  window::Window& window_;
  const Handler& handler_;
  const clock::Clock& clock_;
  // Constant after construction; they synchronize themselves.
  std::map<std::string, prometheus::Counter*, std::less<>> outcomes_;
  prometheus::Histogram& wait_;
};

}  // namespace paperwire::summarize
