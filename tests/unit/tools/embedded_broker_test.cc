#include "tools/broker/embedded_broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_publisher.h"
#include "prometheus/registry.h"
#include "tools/broker/serve.h"

namespace paperwire::broker {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(EmbeddedBroker, TakesAndGivesRecordsOverTheNetwork) {
  auto broker = EmbeddedBroker::Start();
  ASSERT_TRUE(broker.ok()) << broker.status();
  EXPECT_THAT((*broker)->bootstrap(), StartsWith("127.0.0.1:"));
  ASSERT_TRUE((*broker)->CreateTopic("tagged", 3).ok());

  bus::KafkaSettings settings;
  settings.brokers = (*broker)->bootstrap();
  prometheus::Registry metrics;
  bus::KafkaPublisher publisher(settings, {.client_id = "test"}, metrics);
  const absl::Status sent = bus::PublishAndWait(
      publisher, {.topic = "tagged", .key = "2606.01234", .value = "x", .headers = {}});
  ASSERT_TRUE(sent.ok()) << sent;

  std::vector<std::string> keys;
  bus::KafkaAdmin admin(settings);
  const absl::Status read = admin.ReadAll("tagged", [&keys](const bus::Message& message) {
    keys.push_back(message.key);
    return true;
  });
  ASSERT_TRUE(read.ok()) << read;
  EXPECT_THAT(keys, testing::ElementsAre("2606.01234"));
  const auto ranges = admin.Ranges("tagged");
  ASSERT_TRUE(ranges.ok()) << ranges.status();
  EXPECT_EQ(ranges->size(), 3u);
}

TEST(EmbeddedBroker, RefusesATopicTwice) {
  auto broker = EmbeddedBroker::Start();
  ASSERT_TRUE(broker.ok());
  ASSERT_TRUE((*broker)->CreateTopic("tagged", 3).ok());
  EXPECT_TRUE(absl::IsAlreadyExists((*broker)->CreateTopic("tagged", 3)));
}

TEST(EmbeddedBroker, SaysWhatItIsNot) {
  for (const char* truth : {"not Kafka", "gone when it stops", "drops the oldest", "no TLS"}) {
    EXPECT_THAT(kBanner, HasSubstr(truth));
  }
}

}  // namespace
}  // namespace paperwire::broker
