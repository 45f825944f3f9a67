#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/bus/kafka_settings.h"
#include "libs/bus/message.h"

namespace paperwire::bus {

// Looks into a Kafka cluster and sets up its topics. Thread-safe. All calls: Unavailable when no
// broker answers in time; Cancelled once a stop is asked for (what waits for an answer then, waits
// for it no longer than the time-out).
class KafkaAdmin {
 public:
  struct Options {
    // How long each question to the broker waits for its answer.
    std::chrono::milliseconds timeout{10000};
    std::stop_token stop = {};
  };
  explicit KafkaAdmin(const KafkaSettings& settings) : KafkaAdmin(settings, Options()) {}
  KafkaAdmin(const KafkaSettings& settings, Options options);
  ~KafkaAdmin();

  // The cluster's id: another id is another broker, and a new start.
  absl::StatusOr<std::string> ClusterId();

  struct TopicSpec {
    std::string name;
    int partitions = 12;
    int replication = 1;
    std::map<std::string, std::string> configuration;
  };
  // Creates what is not there; what is there is left as it is.
  absl::Status CreateTopics(const std::vector<TopicSpec>& topics);

  struct TopicState {
    int partitions = 0;
    int replication = 0;
    std::map<std::string, std::string> configuration;
  };
  // The topics that exist, by name. `configuration` is empty where the broker does not tell it.
  absl::StatusOr<std::map<std::string, TopicState>> DescribeTopics();

  // The offsets a group has committed; a partition without one is left out.
  absl::StatusOr<std::map<TopicPartition, int64_t>> Committed(
      const std::string& group, const std::vector<TopicPartition>& partitions);

  // First and end offset of each partition of a topic.
  struct Range {
    int64_t begin = 0;
    int64_t end = 0;
  };
  absl::StatusOr<std::map<TopicPartition, Range>> Ranges(const std::string& topic);

  // Hands every record of a topic, from the first to the end as it was when called, to `visit`,
  // partition by partition, until it returns false. Joins no group. Cancelled: stopped before.
  absl::Status ReadAll(const std::string& topic, const std::function<bool(const Message&)>& visit,
                       std::stop_token stop = {});

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace paperwire::bus
