#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::events {

inline constexpr std::string_view kNewPaper = "new-paper";
inline constexpr std::string_view kSummarized = "summarized";
inline constexpr std::string_view kTagged = "tagged";
inline constexpr std::string_view kBatches = "batches";
inline constexpr std::string_view kCycles = "cycles";
inline constexpr std::string_view kUpgrade = "new-paper.upgrade";

// The largest record a stage accepts; a larger one is dead-lettered.
inline constexpr size_t kMaxRecordBytes = 1u << 20;

struct Topic {
  std::string name;
  std::chrono::hours retention;
  size_t max_message_bytes;
};

// Every topic, retry tiers and dead letters included: the one list that every deployment uses.
// Retention and size as docs/architecture.md has them; cleanup.policy=delete everywhere.
const std::vector<Topic>& Topics();

struct RetryTier {
  std::string_view suffix;  // ".retry.30s"
  std::chrono::milliseconds delay;
};
// 30 s, 5 min, 1 h.
std::span<const RetryTier> RetryTiers();

std::string DeadLetterTopic(std::string_view topic);
std::string RetryTopic(std::string_view topic, const RetryTier& tier);

}  // namespace paperwire::events
