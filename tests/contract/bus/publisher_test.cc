#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "libs/bus/kafka_admin.h"
#include "tests/contract/bus/test_bus.h"

namespace paperwire::bus {
namespace {

using ::testing::HasSubstr;

Message Record(const std::string& topic, int number) {
  Message message;
  message.topic = topic;
  message.key = "k" + std::to_string(number);
  message.value = "v" + std::to_string(number);
  return message;
}

TEST(KafkaPublisher, RebuildsItselfAfterAFatalErrorAndSendsAgainWhatHasNoReport) {
  const std::string topic = UniqueName("fatal");
  MockKafka().CreateTopic(topic, 1);
  const auto metrics = std::make_shared<prometheus::Registry>();
  KafkaPublisher publisher(MockKafka().settings(), {.client_id = "paperwire-tester"}, *metrics);
  std::atomic<int> delivered = 0;
  std::atomic<int> failed = 0;

  for (int i = 0; i < 300; ++i) {
    if (i == 100 || i == 200) publisher.FailFatally();
    publisher.Publish(Record(topic, i),
                      [&](const absl::Status& status) { ++(status.ok() ? delivered : failed); });
  }
  ASSERT_EQ(publisher.Flush(std::chrono::seconds(60)), absl::OkStatus());

  EXPECT_EQ(delivered, 300);
  EXPECT_EQ(failed, 0);
  std::set<std::string> there;
  KafkaAdmin admin(MockKafka().settings());
  ASSERT_EQ(admin.ReadAll(topic,
                          [&](const Message& message) {
                            there.insert(message.value);
                            return true;
                          }),
            absl::OkStatus());
  EXPECT_EQ(there.size(), 300u);
}

TEST(KafkaPublisher, LosesNothingOfSeveralThreadsWhileItIsMadeAnew) {
  const std::string topic = UniqueName("threads");
  MockKafka().CreateTopic(topic, 3);
  const auto metrics = std::make_shared<prometheus::Registry>();
  KafkaPublisher publisher(MockKafka().settings(), {.client_id = "paperwire-tester"}, *metrics);
  constexpr int kThreads = 4;
  constexpr int kRecords = 2000;
  std::atomic<int> delivered = 0;
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kRecords; ++i) {
          if (thread == 0 && i % 700 == 350) publisher.FailFatally();
          publisher.Publish(Record(topic, thread * kRecords + i), [&](const absl::Status& status) {
            ++(status.ok() ? delivered : failed);
          });
        }
      });
    }
  }
  ASSERT_EQ(publisher.Flush(std::chrono::seconds(60)), absl::OkStatus());

  EXPECT_EQ(delivered, kThreads * kRecords) << "each callback has returned when Flush has";
  EXPECT_EQ(failed, 0);
  std::set<std::string> there;
  KafkaAdmin admin(MockKafka().settings());
  ASSERT_EQ(admin.ReadAll(topic,
                          [&](const Message& message) {
                            there.insert(message.value);
                            return true;
                          }),
            absl::OkStatus());
  EXPECT_EQ(there.size(), static_cast<size_t>(kThreads * kRecords));
}

TEST(KafkaPublisher, SaysThatARecordIsTooLargeForEver) {
  const std::string topic = UniqueName("large");
  MockKafka().CreateTopic(topic, 1);
  const auto metrics = std::make_shared<prometheus::Registry>();
  KafkaPublisher publisher(MockKafka().settings(), {.client_id = "paperwire-tester"}, *metrics);
  Message message = Record(topic, 0);
  message.value.assign(7u << 20, 'x');

  const absl::Status status = PublishAndWait(publisher, message);

  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(status.ToString(), HasSubstr(topic));
}

TEST(KafkaPublisher, IsUnavailableWhenNoBrokerTakesTheRecordInTime) {
  const auto metrics = std::make_shared<prometheus::Registry>();
  KafkaSettings settings;
  settings.brokers = "127.0.0.1:1";
  KafkaPublisher publisher(
      settings, {.client_id = "paperwire-tester", .delivery_timeout = std::chrono::seconds(1)},
      *metrics);

  const absl::Status status = PublishAndWait(publisher, Record("nowhere", 0));

  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST(KafkaPublisher, MayBeUsedFromADeliveryCallback) {
  const std::string topic = UniqueName("chain");
  MockKafka().CreateTopic(topic, 1);
  const auto metrics = std::make_shared<prometheus::Registry>();
  KafkaPublisher publisher(MockKafka().settings(), {.client_id = "paperwire-tester"}, *metrics);
  std::atomic<bool> second = false;

  publisher.Publish(Record(topic, 0), [&](const absl::Status&) {
    publisher.Publish(Record(topic, 1), [&](const absl::Status& status) { second = status.ok(); });
  });

  EXPECT_TRUE(WaitFor([&] { return second.load(); }));
}

TEST(KafkaPublisher, CarriesKeyValueAndHeadersAsTheyAre) {
  const std::string topic = UniqueName("bytes");
  MockKafka().CreateTopic(topic, 4);
  const auto metrics = std::make_shared<prometheus::Registry>();
  KafkaPublisher publisher(MockKafka().settings(), {.client_id = "paperwire-tester"}, *metrics);
  Message message = Record(topic, 0);
  message.value = std::string("\0\xff", 2);
  message.headers = {{"a", "1"}, {"a", ""}, {"b", std::string("\0x", 2)}};
  ASSERT_EQ(PublishAndWait(publisher, message), absl::OkStatus());

  std::vector<Message> read;
  KafkaAdmin admin(MockKafka().settings());
  ASSERT_EQ(admin.ReadAll(topic,
                          [&](const Message& record) {
                            read.push_back(record);
                            return true;
                          }),
            absl::OkStatus());

  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].key, message.key);
  EXPECT_EQ(read[0].value, message.value);
  ASSERT_EQ(read[0].headers.size(), 3u);
  EXPECT_EQ(read[0].headers[1].value, "");
  EXPECT_EQ(read[0].headers[2].value, std::string("\0x", 2));
}

}  // namespace
}  // namespace paperwire::bus
