#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/kafka_settings.h"
#include "libs/bus/message.h"

// librdkafka's C handles, owned. For the kafka_* files of this folder only.
namespace paperwire::bus {

struct KafkaDeleter {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
  void operator()(rd_kafka_AdminOptions_t* options) const {
    rd_kafka_AdminOptions_destroy(options);
  }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
  void operator()(rd_kafka_ConfigResource_t* resource) const {
    rd_kafka_ConfigResource_destroy(resource);
  }
};

template <typename T>
using KafkaHandle = std::unique_ptr<T, KafkaDeleter>;

using KafkaConf = KafkaHandle<rd_kafka_conf_t>;
using KafkaClient = KafkaHandle<rd_kafka_t>;
using KafkaPartitions = KafkaHandle<rd_kafka_topic_partition_list_t>;

// One property; InvalidArgument with librdkafka's words.
absl::Status SetProperty(rd_kafka_conf_t* conf, const std::string& name, const std::string& value);

// What every client needs: addresses, security, keep-alive, logs into telemetry::Log.
// InvalidArgument: settings that cannot be meant. Unavailable: a file of theirs cannot be read.
absl::StatusOr<KafkaConf> ClientConf(const KafkaSettings& settings, const std::string& client_id);
// ClientConf and what every consumer of a group needs (facts: eager assignment, no automatic
// commit, small prefetch, earliest).
absl::StatusOr<KafkaConf> ConsumerConf(const KafkaSettings& settings, const std::string& client_id,
                                       const std::string& group);

// Makes the client; takes `conf`. InvalidArgument, or Unavailable when it is the content of a file.
absl::StatusOr<KafkaClient> NewClient(rd_kafka_type_t type, KafkaConf conf);

// A record that was read, copied.
Message MessageOf(const rd_kafka_message_t& message);

// Unavailable, with the operation and librdkafka's words, and with RecentRefusal where no broker
// was reached.
absl::Status KafkaError(std::string_view operation, rd_kafka_resp_err_t error);

}  // namespace paperwire::bus
