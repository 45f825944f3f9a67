#include "tests/contract/bus/test_bus.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <utility>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_subscriber.h"

namespace paperwire::bus {
namespace {

class MockCluster final : public TestKafka {
 public:
  MockCluster() {
    char words[256];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof words);
    cluster_ = rd_kafka_mock_cluster_new(client_, 1);
  }
  ~MockCluster() override {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }

  KafkaSettings settings() const override {
    KafkaSettings settings;
    settings.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    settings.session_timeout = std::chrono::seconds(6);
    return settings;
  }

  void CreateTopic(const std::string& name, int partitions) override {
    rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1);
  }

  void SetDown(bool down) override {
    if (down) {
      rd_kafka_mock_broker_set_down(cluster_, 1);
    } else {
      rd_kafka_mock_broker_set_up(cluster_, 1);
    }
  }

  void RefuseCommits(int times) override {
    constexpr int16_t kOffsetCommit = 8;
    for (int i = 0; i < times; ++i) {
      rd_kafka_mock_push_request_errors(cluster_, kOffsetCommit, 1,
                                        RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    }
  }

 private:
  rd_kafka_t* client_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

class RealCluster final : public TestKafka {
 public:
  explicit RealCluster(std::string brokers) : brokers_(std::move(brokers)) {}

  KafkaSettings settings() const override {
    KafkaSettings settings;
    settings.brokers = brokers_;
    settings.session_timeout = std::chrono::seconds(6);
    return settings;
  }

  void CreateTopic(const std::string& name, int partitions) override {
    KafkaAdmin admin(settings());
    const absl::Status created =
        admin.CreateTopics({{.name = name,
                             .partitions = partitions,
                             .configuration = {{"max.message.bytes", std::to_string(5 << 20)}}}});
    if (!created.ok()) ADD_FAILURE() << created;
  }

  void SetDown(bool) override {}

 private:
  std::string brokers_;
};

class MemoryBus final : public TestBus {
 public:
  Input NewInput(std::vector<std::chrono::milliseconds> retry_delays) override {
    return {.topic = UniqueName("in"),
            .group = UniqueName("group"),
            .retry_delays = std::move(retry_delays)};
  }

  std::unique_ptr<Publisher> NewPublisher() override {
    return std::make_unique<MemoryPublisher>(broker_);
  }

  std::unique_ptr<Subscriber> NewSubscriber(const Input& input, Publisher& publisher) override {
    MemorySubscriber::Options options{.topic = input.topic,
                                      .group = input.group,
                                      .service = "tester",
                                      .max_record_bytes = input.max_record_bytes,
                                      .retry = {},
                                      .dead_letter_topic = input.dead_letter_topic()};
    for (size_t i = 0; i < input.retry_delays.size(); ++i) {
      options.retry.emplace_back(input.retry_topic(i), input.retry_delays[i]);
    }
    return std::make_unique<MemorySubscriber>(broker_, std::move(options), publisher, clock_);
  }

  std::vector<Message> Records(const std::string& topic) override { return broker_.Records(topic); }

  int64_t Committed(const std::string& group, const std::string& topic) override {
    return broker_.Committed(group, topic);
  }

 private:
  MemoryBroker broker_;
};

constexpr int kPartitions = 3;

class KafkaBus final : public TestBus {
 public:
  explicit KafkaBus(TestKafka& kafka) : kafka_(kafka), admin_(kafka.settings()) {}

  Input NewInput(std::vector<std::chrono::milliseconds> retry_delays) override {
    Input input{.topic = UniqueName("in"),
                .group = UniqueName("group"),
                .retry_delays = std::move(retry_delays)};
    kafka_.CreateTopic(input.topic, kPartitions);
    kafka_.CreateTopic(input.topic + ".out", kPartitions);
    kafka_.CreateTopic(input.dead_letter_topic(), 1);
    for (size_t i = 0; i < input.retry_delays.size(); ++i) {
      kafka_.CreateTopic(input.retry_topic(i), 1);
    }
    return input;
  }

  std::unique_ptr<Publisher> NewPublisher() override {
    return std::make_unique<KafkaPublisher>(
        kafka_.settings(), KafkaPublisher::Options{.client_id = "paperwire-tester"}, *metrics_);
  }

  std::unique_ptr<Subscriber> NewSubscriber(const Input& input, Publisher& publisher) override {
    KafkaSubscriber::Options options{.topic = input.topic,
                                     .group = input.group,
                                     .service = "tester",
                                     .workers = input.workers,
                                     .any_worker = input.any_worker,
                                     .gate = input.gate,
                                     .pauses_show = input.pauses_show,
                                     .ask_waiting = input.ask_waiting,
                                     .max_record_bytes = input.max_record_bytes,
                                     .retry = {},
                                     .dead_letter_topic = input.dead_letter_topic(),
                                     .drain_timeout = input.drain_timeout,
                                     .pause_min = std::chrono::milliseconds(20)};
    for (size_t i = 0; i < input.retry_delays.size(); ++i) {
      options.retry.push_back({input.retry_topic(i), input.retry_delays[i]});
    }
    return std::make_unique<KafkaSubscriber>(kafka_.settings(), std::move(options), publisher,
                                             input.markers, clock_, *metrics_, health_);
  }

  std::vector<Message> Records(const std::string& topic) override {
    std::vector<Message> records;
    const absl::Status read = admin_.ReadAll(topic, [&](const Message& message) {
      records.push_back(message);
      return true;
    });
    if (!read.ok()) ADD_FAILURE() << read;
    return records;
  }

  int64_t Committed(const std::string& group, const std::string& topic) override {
    std::vector<TopicPartition> partitions;
    for (int i = 0; i < kPartitions; ++i) partitions.push_back({topic, i});
    const auto offsets = admin_.Committed(group, partitions);
    if (!offsets.ok()) return -1;
    int64_t sum = 0;
    for (const auto& [partition, offset] : *offsets) sum += offset;
    return sum;
  }

 private:
  TestKafka& kafka_;
  KafkaAdmin admin_;
};

}  // namespace

TestKafka& MockKafka() {
  static MockCluster cluster;
  return cluster;
}

TestKafka* RealKafka() {
  const char* brokers = std::getenv("PAPERWIRE_TEST_KAFKA");
  if (brokers == nullptr || *brokers == '\0') return nullptr;
  static RealCluster cluster(brokers);
  return &cluster;
}

std::string UniqueName(const std::string& what) {
  static std::atomic<int> next = 0;
  const auto now = clock::SystemClock().Now().time_since_epoch().count() % 1000000007;
  return what + "-" + std::to_string(getpid()) + "-" + std::to_string(now) + "-" +
         std::to_string(++next);
}

bool WaitFor(const std::function<bool()>& condition) {
  for (int i = 0; i < 6000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

std::unique_ptr<TestBus> NewMemoryBus() { return std::make_unique<MemoryBus>(); }
std::unique_ptr<TestBus> NewKafkaBus(TestKafka& kafka) { return std::make_unique<KafkaBus>(kafka); }

Running::Running(std::unique_ptr<Subscriber> subscriber, Subscriber::Handler handler)
    : subscriber_(std::move(subscriber)),
      handler_(std::move(handler)),
      thread_([this](std::stop_token stop) { status_ = subscriber_->Run(stop, handler_); }) {}

Running::~Running() { (void)Stop(); }

absl::Status Running::Stop() {
  thread_.request_stop();
  return Join();
}

absl::Status Running::Join() {
  if (thread_.joinable()) thread_.join();
  return status_;
}

}  // namespace paperwire::bus
