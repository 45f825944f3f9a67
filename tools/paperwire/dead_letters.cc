#include "tools/paperwire/dead_letters.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "libs/events/topics.h"
#include "libs/paper/text.h"
#include "paperwire/v1/events.pb.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

constexpr std::string_view kSuffix = ".dlq";
constexpr size_t kBytesShown = 256;

bool IsDeadLetterTopic(std::string_view topic) { return topic.ends_with(kSuffix); }

// The event that a topic holds; null for a topic that is not ours.
std::unique_ptr<google::protobuf::Message> EventOf(std::string_view topic) {
  if (topic == events::kNewPaper || topic == events::kUpgrade) {
    return std::make_unique<v1::NewPaper>();
  }
  if (topic == events::kSummarized) {
    return std::make_unique<v1::SummarizedPaper>();
  }
  if (topic == events::kTagged) {
    return std::make_unique<v1::TaggedPaper>();
  }
  if (topic == events::kBatches) {
    return std::make_unique<v1::Batch>();
  }
  if (topic == events::kCycles) {
    return std::make_unique<v1::Cycle>();
  }
  return nullptr;
}

std::string OriginalTopic(const bus::Message& dead) {
  const std::string_view named = dead.FindHeader("x-original-topic");
  if (!named.empty()) {
    return std::string(named);
  }
  std::string_view topic = dead.topic;
  if (IsDeadLetterTopic(topic)) {
    topic.remove_suffix(kSuffix.size());
  }
  return std::string(topic);
}

std::string HexDump(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < std::min(bytes.size(), kBytesShown); ++i) {
    text +=
        fmt::format("{:02x}{}", static_cast<unsigned char>(bytes[i]), i % 16 == 15 ? "\n" : " ");
  }
  if (bytes.size() > kBytesShown) {
    text += fmt::format("… {} bytes more\n", bytes.size() - kBytesShown);
  }
  return text.empty() || text.back() == '\n' ? text : text + "\n";
}

}  // namespace

std::vector<std::string> DeadLetterTopics() {
  std::vector<std::string> topics;
  for (const events::Topic& topic : events::Topics()) {
    if (IsDeadLetterTopic(topic.name)) {
      topics.push_back(topic.name);
    }
  }
  return topics;
}

absl::StatusOr<bus::Message> Restore(const bus::Message& dead) {
  const std::string target = OriginalTopic(dead);
  const auto& topics = events::Topics();
  if (IsDeadLetterTopic(target) ||
      std::none_of(topics.begin(), topics.end(),
                   [&target](const events::Topic& topic) { return topic.name == target; })) {
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
  return message;
}

bool DeadLetterFilter::MatchesTopic(std::string_view dead_letter_topic) const {
  return topic.empty() || dead_letter_topic == topic ||
         dead_letter_topic == topic + std::string(kSuffix);
}

bool DeadLetterFilter::Matches(const bus::Message& dead) const {
  return MatchesTopic(dead.topic) && (error_class.empty() || ErrorClass(dead) == error_class);
}

std::string ErrorClass(const bus::Message& dead) {
  const std::string name = paper::CleanLine(dead.FindHeader("x-error-class"));
  return name.empty() ? "unknown" : name;
}

std::string DeadLetterText(const bus::Message& dead) {
  std::string text = fmt::format(
      "{} partition {} offset {}\nkey: {}\nvalue: {} bytes\n", dead.topic, dead.partition,
      dead.offset, dead.key.empty() ? "(none)" : paper::CleanLine(dead.key), dead.value.size());
  for (const bus::Header& header : dead.headers) {
    text += fmt::format("{}: {}\n", paper::CleanLine(header.name), paper::CleanLine(header.value));
  }
  const auto event = EventOf(OriginalTopic(dead));
  if (event != nullptr && !dead.value.empty() && event->ParseFromString(dead.value)) {
    return text + "\n" + ToJson(*event, /*indented=*/true);
  }
  return text + "\n" + HexDump(dead.value);
}

}  // namespace paperwire::cli
