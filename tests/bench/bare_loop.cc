// The limit that a Kafka stage is compared with: librdkafka reading records and writing them again,
// key, value and headers as they are, and nothing else. Runs until it is killed.
//
//   bare_loop BROKERS GROUP INPUT OUTPUT
#include <librdkafka/rdkafka.h>

#include <cstdio>
#include <map>
#include <string>

namespace {

rd_kafka_t* Make(rd_kafka_type_t type, const std::map<std::string, std::string>& settings) {
  char error[512];
  rd_kafka_conf_t* configuration = rd_kafka_conf_new();
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(configuration, name.c_str(), value.c_str(), error, sizeof(error)) !=
        RD_KAFKA_CONF_OK) {
      std::fprintf(stderr, "%s\n", error);
      return nullptr;
    }
  }
  return rd_kafka_new(type, configuration, error, sizeof(error));
}

// Hands one record on. While the producer's queue is full it waits for deliveries.
void Forward(rd_kafka_t* producer, const std::string& output, const rd_kafka_message_t& record) {
  while (true) {
    rd_kafka_headers_t* headers = nullptr;
    rd_kafka_headers_t* copy = nullptr;
    if (rd_kafka_message_headers(&record, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      copy = rd_kafka_headers_copy(headers);
    }
    const rd_kafka_resp_err_t result = rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(output.c_str()), RD_KAFKA_V_KEY(record.key, record.key_len),
        RD_KAFKA_V_VALUE(record.payload, record.len), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_HEADERS(copy), RD_KAFKA_V_END);
    if (result == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (copy != nullptr) rd_kafka_headers_destroy(copy);
    if (result != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      std::fprintf(stderr, "%s\n", rd_kafka_err2str(result));
      return;
    }
    rd_kafka_poll(producer, 10);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: bare_loop BROKERS GROUP INPUT OUTPUT\n");
    return 64;
  }
  const std::string brokers = argv[1];
  const std::string output = argv[4];
  rd_kafka_t* consumer = Make(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers},
                                                  {"group.id", argv[2]},
                                                  {"auto.offset.reset", "earliest"},
                                                  {"session.timeout.ms", "6000"},
                                                  {"partition.assignment.strategy", "range"}});
  rd_kafka_t* producer = Make(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers},
                                                  {"enable.idempotence", "true"},
                                                  {"acks", "all"},
                                                  {"compression.type", "lz4"},
                                                  {"partitioner", "murmur2_random"},
                                                  {"linger.ms", "5"}});
  if (consumer == nullptr || producer == nullptr) return 1;
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, argv[3], RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(consumer, topics);
  rd_kafka_topic_partition_list_destroy(topics);
  while (true) {
    rd_kafka_message_t* record = rd_kafka_consumer_poll(consumer, 100);
    if (record != nullptr) {
      if (record->err == RD_KAFKA_RESP_ERR_NO_ERROR) Forward(producer, output, *record);
      rd_kafka_message_destroy(record);
    }
    rd_kafka_poll(producer, 0);
  }
}
