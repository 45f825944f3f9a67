// The two mistakes that the promise is about, made on purpose, for the negative controls:
//
//   careless summarize BROKERS        commits what it has read before it has worked on it
//   careless serve BROKERS REDIS_URL  writes every record to its window without comparing revisions
//
// Never shipped. Runs until it is killed.
#include <librdkafka/rdkafka.h>

#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "libs/bus/kafka_publisher.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/redis/client.h"
#include "prometheus/registry.h"

namespace paperwire {
namespace {

constexpr size_t kBatch = 64;

class Consumer {
 public:
  Consumer(const std::string& brokers, const std::string& group, std::string_view topic) {
    char error[512];
    rd_kafka_conf_t* configuration = rd_kafka_conf_new();
    const std::map<std::string, std::string> settings = {
        {"bootstrap.servers", brokers},      {"group.id", group},
        {"enable.auto.commit", "false"},     {"auto.offset.reset", "earliest"},
        {"session.timeout.ms", "6000"},      {"partition.assignment.strategy", "range"},
        {"enable.auto.offset.store", "true"}};
    for (const auto& [name, value] : settings) {
      rd_kafka_conf_set(configuration, name.c_str(), value.c_str(), error, sizeof(error));
    }
    handle_ = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, error, sizeof(error));
    rd_kafka_poll_set_consumer(handle_);
    rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, std::string(topic).c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(handle_, topics);
    rd_kafka_topic_partition_list_destroy(topics);
  }

  // What is there now, at most a batch.
  std::vector<bus::Message> Poll() {
    std::vector<bus::Message> messages;
    while (messages.size() < kBatch) {
      rd_kafka_message_t* record = rd_kafka_consumer_poll(handle_, messages.empty() ? 1000 : 20);
      if (record == nullptr) break;
      if (record->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        bus::Message message;
        message.topic = rd_kafka_topic_name(record->rkt);
        message.key.assign(static_cast<const char*>(record->key), record->key_len);
        message.value.assign(static_cast<const char*>(record->payload), record->len);
        messages.push_back(std::move(message));
      }
      rd_kafka_message_destroy(record);
    }
    return messages;
  }

  void Commit() { rd_kafka_commit(handle_, nullptr, 0); }

 private:
  rd_kafka_t* handle_;
};

[[noreturn]] void Summarize(const std::string& brokers) {
  bus::KafkaSettings settings;
  settings.brokers = brokers;
  prometheus::Registry metrics;
  bus::KafkaPublisher publisher(settings, {.client_id = "careless"}, metrics);
  const clock::SystemClock clock;
  Consumer consumer(brokers, "paperwire-summarize", events::kNewPaper);
  while (true) {
    const auto messages = consumer.Poll();
    // The mistake: from here on nobody else will work on these.
    if (!messages.empty()) consumer.Commit();
    for (const auto& message : messages) {
      v1::NewPaper event;
      if (!events::Decode(message, event).ok()) continue;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      v1::SummarizedPaper summarized;
      events::CarryOver(event, summarized);
      summarized.mutable_summary()->set_summary(event.paper().abstract());
      const auto status = bus::PublishAndWait(
          publisher,
          events::Encode(events::kSummarized, summarized,
                         {.service = "summarize", .configuration = "careless", .cause = &message},
                         clock));
      if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
    }
  }
}

[[noreturn]] void Serve(const std::string& brokers, const std::string& redis_url) {
  auto redis = redis::Client::Create({.url = redis_url});
  Consumer consumer(brokers, "careless-serve", events::kTagged);
  while (true) {
    const auto messages = consumer.Poll();
    for (const auto& message : messages) {
      v1::TaggedPaper event;
      if (!events::Decode(message, event).ok()) continue;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      // The mistake: a record that came before is written as if it were new.
      const auto added =
          (*redis)->Call({"XADD", "careless:changes", "*", "id", event.paper().arxiv_id(), "r",
                          std::to_string(event.revision().value())});
      if (!added.ok()) std::fprintf(stderr, "%s\n", added.status().ToString().c_str());
    }
    if (!messages.empty()) consumer.Commit();
  }
}

}  // namespace
}  // namespace paperwire

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == "summarize") paperwire::Summarize(arguments[1]);
  if (arguments.size() == 3 && arguments[0] == "serve") {
    paperwire::Serve(arguments[1], arguments[2]);
  }
  std::fprintf(stderr, "usage: careless summarize BROKERS | careless serve BROKERS REDIS_URL\n");
  return 64;
}
