// What every subscriber promises, on memory, on librdkafka's mock cluster, and on a real Kafka when
// PAPERWIRE_TEST_KAFKA names one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>

#include "tests/contract/bus/test_bus.h"

namespace paperwire::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Passes records on, but keeps their delivery reports back until released.
class HoldingPublisher final : public Publisher {
 public:
  explicit HoldingPublisher(Publisher& next) : next_(next) {}

  void Publish(Message message, Delivered delivered) override {
    next_.Publish(std::move(message), [this, delivered = std::move(delivered)](absl::Status s) {
      {
        const std::lock_guard lock(mutex_);
        if (holding_) {
          held_.push_back([delivered, s] { delivered(s); });
          return;
        }
      }
      delivered(std::move(s));
    });
  }
  absl::Status Flush(std::chrono::milliseconds timeout) override { return next_.Flush(timeout); }

  size_t held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

  void Release() {
    std::vector<std::function<void()>> held;
    {
      const std::lock_guard lock(mutex_);
      holding_ = false;
      held = std::exchange(held_, {});
    }
    for (const auto& report : held) report();
  }

 private:
  Publisher& next_;
  std::mutex mutex_;
  bool holding_ = true;
  std::vector<std::function<void()>> held_;
};

// Fails the first `times` records with `status`.
class FailingPublisher final : public Publisher {
 public:
  FailingPublisher(Publisher& next, absl::Status status, int times)
      : next_(next), status_(std::move(status)), left_(times) {}

  void Publish(Message message, Delivered delivered) override {
    if (left_-- > 0) {
      delivered(status_);
    } else {
      next_.Publish(std::move(message), std::move(delivered));
    }
  }
  absl::Status Flush(std::chrono::milliseconds timeout) override { return next_.Flush(timeout); }

 private:
  Publisher& next_;
  const absl::Status status_;
  std::atomic<int> left_;
};

class Fates : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") {
      bus_ = NewMemoryBus();
    } else if (GetParam() == "mock") {
      bus_ = NewKafkaBus(MockKafka());
    } else if (RealKafka() != nullptr) {
      bus_ = NewKafkaBus(*RealKafka());
    } else {
      GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_KAFKA is not set";
    }
    publisher_ = bus_->NewPublisher();
  }

  void Write(const Input& input, const std::string& key, const std::string& value,
             std::vector<Header> headers = {}) {
    Message message;
    message.topic = input.topic;
    message.key = key;
    message.value = value;
    message.headers = std::move(headers);
    ASSERT_EQ(PublishAndWait(*publisher_, message), absl::OkStatus());
  }

  Running Start(const Input& input, Subscriber::Handler handler, Publisher* publisher = nullptr) {
    return Running(bus_->NewSubscriber(input, publisher == nullptr ? *publisher_ : *publisher),
                   std::move(handler));
  }

  bool WaitForRecords(const std::string& topic, size_t count) {
    return WaitFor([&] { return bus_->Records(topic).size() >= count; });
  }

  std::unique_ptr<TestBus> bus_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_P(Fates, HandsOverTheRecordsOfAKeyInOrderAndCommitsThemAll) {
  const Input input = bus_->NewInput({});
  for (int i = 0; i < 20; ++i) {
    for (const std::string key : {"a", "b", "c"}) Write(input, key, std::to_string(i));
  }
  std::mutex mutex;
  std::map<std::string, std::vector<int>> seen;
  std::atomic<int> count = 0;

  Running running = Start(input, [&](const Message& message, std::vector<Message>&) {
    const std::lock_guard lock(mutex);
    seen[message.key].push_back(std::stoi(message.value));
    ++count;
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return count >= 60; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  std::vector<int> order(20);
  for (int i = 0; i < 20; ++i) order[static_cast<size_t>(i)] = i;
  EXPECT_THAT(seen,
              ElementsAre(std::pair("a", order), std::pair("b", order), std::pair("c", order)));
  EXPECT_EQ(bus_->Committed(input.group, input.topic), 60);
}

TEST_P(Fates, CommitsNothingBeforeWhatItEmittedIsDelivered) {
  const Input input = bus_->NewInput({});
  Write(input, "k", "v");
  HoldingPublisher holding(*publisher_);

  Running running = Start(
      input,
      [&](const Message& message, std::vector<Message>& emit) {
        Message output;
        output.topic = input.topic + ".out";
        output.key = message.key;
        output.value = "made";
        emit.push_back(output);
        return absl::OkStatus();
      },
      &holding);
  ASSERT_TRUE(WaitFor([&] { return holding.held() == 1; }));
  // Longer than the time between two commits.
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(bus_->Committed(input.group, input.topic), 0);

  holding.Release();
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 1; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());
  ASSERT_THAT(bus_->Records(input.topic + ".out"), SizeIs(1));
}

TEST_P(Fates, DeadLettersARecordThatIsInvalidAtOnceWithItsBytesAndHeaders) {
  const Input input = bus_->NewInput({std::chrono::milliseconds(50)});
  const std::string bytes("\x00\xff\x01raw", 6);
  Write(input, "k", bytes, {{"ce_id", "77"}, {"twice", "1"}, {"twice", "2"}});

  Running running = Start(input, [](const Message&, std::vector<Message>&) {
    return absl::InvalidArgumentError("not\na paper");
  });
  ASSERT_TRUE(WaitForRecords(input.dead_letter_topic(), 1));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  const std::vector<Message> dead = bus_->Records(input.dead_letter_topic());
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].value, bytes);
  EXPECT_EQ(dead[0].key, "k");
  ASSERT_GE(dead[0].headers.size(), 3u);
  EXPECT_EQ(dead[0].headers[0].value, "77");
  EXPECT_EQ(dead[0].headers[2].value, "2");
  EXPECT_EQ(dead[0].FindHeader("x-error-class"), "invalid");
  EXPECT_EQ(dead[0].FindHeader("x-error-message"), "INVALID_ARGUMENT: not a paper");
  EXPECT_EQ(dead[0].FindHeader("x-original-topic"), input.topic);
  EXPECT_EQ(dead[0].FindHeader("x-original-offset"), "0");
  EXPECT_EQ(dead[0].FindHeader("x-attempt"), "1");
  EXPECT_EQ(dead[0].FindHeader("x-service"), "tester");
  EXPECT_EQ(bus_->Committed(input.group, input.topic), 1);
  EXPECT_THAT(bus_->Records(input.retry_topic(0)), IsEmpty());
}

TEST_P(Fates, RetriesThroughTheTiersAndThenDeadLettersWithTheFirstOrigin) {
  const Input input =
      bus_->NewInput({std::chrono::milliseconds(50), std::chrono::milliseconds(60)});
  Write(input, "k", "v");
  std::atomic<int> tries = 0;

  Running running = Start(input, [&](const Message&, std::vector<Message>&) {
    ++tries;
    return absl::DeadlineExceededError("slow");
  });
  ASSERT_TRUE(WaitForRecords(input.dead_letter_topic(), 1));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  EXPECT_EQ(tries, 3);
  const std::vector<Message> first = bus_->Records(input.retry_topic(0));
  const std::vector<Message> second = bus_->Records(input.retry_topic(1));
  const std::vector<Message> dead = bus_->Records(input.dead_letter_topic());
  ASSERT_THAT(first, SizeIs(1));
  ASSERT_THAT(second, SizeIs(1));
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(first[0].FindHeader("x-attempt"), "1");
  EXPECT_EQ(second[0].FindHeader("x-attempt"), "2");
  EXPECT_EQ(dead[0].FindHeader("x-attempt"), "3");
  EXPECT_GT(std::stoll(std::string(second[0].FindHeader("x-not-before"))),
            std::stoll(std::string(first[0].FindHeader("x-not-before"))));
  EXPECT_EQ(dead[0].FindHeader("x-original-topic"), input.topic);
  EXPECT_EQ(dead[0].FindHeader("x-error-class"), "exhausted");
  EXPECT_EQ(dead[0].FindHeader("x-not-before"), "");
  EXPECT_EQ(dead[0].value, "v");
}

TEST_P(Fates, TriesTheSameRecordAgainWhileADependencyIsDown) {
  const Input input = bus_->NewInput({std::chrono::milliseconds(50)});
  Write(input, "k", "v");
  std::atomic<int> tries = 0;

  Running running = Start(input, [&](const Message&, std::vector<Message>&) {
    return ++tries < 4 ? absl::UnavailableError("redis is away") : absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 1; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  EXPECT_EQ(tries, 4);
  EXPECT_THAT(bus_->Records(input.retry_topic(0)), IsEmpty());
  EXPECT_THAT(bus_->Records(input.dead_letter_topic()), IsEmpty());
}

TEST_P(Fates, TriesAgainWhenWhatItEmittedCouldNotBeDelivered) {
  const Input input = bus_->NewInput({});
  Write(input, "k", "v");
  FailingPublisher failing(*publisher_, absl::UnavailableError("no broker"), 2);
  std::atomic<int> tries = 0;

  Running running = Start(
      input,
      [&](const Message&, std::vector<Message>& emit) {
        ++tries;
        emit.push_back({.topic = input.topic + ".out", .key = "k", .value = "w", .headers = {}});
        return absl::OkStatus();
      },
      &failing);
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 1; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  EXPECT_EQ(tries, 3);
  EXPECT_THAT(bus_->Records(input.topic + ".out"), SizeIs(1));
  EXPECT_THAT(bus_->Records(input.dead_letter_topic()), IsEmpty());
}

TEST_P(Fates, KeepsTheOffsetUntilTheDeadLetterIsDelivered) {
  const Input input = bus_->NewInput({});
  Write(input, "k", "v");
  FailingPublisher failing(*publisher_, absl::UnavailableError("no broker"), 2);

  Running running = Start(
      input,
      [](const Message&, std::vector<Message>&) { return absl::DataLossError("half a paper"); },
      &failing);
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 1; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  const std::vector<Message> dead = bus_->Records(input.dead_letter_topic());
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].FindHeader("x-error-class"), "data-loss");
}

TEST_P(Fates, DeadLettersWhatIsTooLargeOrHasNoKeyWithoutShowingItToTheHandler) {
  Input input = bus_->NewInput({});
  input.max_record_bytes = 1000;
  Write(input, "k", std::string(1001, 'x'));
  Write(input, "", "keyless");
  Write(input, "k", "good");
  std::mutex mutex;
  std::vector<std::string> handled;

  Running running = Start(input, [&](const Message& message, std::vector<Message>&) {
    const std::lock_guard lock(mutex);
    handled.push_back(message.value);
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 3; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  EXPECT_THAT(handled, ElementsAre("good"));
  std::map<std::string, std::string> classes;
  for (const Message& dead : bus_->Records(input.dead_letter_topic())) {
    classes[std::string(dead.FindHeader("x-error-class"))] = dead.value.substr(0, 7);
  }
  EXPECT_THAT(classes,
              ElementsAre(std::pair("no-key", "keyless"), std::pair("too-large", "xxxxxxx")));
}

TEST_P(Fates, TreatsAnExceptionAsAFaultThatAnotherTryMayGetAround) {
  const Input input = bus_->NewInput({std::chrono::milliseconds(50)});
  Write(input, "k", "v");
  std::atomic<int> tries = 0;

  Running running = Start(input, [&](const Message&, std::vector<Message>&) -> absl::Status {
    if (++tries == 1) throw std::runtime_error("out of range");
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return tries == 2; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  const std::vector<Message> retried = bus_->Records(input.retry_topic(0));
  ASSERT_THAT(retried, SizeIs(1));
  EXPECT_THAT(std::string(retried[0].FindHeader("x-error-message")), HasSubstr("out of range"));
}

TEST_P(Fates, StopsOnAStatusThatNoRuleNamesAndLeavesTheRecord) {
  const Input input = bus_->NewInput({});
  Write(input, "k", "v");

  Running running = Start(
      input, [](const Message&, std::vector<Message>&) { return absl::InternalError("a bug"); });

  EXPECT_EQ(running.Join(), absl::InternalError("a bug"));
  EXPECT_EQ(bus_->Committed(input.group, input.topic), 0);
  EXPECT_THAT(bus_->Records(input.dead_letter_topic()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Buses, Fates, ::testing::Values("memory", "mock", "kafka"),
                         [](const auto& bus) { return bus.param; });

}  // namespace
}  // namespace paperwire::bus
