#include "libs/bus/follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <optional>

#include "libs/bus/kafka_follower.h"
#include "tests/contract/bus/test_bus.h"

namespace paperwire::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// A store with offsets beside its data, whose faults a test sets.
class FakeSink final : public FollowerSink {
 public:
  absl::StatusOr<std::map<TopicPartition, int64_t>> Start(
      const std::map<TopicPartition, int64_t>& end_offsets) override {
    const std::lock_guard lock(mutex_);
    ++starts_;
    ends_ = end_offsets;
    return offsets_;
  }

  absl::Status Check(const Message& message) override {
    return message.value == "bad" ? absl::InvalidArgumentError("not a paper") : absl::OkStatus();
  }

  absl::StatusOr<int64_t> Apply(const TopicPartition& partition, int64_t expected,
                                std::span<const Record> records) override {
    const std::lock_guard lock(mutex_);
    if (failures_left_ > 0) {
      --failures_left_;
      return failure_;
    }
    const auto found = offsets_.find(partition);
    const int64_t stored = found == offsets_.end() ? -1 : found->second;
    if (stored != expected) return stored;
    for (const Record& record : records) {
      applied_.push_back(record.rejected ? "rejected" : record.message->value);
    }
    if (!records.empty()) offsets_[partition] = records.back().message->offset + 1;
    return records.empty() ? stored : offsets_[partition];
  }

  std::vector<std::string> applied() {
    const std::lock_guard lock(mutex_);
    return applied_;
  }
  int starts() {
    const std::lock_guard lock(mutex_);
    return starts_;
  }
  std::map<TopicPartition, int64_t> ends() {
    const std::lock_guard lock(mutex_);
    return ends_;
  }
  // A flush, a roll-back or another owner.
  void SetOffsets(std::map<TopicPartition, int64_t> offsets) {
    const std::lock_guard lock(mutex_);
    offsets_ = std::move(offsets);
    applied_.clear();
  }
  void FailNext(absl::Status status, int times) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(status);
    failures_left_ = times;
  }

 private:
  std::mutex mutex_;
  std::map<TopicPartition, int64_t> offsets_;
  std::map<TopicPartition, int64_t> ends_;
  std::vector<std::string> applied_;
  absl::Status failure_;
  int failures_left_ = 0;
  int starts_ = 0;
};

class FollowerTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    kafka_ = GetParam() == "mock" ? &MockKafka() : RealKafka();
    if (kafka_ == nullptr) GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_KAFKA is not set";
    topic_ = UniqueName("followed");
    kafka_->CreateTopic(topic_, 1);
    kafka_->CreateTopic(topic_ + ".dlq", 1);
    bus_ = NewKafkaBus(*kafka_);
    publisher_ = bus_->NewPublisher();
  }

  void TearDown() override {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  void Write(const std::string& value, const std::string& key = "k") {
    Message message;
    message.topic = topic_;
    message.key = key;
    message.value = value;
    ASSERT_EQ(PublishAndWait(*publisher_, message), absl::OkStatus());
  }

  void Follow() {
    follower_ = std::make_unique<KafkaFollower>(
        kafka_->settings(),
        KafkaFollower::Options{
            .topics = {topic_}, .group = UniqueName("group"), .service = "tester"},
        *publisher_, clock_, *bus_->metrics(), bus_->health());
    thread_ = std::jthread([this](std::stop_token stop) { status_ = follower_->Run(stop, sink_); });
  }

  bool WaitForApplied(const std::vector<std::string>& values) {
    return WaitFor([&] { return sink_.applied() == values; });
  }

  TopicPartition partition() const { return {topic_, 0}; }

  TestKafka* kafka_ = nullptr;
  std::string topic_;
  clock::SystemClock clock_;
  std::unique_ptr<TestBus> bus_;
  std::unique_ptr<Publisher> publisher_;
  FakeSink sink_;
  std::unique_ptr<KafkaFollower> follower_;
  absl::Status status_;
  std::jthread thread_;
};

TEST_P(FollowerTest, ReadsFromWhereTheStoreIsAndTellsItTheEndFirst) {
  for (const char* value : {"0", "1", "2", "3"}) Write(value);
  sink_.SetOffsets({{partition(), 2}});

  Follow();

  ASSERT_TRUE(WaitForApplied({"2", "3"}));
  EXPECT_THAT(sink_.ends(), ElementsAre(std::pair(partition(), 4)));
  Write("4");
  EXPECT_TRUE(WaitForApplied({"2", "3", "4"}));
}

TEST_P(FollowerTest, ReadsAgainFromTheStartWhenTheStoreIsFlushedWithoutAnyTraffic) {
  for (const char* value : {"0", "1", "2"}) Write(value);
  Follow();
  ASSERT_TRUE(WaitForApplied({"0", "1", "2"}));

  sink_.SetOffsets({});

  EXPECT_TRUE(WaitForApplied({"0", "1", "2"}));
}

TEST_P(FollowerTest, GoesBackToWhereTheStoreWasRolledBackTo) {
  for (const char* value : {"0", "1", "2"}) Write(value);
  Follow();
  ASSERT_TRUE(WaitForApplied({"0", "1", "2"}));

  sink_.SetOffsets({{partition(), 1}});
  Write("3");

  EXPECT_TRUE(WaitForApplied({"1", "2", "3"}));
}

TEST_P(FollowerTest, WaitsForTheStoreAndSkipsNothing) {
  sink_.FailNext(absl::UnavailableError("LOADING"), 4);
  Write("0");
  Write("1");

  Follow();

  EXPECT_TRUE(WaitForApplied({"0", "1"}));
  EXPECT_TRUE(bus_->health().ready()) << bus_->health().Report();
}

TEST_P(FollowerTest, AsksTheStoreAgainWhenItBeginsAnew) {
  Write("0");
  Follow();
  ASSERT_TRUE(WaitForApplied({"0"}));
  const int starts = sink_.starts();

  sink_.FailNext(absl::AbortedError("another epoch"), 1);
  Write("1");

  EXPECT_TRUE(WaitForApplied({"0", "1"}));
  EXPECT_GT(sink_.starts(), starts);
}

TEST_P(FollowerTest, DeadLettersWhatCannotBeAppliedAndPassesIt) {
  Write("0");
  Write("bad");
  Write("1", "");
  Write("2");

  Follow();

  ASSERT_TRUE(WaitForApplied({"0", "rejected", "rejected", "2"}));
  const std::vector<Message> dead = bus_->Records(topic_ + ".dlq");
  ASSERT_THAT(dead, SizeIs(2));
  EXPECT_EQ(dead[0].FindHeader("x-error-class"), "invalid");
  EXPECT_EQ(dead[1].FindHeader("x-error-class"), "no-key");
}

TEST_P(FollowerTest, EndsWithAnErrorThatNoWaitingHelps) {
  sink_.FailNext(absl::FailedPreconditionError("an evicting server"), 100);
  Write("0");

  Follow();
  thread_.join();

  EXPECT_TRUE(absl::IsFailedPrecondition(status_)) << status_;
}

INSTANTIATE_TEST_SUITE_P(Buses, FollowerTest, ::testing::Values("mock", "kafka"),
                         [](const auto& bus) { return bus.param; });

}  // namespace
}  // namespace paperwire::bus
