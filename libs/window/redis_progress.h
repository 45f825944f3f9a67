#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "libs/redis/client.h"
#include "libs/window/window.h"

namespace paperwire::window {

// The keys of epoch, offsets and targets of a store in Redis, and what is asked of them. `root`
// is what every key of the store begins with: "{pw}:". Thread-safe.
class RedisProgress {
 public:
  // What only a window has, to begin anew with each epoch.
  struct WindowKeys {
    std::string changes;
    std::string generations_restored;
  };
  RedisProgress(redis::Client& client, const std::string& root, const std::string& cluster_id,
                std::optional<WindowKeys> window_keys);

  absl::StatusOr<Window::Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                                      const RebuildScope& scope);

  // The offset stored. Aborted: another epoch.
  absl::StatusOr<int64_t> Verify(const std::string& epoch, const bus::TopicPartition& partition);

  // Of a window: `epoch` is not stored, or a lower offset than `expected`, or there is no change at
  // `cursor`. Makes a new epoch if that is because the store has gone back to an earlier state.
  // Aborted: the epoch is another now, or was already. OK: nothing is wrong, or no longer.
  absl::Status CheckOffset(const std::string& epoch, const bus::TopicPartition& partition,
                           int64_t expected);
  // Of a window: `stored` is stored of `partition`, as it should be. A loss while nobody who knows
  // that is there is then suspected only of a server that was not asked since.
  void Vouch(const std::string& epoch, const bus::TopicPartition& partition, int64_t stored);
  // OutOfRange: also, the stream was trimmed beyond `cursor`.
  absl::Status CheckCursor(const std::string& epoch, const Cursor& cursor);

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
  absl::Status CheckOrRenew(const std::string& epoch, const std::vector<std::string>& evidence);

  redis::Client& client_;
  redis::Script begin_;
  redis::Script verify_;
  redis::Script renew_;
  redis::Script vouch_;
  std::string epoch_key_;
  std::string offsets_key_;
  std::string targets_key_;
  std::string servers_key_;
  std::optional<WindowKeys> window_keys_;
  std::mutex mutex_;
  // A store that answers with an earlier one has gone back.
  std::string newest_epoch_ ABSL_GUARDED_BY(mutex_);
  struct Known {
    int64_t stored = -1;
    // The connection on which that was found, as redis::Client counts them.
    uint64_t connection = 0;
  };
  // What is known of that epoch, by field.
  std::map<std::string, Known> known_ ABSL_GUARDED_BY(mutex_);
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
