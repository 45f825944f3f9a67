#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/bus/message.h"

namespace paperwire::events {

// How often a record was put back from the dead letters. A failing stage passes it on.
inline constexpr std::string_view kReplaysHeader = "x-replays";

// The dead-letter topics of Topics().
std::vector<std::string> DeadLetterTopics();

// The topic that a dead letter came from: as its x-original-topic says, or else by its topic's
// name.
std::string OriginalTopic(const bus::Message& dead);

// The record as it is to be put back: on the topic it came from, without the headers that its
// retries left (x-attempt, x-not-before) and with x-replays one higher; ce_id, x-original-* and all
// others stay. InvalidArgument when the topic it names is none of ours, or is a dead-letter topic
// itself.
absl::StatusOr<bus::Message> Restore(const bus::Message& dead);

// The x-replays of a record; 0 when it has none or it is no number.
uint32_t ReplaysOf(const bus::Message& record);

// Which dead letters are meant. Empty matches all. The topic may be named with or without ".dlq".
struct DeadLetterFilter {
  std::string topic;
  std::string error_class;

  bool MatchesTopic(std::string_view dead_letter_topic) const;
  bool Matches(const bus::Message& dead) const;
  // Those of DeadLetterTopics() that match; InvalidArgument where there is none.
  absl::StatusOr<std::vector<std::string>> Topics() const;
};

// The error class that a dead letter states; "unknown" when it states none.
std::string ErrorClass(const bus::Message& dead);

}  // namespace paperwire::events
