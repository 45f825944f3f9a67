// KafkaAdmin on a real broker: what it sees is what is there.
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <utility>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_publisher.h"
#include "prometheus/registry.h"
#include "tests/integration/kafka/kafka_fixture.h"
#include "tests/support/wait.h"

namespace paperwire::support {
namespace {

using bus::KafkaAdmin;
using bus::Message;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class KafkaAdminTest : public KafkaFixture {
 protected:
  // A broker says that a topic is created a moment before it lists it.
  static KafkaAdmin::TopicState Describe(const std::string& topic) {
    KafkaAdmin::TopicState state;
    EXPECT_TRUE(WaitUntil(std::chrono::seconds(30), [&] {
      const auto topics = kafka().admin().DescribeTopics();
      if (!topics.ok() || !topics->contains(topic)) return false;
      state = topics->at(topic);
      return !state.configuration.empty();
    })) << topic;
    return state;
  }

  static void Create(const std::string& topic, int partitions,
                     std::map<std::string, std::string> configuration = {}) {
    ASSERT_EQ(
        kafka().admin().CreateTopics(
            {{.name = topic, .partitions = partitions, .configuration = std::move(configuration)}}),
        absl::OkStatus());
    Describe(topic);
  }

  static void Write(const std::string& topic, int from, int to) {
    prometheus::Registry metrics;
    bus::KafkaPublisher publisher(kafka().settings(), {.client_id = "paperwire-tester"}, metrics);
    for (int i = from; i < to; ++i) {
      publisher.Publish({.topic = topic,
                         .key = "key-" + std::to_string(i),
                         .value = std::to_string(i),
                         .headers = {{"ce_id", std::to_string(i)}}},
                        [](const absl::Status& status) { EXPECT_EQ(status, absl::OkStatus()); });
    }
    ASSERT_EQ(publisher.Flush(std::chrono::seconds(60)), absl::OkStatus());
  }
};

TEST_F(KafkaAdminTest, TellsTheIdOfTheClusterToEveryClientAlike) {
  const auto first = kafka().admin().ClusterId();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(*first, SizeIs(22));
  KafkaAdmin another(kafka().settings());
  EXPECT_EQ(another.ClusterId(), first);
}

TEST_F(KafkaAdminTest, DescribesTopicsAsTheyWereCreatedAndHidesKafkasOwn) {
  Create("described", 5, {{"retention.ms", "86400000"}, {"max.message.bytes", "1234567"}});
  const KafkaAdmin::TopicState state = Describe("described");

  EXPECT_EQ(state.partitions, 5);
  EXPECT_EQ(state.replication, 1);
  EXPECT_THAT(state.configuration, Contains(Pair("retention.ms", "86400000")));
  EXPECT_THAT(state.configuration, Contains(Pair("max.message.bytes", "1234567")));
  // A group makes Kafka create its own.
  (void)kafka().admin().Committed("anybody", {{"described", 0}});
  const auto topics = kafka().admin().DescribeTopics();
  ASSERT_TRUE(topics.ok()) << topics.status();
  for (const auto& [name, unused] : *topics) EXPECT_FALSE(name.starts_with("__")) << name;
}

TEST_F(KafkaAdminTest, LeavesATopicThatIsThereAsItIs) {
  Create("kept", 2, {{"retention.ms", "1000000"}});
  Create("kept", 7, {{"retention.ms", "2000000"}});

  const KafkaAdmin::TopicState state = Describe("kept");
  EXPECT_EQ(state.partitions, 2);
  EXPECT_EQ(state.configuration.at("retention.ms"), "1000000");
}

TEST_F(KafkaAdminTest, RefusesATopicThatTheBrokerRefusesAndNamesIt) {
  const absl::Status refused = kafka().admin().CreateTopics(
      {{.name = "refused", .partitions = 1, .configuration = {{"retention.ms", "soon"}}}});

  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(refused.ToString(), HasSubstr("refused"));
}

TEST_F(KafkaAdminTest, ReadsEveryRecordOfEveryPartitionOnceInOrder) {
  Create("read-all", 4);
  Write("read-all", 0, 500);
  std::set<std::string> values;
  std::map<int, int64_t> next;
  const absl::Status read = kafka().admin().ReadAll("read-all", [&](const Message& message) {
    EXPECT_EQ(message.offset, next[message.partition]++);
    EXPECT_EQ(message.FindHeader("ce_id"), message.value);
    EXPECT_EQ(message.key, "key-" + message.value);
    values.insert(message.value);
    return true;
  });

  EXPECT_EQ(read, absl::OkStatus());
  EXPECT_THAT(values, SizeIs(500));
  EXPECT_THAT(next, SizeIs(4)) << "keys go to all partitions";
}

TEST_F(KafkaAdminTest, ReadsToTheEndAsItWasWhenAsked) {
  Create("growing", 1);
  Write("growing", 0, 10);
  int read = 0;
  EXPECT_EQ(kafka().admin().ReadAll("growing",
                                    [&](const Message&) {
                                      if (++read == 1) Write("growing", 10, 20);
                                      return true;
                                    }),
            absl::OkStatus());
  EXPECT_EQ(read, 10);
}

TEST_F(KafkaAdminTest, StopsReadingWhenThatIsAsked) {
  Create("long", 2);
  Write("long", 0, 100);
  int read = 0;
  EXPECT_EQ(kafka().admin().ReadAll("long", [&](const Message&) { return ++read < 7; }),
            absl::OkStatus());
  EXPECT_EQ(read, 7);
}

TEST_F(KafkaAdminTest, ReadsAnEmptyTopicAndNamesAnAbsentOne) {
  Create("empty", 3);
  std::vector<Message> records;
  const auto visit = [&](const Message& message) {
    records.push_back(message);
    return true;
  };
  EXPECT_EQ(kafka().admin().ReadAll("empty", visit), absl::OkStatus());
  EXPECT_THAT(records, IsEmpty());
  const absl::Status absent = kafka().admin().ReadAll("absent", visit);
  EXPECT_TRUE(absl::IsUnavailable(absent)) << absent;
  EXPECT_THAT(absent.ToString(), HasSubstr("absent"));
}

TEST_F(KafkaAdminTest, TellsRangesAndNoOffsetsOfAGroupThatIsNone) {
  Create("ranged", 2);
  Write("ranged", 0, 30);
  const auto ranges = kafka().admin().Ranges("ranged");
  ASSERT_TRUE(ranges.ok()) << ranges.status();
  ASSERT_THAT(*ranges, SizeIs(2));
  int64_t records = 0;
  for (const auto& [partition, range] : *ranges) {
    EXPECT_EQ(range.begin, 0);
    records += range.end;
  }
  EXPECT_EQ(records, 30);
  const auto committed = kafka().admin().Committed("nobody", {{"ranged", 0}, {"ranged", 1}});
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_THAT(*committed, IsEmpty());
}

TEST_F(KafkaAdminTest, IsUnavailableWithoutABroker) {
  bus::KafkaSettings settings = kafka().settings();
  settings.brokers = "127.0.0.1:1";
  KafkaAdmin admin(settings);

  EXPECT_TRUE(absl::IsUnavailable(admin.ClusterId().status()));
}

}  // namespace
}  // namespace paperwire::support
