#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "paperwire/v1/events.pb.h"

namespace paperwire::summarize {

inline constexpr uint8_t kEmbeddedRank = 1;
inline constexpr uint8_t kLlmRank = 2;

// `event` with its card: the state that `summarized` tells, of the generation of `event`. The
// card's create_time is set to now. InvalidArgument: the paper's version is none.
absl::StatusOr<v1::SummarizedPaper> WithCard(const v1::NewPaper& event, v1::Summary card,
                                             uint8_t rank, const clock::Clock& clock);

// The record of it, made from `cause`.
bus::Message SummarizedRecord(const v1::SummarizedPaper& summarized, const bus::Message& cause,
                              const clock::Clock& clock);

// How often a wish for a better card has come to nothing; travels in the headers of its record.
struct UpgradeTries {
  // Because of the answers.
  int failed = 0;
  // Because of an endpoint that was asked and brought nothing.
  int waited = 0;
  // When it was wished for first, in milliseconds since the epoch; 0: unknown.
  int64_t since_ms = 0;
};
UpgradeTries TriesOf(const bus::Message& upgrade);

// The wish that the paper get a better card, because the one it has fell back for `reason`.
bus::Message UpgradeRecord(v1::NewPaper event, v1::FallbackReason reason, const UpgradeTries& tries,
                           const bus::Message& cause, const clock::Clock& clock);

}  // namespace paperwire::summarize
