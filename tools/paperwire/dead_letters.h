#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/bus/message.h"

namespace paperwire::cli {

// The dead-letter topics of events::Topics().
std::vector<std::string> DeadLetterTopics();

// The record as it is to be put back: on the topic it came from, without the headers that its
// retries left (x-attempt, x-not-before); ce_id, x-original-* and all others stay. InvalidArgument
// when the topic it names is none of ours, or is a dead-letter topic itself.
absl::StatusOr<bus::Message> Restore(const bus::Message& dead);

// Which dead letters are meant. Empty matches all. The topic may be named with or without ".dlq".
struct DeadLetterFilter {
  std::string topic;
  std::string error_class;

  bool MatchesTopic(std::string_view dead_letter_topic) const;
  bool Matches(const bus::Message& dead) const;
};

// Counts by topic and error class.
using DeadLetterCounts = std::map<std::pair<std::string, std::string>, int>;

// The error class that a dead letter states; "unknown" when it states none.
std::string ErrorClass(const bus::Message& dead);

// The record for people: where it stands, headers, and the event as JSON where it can be read,
// otherwise its first bytes in hexadecimal.
std::string DeadLetterText(const bus::Message& dead);

}  // namespace paperwire::cli
