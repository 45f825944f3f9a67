#include "libs/events/dead_letters.h"

#include <algorithm>
#include <charconv>

#include "libs/events/topics.h"
#include "libs/paper/text.h"

namespace paperwire::events {
namespace {

constexpr std::string_view kSuffix = ".dlq";

bool IsDeadLetterTopic(std::string_view topic) { return topic.ends_with(kSuffix); }

}  // namespace

std::vector<std::string> DeadLetterTopics() {
  std::vector<std::string> topics;
  for (const Topic& topic : Topics()) {
    if (IsDeadLetterTopic(topic.name)) topics.push_back(topic.name);
  }
  return topics;
}

std::string OriginalTopic(const bus::Message& dead) {
  const std::string_view named = dead.FindHeader("x-original-topic");
  if (!named.empty()) return std::string(named);
  std::string_view topic = dead.topic;
  if (IsDeadLetterTopic(topic)) topic.remove_suffix(kSuffix.size());
  return std::string(topic);
}

absl::StatusOr<bus::Message> Restore(const bus::Message& dead) {
  const std::string target = OriginalTopic(dead);
  const auto& topics = Topics();
  if (IsDeadLetterTopic(target) ||
      std::none_of(topics.begin(), topics.end(),
                   [&target](const Topic& topic) { return topic.name == target; })) {
    return absl::InvalidArgumentError("it came from the unknown topic " + paper::CleanLine(target));
  }
  bus::Message message;
  message.topic = target;
  message.key = dead.key;
  message.value = dead.value;
  for (const bus::Header& header : dead.headers) {
    if (header.name != "x-attempt" && header.name != "x-not-before") {
      message.headers.push_back(header);
    }
  }
  message.SetHeader(kReplaysHeader, std::to_string(ReplaysOf(dead) + 1));
  return message;
}

uint32_t ReplaysOf(const bus::Message& record) {
  constexpr uint32_t kMost = 1'000'000;
  const std::string_view text = record.FindHeader(kReplaysHeader);
  uint32_t replays = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), replays);
  if (error != std::errc() || end != text.data() + text.size()) return 0;
  return std::min(replays, kMost);
}

bool DeadLetterFilter::MatchesTopic(std::string_view dead_letter_topic) const {
  return topic.empty() || dead_letter_topic == topic ||
         dead_letter_topic == topic + std::string(kSuffix);
}

bool DeadLetterFilter::Matches(const bus::Message& dead) const {
  return MatchesTopic(dead.topic) && (error_class.empty() || ErrorClass(dead) == error_class);
}

absl::StatusOr<std::vector<std::string>> DeadLetterFilter::Topics() const {
  std::vector<std::string> topics = DeadLetterTopics();
  std::erase_if(topics, [this](const std::string& name) { return !MatchesTopic(name); });
  if (!topics.empty()) return topics;
  return absl::InvalidArgumentError("topic: there is no dead-letter topic for " +
                                    paper::CleanLine(topic));
}

std::string ErrorClass(const bus::Message& dead) {
  const std::string name = paper::CleanLine(dead.FindHeader("x-error-class"));
  return name.empty() ? "unknown" : name;
}

}  // namespace paperwire::events
