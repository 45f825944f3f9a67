// A member of a group, by itself: what a pause, a rebalance and a client that is stuck do to it.
#include "libs/bus/kafka_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/bus/test_bus.h"

namespace paperwire::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::SizeIs;

// Reads what it is assigned from the beginning, at every assignment.
class Member final : private KafkaConsumer::Owner {
 public:
  Member(const Input& input, const std::string& name, telemetry::Health& health)
      : consumer(MockKafka().settings(),
                 {.topics = {input.topic}, .group = input.group, .name = name}, *this, clock,
                 health) {
    EXPECT_EQ(consumer.Open(), absl::OkStatus());
  }

  void Poll() {
    const std::optional<Message> message = consumer.Poll(milliseconds(10));
    if (message) read.insert(message->value);
  }

  clock::FakeClock clock{clock::WallTime()};
  std::set<TopicPartition> assigned;
  int lost = 0;
  std::set<std::string> read;
  KafkaConsumer consumer;

 private:
  void OnAssigned(const std::vector<TopicPartition>& partitions) override {
    std::map<TopicPartition, int64_t> offsets;
    for (const TopicPartition& partition : partitions) {
      assigned.insert(partition);
      offsets[partition] = RD_KAFKA_OFFSET_BEGINNING;
    }
    consumer.Assign(offsets);
  }
  void OnRevoked(bool is_lost) override {
    assigned.clear();
    if (is_lost) ++lost;
  }
  void OnCommitFailed(const std::vector<TopicPartition>&) override {}
};

class KafkaConsumerTest : public ::testing::Test {
 protected:
  void Write(int from, int to) {
    const auto publisher = bus_->NewPublisher();
    for (int i = from; i < to; ++i) {
      Message message;
      message.topic = input_.topic;
      message.key = "k" + std::to_string(i);
      message.value = std::to_string(i);
      ASSERT_EQ(PublishAndWait(*publisher, std::move(message)), absl::OkStatus());
    }
  }

  std::unique_ptr<TestBus> bus_ = NewKafkaBus(MockKafka());
  const Input input_ = bus_->NewInput({});
};

TEST_F(KafkaConsumerTest, ReadsAPartitionAgainThatWasPausedBeforeARebalance) {
  Member first(input_, "first", bus_->health());
  const auto poll_until = [&](Member* second, const std::function<bool()>& condition) {
    return WaitFor([&] {
      first.Poll();
      if (second != nullptr) second->Poll();
      return condition();
    });
  };
  ASSERT_TRUE(poll_until(nullptr, [&] { return first.assigned.size() == 3; }));
  first.consumer.SetPaused(first.assigned);
  Write(0, 12);
  for (int i = 0; i < 50; ++i) first.Poll();
  ASSERT_THAT(first.read, SizeIs(0)) << "paused";
  {
    Member second(input_, "second", bus_->health());
    ASSERT_TRUE(poll_until(&second, [&] {
      return !second.assigned.empty() && first.assigned.size() + second.assigned.size() == 3;
    }));
    second.consumer.Close();
  }
  EXPECT_TRUE(poll_until(nullptr, [&] {
    return first.assigned.size() == 3 && first.read.size() == 12;
  })) << first.read.size();
}

TEST_F(KafkaConsumerTest, IsNotLiveWhenNobodyPollsForAMinute) {
  Member member(input_, "polled", bus_->health());
  member.Poll();
  member.clock.Advance(seconds(59));
  EXPECT_TRUE(bus_->health().live());
  member.clock.Advance(seconds(2));
  EXPECT_FALSE(bus_->health().live());
  member.Poll();
  EXPECT_TRUE(bus_->health().live());
}

TEST_F(KafkaConsumerTest, MakesItsClientAnewWhenNoBrokerAnswersForAMinute) {
  Member member(input_, "stuck", bus_->health());
  const auto poll_until = [&](const std::function<bool()>& condition) {
    return WaitFor([&] {
      member.Poll();
      return condition();
    });
  };
  ASSERT_TRUE(poll_until([&] { return member.assigned.size() == 3; }));
  MockKafka().SetDown(true);
  ASSERT_TRUE(poll_until(
      [&] { return bus_->health().Report().find("no broker answers") != std::string::npos; }));
  ASSERT_EQ(member.lost, 0);
  member.clock.Advance(seconds(59));
  member.Poll();
  EXPECT_EQ(member.lost, 0);
  member.clock.Advance(seconds(2));
  member.Poll();
  EXPECT_EQ(member.lost, 1) << "what the client before had is given up";
  EXPECT_THAT(member.assigned, SizeIs(0));

  MockKafka().SetDown(false);
  ASSERT_TRUE(poll_until([&] { return member.assigned.size() == 3; }));
  Write(0, 3);
  EXPECT_TRUE(poll_until([&] { return member.read.size() == 3; }));
  EXPECT_TRUE(bus_->health().ready()) << bus_->health().Report();
}

}  // namespace
}  // namespace paperwire::bus
