#include "libs/events/topics.h"

#include <array>

namespace paperwire::events {
namespace {

constexpr std::chrono::hours kDay{24};
constexpr size_t kMessageBytes = 4u << 20;
// Room for the headers that tell why.
constexpr size_t kDeadLetterBytes = 5u << 20;

constexpr std::array<RetryTier, 3> kTiers = {{
    {".retry.30s", std::chrono::seconds(30)},
    {".retry.5m", std::chrono::minutes(5)},
    {".retry.1h", std::chrono::hours(1)},
}};

std::vector<Topic> MakeTopics() {
  std::vector<Topic> topics = {
      {std::string(kNewPaper), 14 * kDay, kMessageBytes},
      {std::string(kSummarized), 14 * kDay, kMessageBytes},
      {std::string(kTagged), 14 * kDay, kMessageBytes},
      {std::string(kBatches), 30 * kDay, kMessageBytes},
      {std::string(kCycles), 30 * kDay, kMessageBytes},
      {std::string(kUpgrade), 8 * kDay, kMessageBytes},
  };
  for (const std::string_view topic : {kNewPaper, kSummarized}) {
    for (const RetryTier& tier : kTiers) {
      topics.push_back({RetryTopic(topic, tier), 7 * kDay, kMessageBytes});
    }
  }
  for (const std::string_view topic :
       {kNewPaper, kSummarized, kTagged, kBatches, kCycles, kUpgrade}) {
    topics.push_back({DeadLetterTopic(topic), 30 * kDay, kDeadLetterBytes});
  }
  return topics;
}

}  // namespace

const std::vector<Topic>& Topics() {
  static const std::vector<Topic> kTopics = MakeTopics();
  return kTopics;
}

std::span<const RetryTier> RetryTiers() { return kTiers; }

std::string DeadLetterTopic(std::string_view topic) { return std::string(topic) + ".dlq"; }

std::string RetryTopic(std::string_view topic, const RetryTier& tier) {
  return std::string(topic) + std::string(tier.suffix);
}

}  // namespace paperwire::events
