// What a subscriber does at full speed and when more comes than it can handle, on librdkafka's mock
// cluster, and on a real Kafka when PAPERWIRE_TEST_KAFKA names one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/contract/bus/test_bus.h"

namespace paperwire::bus {
namespace {

using ::testing::SizeIs;

class BackPressure : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    TestKafka* const kafka = GetParam() == "mock" ? &MockKafka() : RealKafka();
    if (kafka == nullptr) GTEST_SKIP() << "SKIPPED PROGRAM: PAPERWIRE_TEST_KAFKA is not set";
    bus_ = NewKafkaBus(*kafka);
    publisher_ = bus_->NewPublisher();
  }

  void Write(const Input& input, int keys, int count, size_t bytes) {
    for (int i = 0; i < count; ++i) {
      Message message;
      message.topic = input.topic;
      message.key = "k" + std::to_string(i % keys);
      message.value = std::to_string(i);
      message.value.resize(std::max(bytes, message.value.size()), ' ');
      publisher_->Publish(std::move(message),
                          [](const absl::Status& status) { EXPECT_EQ(status, absl::OkStatus()); });
    }
    ASSERT_EQ(publisher_->Flush(std::chrono::seconds(60)), absl::OkStatus());
  }

  double InFlight() {
    for (const auto& family : bus_->metrics()->Collect()) {
      if (family.name == "paperwire_tester_in_flight_records") return family.metric[0].gauge.value;
    }
    return -1;
  }

  std::unique_ptr<TestBus> bus_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_P(BackPressure, KeepsEachKeysOrderAndEachRecordOnceThroughManyLanes) {
  Input input = bus_->NewInput({});
  input.workers = 4;
  constexpr int kKeys = 97;
  constexpr int kRecords = 20000;
  ASSERT_NO_FATAL_FAILURE(Write(input, kKeys, kRecords, 0));

  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message& message, std::vector<Message>& emit) {
                    emit.push_back({.topic = input.topic + ".out",
                                    .key = message.key,
                                    .value = message.value,
                                    .headers = message.headers});
                    return absl::OkStatus();
                  });
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == kRecords; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  const std::vector<Message> out = bus_->Records(input.topic + ".out");
  EXPECT_THAT(out, SizeIs(kRecords));
  std::map<std::string, int> last;
  for (const Message& message : out) {
    const int number = std::stoi(message.value);
    const auto [before, first] = last.emplace(message.key, number);
    if (first) continue;
    ASSERT_GT(number, before->second) << message.key;
    before->second = number;
  }
}

// Longer than a member may be silent, and longer than it waits before it pauses.
TEST_P(BackPressure, AMemberThatIsFullKeepsItsPlaceAndReadsNoMore) {
  Input input = bus_->NewInput({});
  constexpr int kRecords = 6000;
  ASSERT_NO_FATAL_FAILURE(Write(input, kRecords, kRecords, 0));
  std::atomic<bool> let_go = false;
  std::atomic<int> handled = 0;

  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message&, std::vector<Message>&) {
                    WaitFor([&] { return let_go.load(); });
                    ++handled;
                    return absl::OkStatus();
                  });
  ASSERT_TRUE(WaitFor([&] { return InFlight() >= 1000; }));
  const clock::SystemClock clock;
  clock.SleepFor(std::chrono::seconds(9), {});
  EXPECT_LE(InFlight(), 768 + 512) << "at the lanes, and waiting for them";
  EXPECT_TRUE(bus_->health().live());
  let_go = true;
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == kRecords; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());
  EXPECT_EQ(handled, kRecords) << "nobody took the partitions away";
  EXPECT_EQ(InFlight(), 0);
}

TEST_P(BackPressure, FullHandsOfTheTopicKeepNoRetryOut) {
  Input input = bus_->NewInput({std::chrono::milliseconds(50)});
  input.workers = 2;
  const std::hash<std::string> lane;
  std::string beside = "beside";
  while (lane(beside) % 2 == lane("k0") % 2) beside += '.';
  publisher_->Publish({.topic = input.topic, .key = beside, .value = "v", .headers = {}},
                      [](const absl::Status&) {});
  ASSERT_EQ(publisher_->Flush(std::chrono::seconds(60)), absl::OkStatus());
  std::atomic<bool> let_go = false;
  std::atomic<bool> first_try = false;
  std::atomic<bool> retried = false;

  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message& message, std::vector<Message>&) -> absl::Status {
                    if (message.key != beside) {
                      WaitFor([&] { return let_go.load(); });
                      return absl::OkStatus();
                    }
                    if (message.topic == input.topic) {
                      first_try = true;
                      WaitFor([&] { return InFlight() > 768; });
                      return absl::AbortedError("later");
                    }
                    retried = true;
                    return absl::OkStatus();
                  });
  // Before the hands are full.
  EXPECT_TRUE(WaitFor([&] { return first_try.load(); }));
  ASSERT_NO_FATAL_FAILURE(Write(input, 1, 2000, 0));
  EXPECT_TRUE(WaitFor([&] { return retried.load(); }));
  EXPECT_GT(InFlight(), 768) << "the hands were not full";
  let_go = true;
  EXPECT_EQ(running.Stop(), absl::OkStatus());
}

TEST_P(BackPressure, ReadsFewRecordsThatAreLarge) {
  const Input input = bus_->NewInput({});
  constexpr int kRecords = 24;
  ASSERT_NO_FATAL_FAILURE(Write(input, kRecords, kRecords, 400 << 10));
  std::atomic<bool> let_go = false;
  std::atomic<int> handled = 0;

  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message&, std::vector<Message>&) {
                    WaitFor([&] { return let_go.load(); });
                    ++handled;
                    return absl::OkStatus();
                  });
  // 5 MiB and the record that reaches them.
  ASSERT_TRUE(WaitFor([&] { return InFlight() >= 13; }));
  const clock::SystemClock clock;
  clock.SleepFor(std::chrono::seconds(3), {});
  EXPECT_EQ(InFlight(), 13);
  let_go = true;
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == kRecords; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());
  EXPECT_EQ(handled, kRecords);
}

INSTANTIATE_TEST_SUITE_P(Buses, BackPressure, ::testing::Values("mock", "kafka"),
                         [](const auto& bus) { return bus.param; });

}  // namespace
}  // namespace paperwire::bus
