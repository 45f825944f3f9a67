#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/redis/client.h"
#include "libs/window/window.h"

namespace paperwire::window {

// The keys of epoch, offsets and targets of a store in Redis, and what is asked of them. `root`
// is what every key of the store begins with: "{pw}:". Thread-safe.
class RedisProgress {
 public:
  // `changes_key` is empty where the store has no change stream.
  RedisProgress(redis::Client& client, const std::string& root, const std::string& cluster_id,
                std::string changes_key);

  absl::StatusOr<Window::Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                                      const RebuildScope& scope);

  // The offset stored. Aborted: another epoch.
  absl::StatusOr<int64_t> Verify(const std::string& epoch, const bus::TopicPartition& partition);

  // What to ask for, in a pipeline of the caller's, to know epoch and completeness.
  std::vector<redis::Command> Questions() const;
  static constexpr size_t kQuestions = 3;
  struct Standing {
    std::string epoch;
    bool complete = false;
  };
  // Reads the answers to Questions.
  static absl::StatusOr<Standing> Read(std::span<const redis::Reply> answers);

  const std::string& epoch_key() const { return epoch_key_; }
  const std::string& offsets_key() const { return offsets_key_; }

 private:
  redis::Client& client_;
  redis::Script begin_;
  redis::Script verify_;
  std::string epoch_key_;
  std::string offsets_key_;
  std::string targets_key_;
  std::string changes_key_;
};

// "topic:3", as partitions are named in Redis.
std::string FieldOf(const bus::TopicPartition& partition);

// The number in a reply's text or integer; nothing when it is none.
std::optional<int64_t> NumberOf(const redis::Reply& reply);

// What a script that applies a record answered: {verdict, stored offset}.
struct ScriptAnswer {
  Verdict verdict = Verdict::kFenced;
  int64_t stored_offset = -1;
};
// Aborted: another epoch. Otherwise the errors of redis::Client::StatusOf.
absl::StatusOr<ScriptAnswer> ReadScriptAnswer(const redis::Reply& reply);

}  // namespace paperwire::window
