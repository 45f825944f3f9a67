// A broker that asks for TLS, for a client's certificate, or for a password: the bus on each.
#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>

#include <atomic>
#include <filesystem>
#include <future>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/bus/kafka_subscriber.h"
#include "libs/clock/clock.h"
#include "libs/telemetry/health.h"
#include "prometheus/registry.h"
#include "tests/integration/kafka/kafka_fixture.h"
#include "tests/support/wait.h"

namespace paperwire::support {
namespace {

using bus::KafkaSettings;
using bus::Message;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Security = KafkaProcess::Security;

std::string NewName(const std::string& what) {
  static std::atomic<int> next = 0;
  return what + "-" + std::to_string(++next);
}

// A subscriber on a thread of its own.
class Reading {
 public:
  Reading(const KafkaSettings& settings, const std::string& topic, bus::Publisher& publisher)
      : subscriber_(settings,
                    {.topic = topic,
                     .group = NewName("group"),
                     .service = "tester",
                     .retry = {},
                     .dead_letter_topic = topic + ".dlq"},
                    publisher, nullptr, clock_, metrics_, health_),
        thread_([this](std::stop_token stop) {
          status_ = subscriber_.Run(stop, [this](const Message& message, std::vector<Message>&) {
            if (message.value == "hello") ++seen_;
            return absl::OkStatus();
          });
        }) {}

  int seen() const { return seen_; }
  telemetry::Health& health() { return health_; }
  absl::Status Stop() {
    thread_.request_stop();
    thread_.join();
    return status_;
  }

 private:
  clock::SystemClock clock_;
  prometheus::Registry metrics_;
  telemetry::Health health_;
  std::atomic<int> seen_ = 0;
  absl::Status status_;
  bus::KafkaSubscriber subscriber_;
  std::jthread thread_;
};

Message Hello(const std::string& topic) {
  return {.topic = topic, .key = "key", .value = "hello", .headers = {}};
}

class KafkaSecurity : public KafkaFixture {
 protected:
  // Topics, a record written, and the same record read, all with `settings`.
  static void ExpectAllWorks(const KafkaSettings& settings) {
    const std::string topic = NewName("secured");
    bus::KafkaAdmin admin(settings);
    ASSERT_EQ(admin.CreateTopics({{.name = topic, .partitions = 2, .configuration = {}},
                                  {.name = topic + ".dlq", .partitions = 1, .configuration = {}}}),
              absl::OkStatus());
    prometheus::Registry metrics;
    bus::KafkaPublisher publisher(settings, {.client_id = "paperwire-tester"}, metrics);
    ASSERT_EQ(bus::PublishAndWait(publisher, Hello(topic)), absl::OkStatus());

    Reading reading(settings, topic, publisher);
    EXPECT_TRUE(WaitUntil(seconds(60), [&] { return reading.seen() > 0; }));
    EXPECT_TRUE(reading.health().ready()) << reading.health().Report();
    EXPECT_EQ(reading.Stop(), absl::OkStatus());

    int records = 0;
    EXPECT_EQ(admin.ReadAll(topic,
                            [&](const Message& message) {
                              EXPECT_EQ(message.value, "hello");
                              ++records;
                              return true;
                            }),
              absl::OkStatus());
    EXPECT_EQ(records, 1);
  }
};

TEST_F(KafkaSecurity, WorksOverTls) { ExpectAllWorks(kafka().settings(Security::kTls)); }

TEST_F(KafkaSecurity, WorksOverMutualTls) {
  ExpectAllWorks(kafka().settings(Security::kMutualTls));
}

TEST_F(KafkaSecurity, WorksWithAPasswordOverTls) {
  ExpectAllWorks(kafka().settings(Security::kSasl));
}

TEST_F(KafkaSecurity, WorksWithScramWhereLibrdkafkaDoes) {
  KafkaSettings settings = kafka().settings(Security::kSasl);
  settings.sasl_mechanism = "SCRAM-SHA-512";
  if (rd_kafka_version() >= 0x02060100) {
    ExpectAllWorks(settings);
    return;
  }
  bus::KafkaAdmin admin(settings);
  EXPECT_THAT(admin.ClusterId().status().ToString(), HasSubstr("2.6.1 and later do"));
}

TEST_F(KafkaSecurity, ASubscriberWithAWrongPasswordStaysUpAndSaysWhyItIsNotReady) {
  KafkaSettings settings = kafka().settings(Security::kSasl);
  settings.sasl_password = "not-this-one";
  prometheus::Registry metrics;
  bus::KafkaPublisher publisher(kafka().settings(), {.client_id = "paperwire-tester"}, metrics);
  Reading reading(settings, NewName("refused"), publisher);

  const auto why = [&] { return reading.health().Report(); };
  EXPECT_TRUE(WaitUntil(seconds(60), [&] {
    return why().find("--kafka-sasl-password") != std::string::npos;
  })) << why();
  EXPECT_THAT(why(), Not(HasSubstr("not-this-one")));
  EXPECT_FALSE(reading.health().ready());
  EXPECT_TRUE(reading.health().live());
  EXPECT_EQ(reading.Stop(), absl::OkStatus());
}

TEST_F(KafkaSecurity, APublisherThatIsRefusedSaysWhyWithEachRecord) {
  KafkaSettings settings = kafka().settings(Security::kMutualTls);
  settings.ssl_certificate.clear();
  settings.ssl_key.clear();
  prometheus::Registry metrics;
  bus::KafkaPublisher publisher(
      settings, {.client_id = "paperwire-tester", .delivery_timeout = seconds(5)}, metrics);

  const absl::Status refused = bus::PublishAndWait(publisher, Hello("anything"));

  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_THAT(refused.ToString(), AllOf(HasSubstr("--kafka-ssl-certificate"), HasSubstr("alert")));
}

TEST_F(KafkaSecurity, GoesOnOnceTheFileOfTheAuthorityIsThere) {
  const std::string topic = NewName("late");
  ASSERT_EQ(kafka().admin().CreateTopics({{.name = topic, .partitions = 1, .configuration = {}}}),
            absl::OkStatus());
  KafkaSettings settings = kafka().settings(Security::kTls);
  const TemporaryFolder folder;
  const std::string right = settings.ssl_ca;
  settings.ssl_ca = folder.path() + "/ca.pem";
  prometheus::Registry metrics;
  bus::KafkaAdmin admin(settings);
  bus::KafkaPublisher publisher(settings, {.client_id = "paperwire-tester"}, metrics);
  std::promise<absl::Status> delivered;
  publisher.Publish(Hello(topic), [&](const absl::Status& status) { delivered.set_value(status); });

  const absl::Status away = admin.ClusterId().status();
  EXPECT_TRUE(absl::IsUnavailable(away)) << away;
  EXPECT_THAT(away.ToString(), HasSubstr("--kafka-ssl-ca: cannot read " + settings.ssl_ca));
  std::filesystem::copy(right, settings.ssl_ca);

  EXPECT_EQ(admin.ClusterId(), kafka().admin().ClusterId());
  EXPECT_EQ(delivered.get_future().get(), absl::OkStatus());
}

}  // namespace
}  // namespace paperwire::support
