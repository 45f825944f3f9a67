#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/bus/kafka_handles.h"
#include "libs/bus/kafka_nudge.h"
#include "libs/bus/kafka_settings.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "libs/telemetry/health.h"

namespace paperwire::bus {

// One member of a consumer group: what KafkaSubscriber and KafkaFollower have in common. It stays
// up while no broker answers, says so at /readyz, and makes its client anew when that is stuck.
// Used by one thread, which must call Poll all the time.
class KafkaConsumer {
 public:
  // Told from within Poll and Close, on the caller's thread.
  class Owner {
   public:
    virtual ~Owner() = default;
    // These partitions are ours. The owner calls Assign, now or soon.
    virtual void OnAssigned(const std::vector<TopicPartition>& partitions) = 0;
    // All partitions are taken back. While `lost` is false commits still count; they belong to
    // somebody else already when it is true.
    virtual void OnRevoked(bool lost) = 0;
    // Offsets that were to be committed are not: commit them again, when they still count.
    virtual void OnCommitFailed(const std::vector<TopicPartition>& partitions) = 0;
  };

  struct Options {
    std::vector<std::string> topics;
    std::string group;
    // Shown at the broker, and the name of the part at /readyz and /livez.
    std::string name;
  };

  KafkaConsumer(const KafkaSettings& settings, Options options, Owner& owner,
                const clock::Clock& clock, telemetry::Health& health);
  // Leaves the group when Close was not called.
  ~KafkaConsumer();
  KafkaConsumer(const KafkaConsumer&) = delete;
  KafkaConsumer& operator=(const KafkaConsumer&) = delete;

  // Joins the group. InvalidArgument: a setting that librdkafka refuses.
  absl::Status Open();
  // The next record, or none within `timeout`.
  std::optional<Message> Poll(std::chrono::milliseconds timeout);
  // Revokes (OnRevoked(false)) and leaves the group. Where nobody has answered the commit before,
  // there is nobody to tell: the group finds out by its session time-out (OnRevoked(true)).
  void Close();

  // Where reading begins: an offset, or RD_KAFKA_OFFSET_STORED or _BEGINNING.
  void Assign(const std::map<TopicPartition, int64_t>& offsets);
  // Pauses exactly these of the assigned partitions. Only what changes is told to librdkafka, whose
  // resume of a partition that is not paused may go back.
  void SetPaused(const std::set<TopicPartition>& paused);
  // Commits the offsets to be read next. A failure, which may come later, is logged and told to the
  // owner; it costs a redelivery only. `wait`: for the answer, for five seconds at most. Without a
  // connection it fails at once.
  void Commit(const std::map<TopicPartition, int64_t>& offsets, bool wait);

  // The end offset of a partition, asked of the broker.
  absl::StatusOr<int64_t> EndOffset(const TopicPartition& partition,
                                    std::chrono::milliseconds timeout);
  // Records between the committed offset and the end, per topic, as of the last statistics.
  const std::map<std::string, int64_t>& lag() const { return lag_; }

  // Readiness beside the broker's: not ready for `why` while it is not empty.
  void SetTrouble(const std::string& why);

 private:
  struct Heartbeat {
    std::atomic<int64_t> milliseconds{0};
    std::atomic<bool> running{false};
  };

  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event,
                          rd_kafka_topic_partition_list_t* partitions, void* opaque);
  static void OnCommitted(rd_kafka_t* client, rd_kafka_resp_err_t error,
                          rd_kafka_topic_partition_list_t* offsets, void* opaque);
  static int OnStatistics(rd_kafka_t* client, char* json, size_t size, void* opaque);

  absl::Status OpenClient();
  bool IsAssigned(const rd_kafka_message_t& message);
  void Reopen();
  void Revoke(bool lost);
  void CommitAndWait(const rd_kafka_topic_partition_list_t& offsets);
  void Committed(rd_kafka_resp_err_t error, const rd_kafka_topic_partition_list_t& offsets);
  void Connected();
  void Disconnected(const std::string& why);
  void ShowReadiness();
  void Beat();
  // Lets go of the client: nobody uses it any more.
  KafkaClient TakeClient();
  // Counts what came out of librdkafka's queue, and has it filled again.
  void Count(const Message& message);

  // Constant after construction.
  const KafkaSettings settings_;
  const Options options_;
  Owner& owner_;
  const clock::Clock& clock_;
  telemetry::Health& health_;
  // Shared with the live check, which may outlive the consumer.
  const std::shared_ptr<Heartbeat> heartbeat_;

  // Of the polling thread.
  // The owner was told of an assignment and not yet of its end.
  bool member_ = false;
  std::set<TopicPartition> assigned_;
  std::set<TopicPartition> paused_;
  std::map<std::string, int64_t> lag_;
  bool connected_ = false;
  // The commit before failed too.
  bool commits_fail_ = false;
  // A commit that was waited for had no answer in time, and none has succeeded since.
  bool unanswered_ = false;
  std::string broker_trouble_ = "no broker has answered yet";
  std::string topic_trouble_;
  std::string owner_trouble_;
  // A client could not be made anew; it is tried again.
  std::optional<clock::SteadyTime> reopened_at_;
  std::optional<clock::SteadyTime> trouble_since_;
  // What Poll has given out since the queue was last known to be filled.
  size_t records_out_ = 0;
  size_t bytes_out_ = 0;
  clock::SteadyTime nudged_at_{};
  // Of the last record that was of an assigned partition; the handle is compared, never used.
  const void* last_topic_ = nullptr;
  int32_t last_partition_ = -1;
  KafkaClient client_;
  // Where records of all partitions wait.
  KafkaHandle<rd_kafka_queue_t> queue_;
  KafkaNudge nudge_;
};

}  // namespace paperwire::bus
