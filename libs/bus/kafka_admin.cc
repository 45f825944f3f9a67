#include "libs/bus/kafka_admin.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "libs/bus/kafka_handles.h"
#include "libs/bus/kafka_refusal.h"

namespace paperwire::bus {
namespace {

// A read of a whole topic ends when nothing comes for this long.
constexpr int kSilence = 30000;
// How long a stop may go unnoticed meanwhile.
constexpr int kSlice = 500;
// A partition that has just been made, or whose broker has just started, is without its leader for
// a moment: in one call it is asked again this often.
constexpr int kLeaderPauses = 100;
constexpr std::chrono::milliseconds kLeaderPause{100};

bool LeaderIsMoving(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

absl::Status EventStatus(std::string_view operation, rd_kafka_event_t* event) {
  if (event == nullptr) {
    return absl::UnavailableError("Kafka: " + std::string(operation) + ": no answer in time");
  }
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  if (error == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) {
    return absl::UnimplementedError("Kafka: " + std::string(operation) +
                                    ": this broker has no administration interface");
  }
  const char* words = rd_kafka_event_error_string(event);
  return absl::UnavailableError("Kafka: " + std::string(operation) + ": " +
                                (words == nullptr ? rd_kafka_err2str(error) : words));
}

}  // namespace

class KafkaAdmin::Core {
 public:
  Core(const KafkaSettings& settings, Options options)
      : settings_(settings), options_(std::move(options)) {}

  int timeout() const { return static_cast<int>(options_.timeout.count()); }

  // The client, or why there is none. Made when it is first used, and again after Forget, because
  // a client reads its certificates only once.
  absl::StatusOr<std::shared_ptr<rd_kafka_t>> Client() {
    if (options_.stop.stop_requested()) return absl::CancelledError("Kafka: asked no more");
    const std::lock_guard lock(mutex_);
    if (client_ != nullptr) return client_;
    absl::StatusOr<KafkaConf> conf = ClientConf(settings_, "paperwire-admin");
    if (!conf.ok()) return conf.status();
    absl::StatusOr<KafkaClient> client = NewClient(RD_KAFKA_PRODUCER, *std::move(conf));
    if (!client.ok()) return client.status();
    client_ = *std::move(client);
    return client_;
  }

  // A consumer of its own; `group` may be empty. It subscribes to nothing.
  absl::StatusOr<KafkaClient> Consumer(const std::string& group) const {
    if (options_.stop.stop_requested()) return absl::CancelledError("Kafka: asked no more");
    absl::StatusOr<KafkaConf> conf =
        ConsumerConf(settings_, "paperwire-admin", group.empty() ? "paperwire-admin" : group);
    if (!conf.ok()) return conf.status();
    const absl::Status eof = SetProperty(conf->get(), "enable.partition.eof", "true");
    if (!eof.ok()) return eof;
    absl::StatusOr<KafkaClient> consumer = NewClient(RD_KAFKA_CONSUMER, *std::move(conf));
    if (consumer.ok()) rd_kafka_poll_set_consumer(consumer->get());
    return consumer;
  }

  absl::StatusOr<KafkaHandle<const rd_kafka_metadata_t>> Metadata() {
    const auto client = Client();
    if (!client.ok()) return client.status();
    const rd_kafka_metadata_t* metadata = nullptr;
    const rd_kafka_resp_err_t error =
        rd_kafka_metadata(client->get(), 1, nullptr, &metadata, timeout());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (!RecentRefusal().empty()) Forget(*client);
      return KafkaError("asking for the topics", error);
    }
    return KafkaHandle<const rd_kafka_metadata_t>(metadata);
  }

  absl::Status ReadConfigurations(std::map<std::string, TopicState>& topics) {
    if (topics.empty()) return absl::OkStatus();
    const auto client = Client();
    if (!client.ok()) return client.status();
    std::vector<rd_kafka_ConfigResource_t*> resources;
    for (const auto& [name, state] : topics) {
      resources.push_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
    }
    const KafkaHandle<rd_kafka_queue_t> queue(rd_kafka_queue_new(client->get()));
    const KafkaHandle<rd_kafka_AdminOptions_t> options(
        rd_kafka_AdminOptions_new(client->get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
    char words[256];
    rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout(), words, sizeof words);
    rd_kafka_DescribeConfigs(client->get(), resources.data(), resources.size(), options.get(),
                             queue.get());
    rd_kafka_ConfigResource_destroy_array(resources.data(), resources.size());
    const KafkaHandle<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), timeout() + 2000));
    const absl::Status status = EventStatus("asking for the topics' configuration", event.get());
    if (!status.ok()) return status;

    size_t count = 0;
    const rd_kafka_ConfigResource_t** found = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event.get()), &count);
    for (size_t i = 0; i < count; ++i) {
      TopicState& state = topics[rd_kafka_ConfigResource_name(found[i])];
      size_t entries_count = 0;
      const rd_kafka_ConfigEntry_t** entries =
          rd_kafka_ConfigResource_configs(found[i], &entries_count);
      for (size_t j = 0; j < entries_count; ++j) {
        const char* value = rd_kafka_ConfigEntry_value(entries[j]);
        if (value != nullptr) {
          state.configuration[rd_kafka_ConfigEntry_name(entries[j])] = value;
        }
      }
    }
    return absl::OkStatus();
  }

 private:
  void Forget(const std::shared_ptr<rd_kafka_t>& client) {
    const std::lock_guard lock(mutex_);
    if (client_ == client) client_ = nullptr;
  }

  const KafkaSettings settings_;
  const Options options_;
  std::mutex mutex_;
  std::shared_ptr<rd_kafka_t> client_;
};

KafkaAdmin::KafkaAdmin(const KafkaSettings& settings, Options options)
    : core_(std::make_unique<Core>(settings, std::move(options))) {}
KafkaAdmin::~KafkaAdmin() = default;

absl::StatusOr<std::string> KafkaAdmin::ClusterId() {
  const auto client = core_->Client();
  if (!client.ok()) return client.status();
  // The answer may be what a first, still empty, round of metadata left: ask for a round.
  const auto metadata = core_->Metadata();
  if (!metadata.ok()) return metadata.status();
  char* id = rd_kafka_clusterid(client->get(), core_->timeout());
  if (id == nullptr) return absl::UnavailableError("Kafka: the broker did not tell its cluster id");
  std::string text = id;
  rd_kafka_mem_free(client->get(), id);
  return text;
}

absl::Status KafkaAdmin::CreateTopics(const std::vector<TopicSpec>& topics) {
  const auto client = core_->Client();
  if (!client.ok()) return client.status();
  const auto existing = core_->Metadata();
  if (!existing.ok()) return existing.status();
  std::set<std::string> there;
  for (int i = 0; i < (*existing)->topic_cnt; ++i) there.insert((*existing)->topics[i].topic);

  std::vector<KafkaHandle<rd_kafka_NewTopic_t>> owned;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  char words[512] = "";
  for (const TopicSpec& topic : topics) {
    if (there.contains(topic.name)) continue;
    KafkaHandle<rd_kafka_NewTopic_t> spec(rd_kafka_NewTopic_new(
        topic.name.c_str(), topic.partitions, topic.replication, words, sizeof words));
    if (spec == nullptr) return absl::InvalidArgumentError(topic.name + ": " + words);
    for (const auto& [name, value] : topic.configuration) {
      rd_kafka_NewTopic_set_config(spec.get(), name.c_str(), value.c_str());
    }
    wanted.push_back(spec.get());
    owned.push_back(std::move(spec));
  }
  if (wanted.empty()) return absl::OkStatus();

  const KafkaHandle<rd_kafka_queue_t> queue(rd_kafka_queue_new(client->get()));
  const KafkaHandle<rd_kafka_AdminOptions_t> options(
      rd_kafka_AdminOptions_new(client->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), core_->timeout(), words, sizeof words);
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), core_->timeout(), words, sizeof words);
  rd_kafka_CreateTopics(client->get(), wanted.data(), wanted.size(), options.get(), queue.get());
  const KafkaHandle<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), 2 * core_->timeout()));
  const absl::Status status = EventStatus("creating topics", event.get());
  if (!status.ok()) return status;

  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[i]);
    // Somebody else was faster.
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    const char* text = rd_kafka_topic_result_error_string(results[i]);
    return absl::FailedPreconditionError(std::string("Kafka: creating topic ") +
                                         rd_kafka_topic_result_name(results[i]) + ": " +
                                         (text == nullptr ? rd_kafka_err2str(error) : text));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, KafkaAdmin::TopicState>> KafkaAdmin::DescribeTopics() {
  const auto metadata = core_->Metadata();
  if (!metadata.ok()) return metadata.status();
  std::map<std::string, TopicState> topics;
  for (int i = 0; i < (*metadata)->topic_cnt; ++i) {
    const rd_kafka_metadata_topic& topic = (*metadata)->topics[i];
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR ||
        std::string_view(topic.topic).starts_with("__")) {
      continue;
    }
    TopicState& state = topics[topic.topic];
    state.partitions = topic.partition_cnt;
    if (topic.partition_cnt > 0) state.replication = topic.partitions[0].replica_cnt;
  }
  // A broker without an administration interface (the embedded one) tells no configuration.
  const absl::Status configured = core_->ReadConfigurations(topics);
  if (!configured.ok() && !absl::IsUnimplemented(configured)) return configured;
  return topics;
}

absl::StatusOr<std::map<TopicPartition, int64_t>> KafkaAdmin::Committed(
    const std::string& group, const std::vector<TopicPartition>& partitions) {
  const absl::StatusOr<KafkaClient> consumer = core_->Consumer(group);
  if (!consumer.ok()) return consumer.status();
  const KafkaPartitions list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
  }
  const rd_kafka_resp_err_t error =
      rd_kafka_committed(consumer->get(), list.get(), core_->timeout());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("offsets of " + group, error);
  std::map<TopicPartition, int64_t> offsets;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.offset >= 0) offsets[{one.topic, one.partition}] = one.offset;
  }
  return offsets;
}

absl::StatusOr<std::map<TopicPartition, KafkaAdmin::Range>> KafkaAdmin::Ranges(
    const std::string& topic) {
  const auto client = core_->Client();
  if (!client.ok()) return client.status();
  const auto metadata = core_->Metadata();
  if (!metadata.ok()) return metadata.status();
  int partitions = 0;
  for (int i = 0; i < (*metadata)->topic_cnt; ++i) {
    if (topic == (*metadata)->topics[i].topic) partitions = (*metadata)->topics[i].partition_cnt;
  }
  if (partitions == 0) return absl::UnavailableError("Kafka: topic " + topic + " does not exist");
  std::map<TopicPartition, Range> ranges;
  int pauses_left = kLeaderPauses;
  for (int32_t i = 0; i < partitions; ++i) {
    Range& range = ranges[{topic, i}];
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    while (true) {
      if (const auto asking = core_->Client(); !asking.ok()) return asking.status();
      error = rd_kafka_query_watermark_offsets(client->get(), topic.c_str(), i, &range.begin,
                                               &range.end, core_->timeout());
      if (!LeaderIsMoving(error) || pauses_left-- == 0) break;
      std::this_thread::sleep_for(kLeaderPause);
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("range of " + topic, error);
  }
  return ranges;
}

absl::Status KafkaAdmin::ReadAll(const std::string& topic,
                                 const std::function<bool(const Message&)>& visit,
                                 std::stop_token stop) {
  const auto ranges = Ranges(topic);
  if (!ranges.ok()) return ranges.status();
  const absl::StatusOr<KafkaClient> consumer = core_->Consumer("");
  if (!consumer.ok()) return consumer.status();
  for (const auto& [partition, range] : *ranges) {
    if (range.begin >= range.end) continue;
    const KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition.partition)->offset =
        range.begin;
    const rd_kafka_resp_err_t error = rd_kafka_assign(consumer->get(), list.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("reading " + topic, error);
    int silence = 0;
    for (int64_t next = range.begin; next < range.end;) {
      if (stop.stop_requested()) return absl::CancelledError("stopped while reading " + topic);
      const KafkaHandle<rd_kafka_message_t> message(
          rd_kafka_consumer_poll(consumer->get(), kSlice));
      if (message == nullptr) {
        if ((silence += kSlice) < kSilence) continue;
        return absl::UnavailableError("Kafka: reading " + topic + ": no answer in time");
      }
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (message->partition == partition.partition && message->offset >= range.end) break;
        continue;
      }
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return KafkaError("reading " + topic, message->err);
      }
      if (message->partition != partition.partition || message->offset >= range.end) continue;
      next = message->offset + 1;
      silence = 0;
      if (!visit(MessageOf(*message))) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

}  // namespace paperwire::bus
