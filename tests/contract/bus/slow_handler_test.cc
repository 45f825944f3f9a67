// What a subscriber does for handlers that take seconds and spend them waiting for somebody else,
// on librdkafka's mock cluster, and on a real Kafka when PAPERWIRE_TEST_KAFKA names one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "libs/bus/kafka_subscriber.h"
#include "tests/contract/bus/memory_markers.h"
#include "tests/contract/bus/test_bus.h"

namespace paperwire::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Emission = std::vector<Message>;

class SlowHandler : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    TestKafka* const kafka = GetParam() == "mock" ? &MockKafka() : RealKafka();
    if (kafka == nullptr) GTEST_SKIP() << "SKIPPED PROGRAM: PAPERWIRE_TEST_KAFKA is not set";
    bus_ = NewKafkaBus(*kafka);
    publisher_ = bus_->NewPublisher();
  }

  Input NewInput(int workers) {
    Input input = bus_->NewInput({});
    input.workers = workers;
    input.any_worker = true;
    input.markers = &markers_;
    return input;
  }

  void Write(const Input& input, const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
      publisher_->Publish({.topic = input.topic, .key = key, .value = key, .headers = {}},
                          [](const absl::Status& status) { EXPECT_EQ(status, absl::OkStatus()); });
    }
    ASSERT_EQ(publisher_->Flush(std::chrono::seconds(60)), absl::OkStatus());
  }
  void Write(const Input& input, int count) {
    std::vector<std::string> keys;
    for (int i = 0; i < count; ++i) keys.push_back("k" + std::to_string(i));
    Write(input, keys);
  }

  std::unique_ptr<Running> Start(const Input& input, Handler handler) {
    return std::make_unique<Running>(bus_->NewSubscriber(input, *publisher_), std::move(handler));
  }

  size_t Held() {
    size_t held = 0;
    for (const auto& [partition, offsets] : markers_.held()) held += offsets.size();
    return held;
  }

  static Message Output(const Input& input, const Message& message) {
    return {
        .topic = input.topic + ".out", .key = message.key, .value = message.value, .headers = {}};
  }

  MemoryMarkers markers_;
  std::unique_ptr<TestBus> bus_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_P(SlowHandler, AnyWorkerTakesWhatIsNextInTheOrderOfEachKey) {
  const Input input = NewInput(8);
  std::vector<std::string> keys;
  for (int i = 0; i < 1500; ++i) keys.push_back("k" + std::to_string(i % 31));
  ASSERT_NO_FATAL_FAILURE(Write(input, keys));
  std::mutex mutex;
  std::map<std::string, int64_t> last;
  std::set<std::string> at_work;
  int done = 0;
  std::vector<std::string> wrong;

  const auto running = Start(input, [&](const Message& message, Emission&, Attempt& attempt) {
    {
      const std::lock_guard lock(mutex);
      if (!at_work.insert(message.key).second) wrong.push_back("two at once: " + message.key);
      const auto [before, first] = last.emplace(message.key, message.offset);
      if (!first && before->second >= message.offset) wrong.push_back("order: " + message.key);
      before->second = message.offset;
    }
    attempt.Outside([] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); });
    const std::lock_guard lock(mutex);
    at_work.erase(message.key);
    ++done;
    return absl::OkStatus();
  });
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 1500; }));
  EXPECT_EQ(running->Stop(), absl::OkStatus());
  EXPECT_EQ(done, 1500) << "each once";
  EXPECT_THAT(wrong, IsEmpty());
  EXPECT_THAT(markers_.held(), IsEmpty());
}

TEST_P(SlowHandler, ARecordThatTakesLongHoldsUpNoOtherKey) {
  const Input input = NewInput(2);
  ASSERT_NO_FATAL_FAILURE(Write(input, 40));
  std::atomic<int> done = 0;

  const auto running = Start(input, [&](const Message& message, Emission&, Attempt&) {
    if (message.key == "k0") {
      EXPECT_TRUE(WaitFor([&] { return done == 39; }));
    }
    ++done;
    return absl::OkStatus();
  });
  EXPECT_TRUE(WaitFor([&] { return done == 40; }));
  EXPECT_EQ(running->Stop(), absl::OkStatus());
}

TEST_P(SlowHandler, NothingIsInHandThatWaitsOutsideOrHasNotBegun) {
  const Input input = NewInput(4);
  ASSERT_NO_FATAL_FAILURE(Write(input, 60));
  std::atomic<int> begun = 0, outside = 0, back = 0;
  std::atomic<bool> go_outside = false, come_back = false, go_on = false;

  const auto running = Start(input, [&](const Message&, Emission&, Attempt& attempt) {
    ++begun;
    WaitFor([&] { return go_outside.load(); });
    attempt.Outside([&] {
      ++outside;
      WaitFor([&] { return come_back.load(); });
    });
    ++back;
    WaitFor([&] { return go_on.load(); });
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return begun == 4; }));
  EXPECT_EQ(Held(), 4u) << "what was read and has not begun is in nobody's hand";
  go_outside = true;
  ASSERT_TRUE(WaitFor([&] { return outside == 4; }));
  EXPECT_EQ(Held(), 0u);
  come_back = true;
  ASSERT_TRUE(WaitFor([&] { return back == 4; }));
  EXPECT_EQ(Held(), 4u);
  go_on = true;
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 60; }));
  EXPECT_EQ(running->Stop(), absl::OkStatus());
  EXPECT_EQ(begun, 60);
  EXPECT_THAT(markers_.held(), IsEmpty());
}

TEST_P(SlowHandler, NothingIsInHandThatWaitsForAnotherOfItsKey) {
  const Input input = NewInput(4);
  ASSERT_NO_FATAL_FAILURE(Write(input, std::vector<std::string>(6, "a")));
  std::atomic<int> begun = 0;
  std::atomic<bool> go_on = false;
  const auto running = Start(input, [&](const Message&, Emission&, Attempt&) {
    ++begun;
    WaitFor([&] { return go_on.load(); });
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return begun == 1; }));
  const clock::SystemClock clock;
  clock.SleepFor(std::chrono::seconds(1), {});
  EXPECT_EQ(Held(), 1u);
  go_on = true;
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 6; }));
  EXPECT_EQ(running->Stop(), absl::OkStatus());
}

TEST_P(SlowHandler, WhatIsThrownOutsideIsTheHandlersOwn) {
  const Input input = NewInput(1);
  ASSERT_NO_FATAL_FAILURE(Write(input, 1));
  std::atomic<size_t> held_after = 0;

  const auto running = Start(input, [&](const Message&, Emission&, Attempt& attempt) {
    try {
      attempt.Outside([] { throw std::runtime_error("no answer"); });
    } catch (const std::runtime_error&) {
      held_after = Held();
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 1; }));
  EXPECT_EQ(running->Stop(), absl::OkStatus());
  EXPECT_EQ(held_after, 1u);
}

// Longer than a member may be silent.
TEST_P(SlowHandler, AClosedGateLetsNothingInAndKeepsThePlaceInTheGroup) {
  Input input = NewInput(2);
  std::atomic<bool> open = false;
  std::atomic<int> asked = 0, done = 0;
  input.gate = [&] {
    ++asked;
    return open.load();
  };
  ASSERT_NO_FATAL_FAILURE(Write(input, 30));

  const auto running = Start(input, [&](const Message&, Emission&, Attempt&) {
    ++done;
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return bus_->health().ready(); })) << bus_->health().Report();
  const clock::SystemClock clock;
  clock.SleepFor(std::chrono::seconds(8), {});
  EXPECT_EQ(done, 0);
  EXPECT_EQ(Held(), 0u);
  EXPECT_TRUE(bus_->health().ready()) << bus_->health().Report();
  EXPECT_TRUE(bus_->health().live());
  open = true;
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 30; }));
  EXPECT_EQ(done, 30) << "nobody took the partitions away";

  open = false;
  const int before = asked;
  ASSERT_TRUE(WaitFor([&] { return asked > before + 2; }));
  ASSERT_NO_FATAL_FAILURE(Write(input, 30));
  clock.SleepFor(std::chrono::seconds(1), {});
  EXPECT_EQ(done, 30);
  open = true;
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 60; }));
  EXPECT_EQ(running->Stop(), absl::OkStatus());
}

TEST_P(SlowHandler, AGateThatClosesLetsNothingBeginThatWasRead) {
  Input input = NewInput(1);
  std::atomic<bool> open = true, go_on = false;
  std::atomic<int> asked = 0, begun = 0;
  input.gate = [&] {
    ++asked;
    return open.load();
  };
  ASSERT_NO_FATAL_FAILURE(Write(input, 30));
  const auto running = Start(input, [&](const Message&, Emission&, Attempt&) {
    ++begun;
    WaitFor([&] { return go_on.load(); });
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return begun == 1; }));
  open = false;
  int before = asked;
  ASSERT_TRUE(WaitFor([&] { return asked > before + 1; })) << "one look may have seen it open";
  go_on = true;
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 1; }));
  before = asked;
  ASSERT_TRUE(WaitFor([&] { return asked > before + 10; }));
  EXPECT_EQ(begun, 1);
  open = true;
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 30; }));
  EXPECT_EQ(running->Stop(), absl::OkStatus());
}

TEST_P(SlowHandler, SaysWhatWaitsOfTheWholeTopic) {
  Input input = NewInput(1);
  std::atomic<bool> open = false;
  input.gate = [&] { return open.load(); };
  input.ask_waiting = std::chrono::milliseconds(50);
  ASSERT_NO_FATAL_FAILURE(Write(input, 25));
  auto subscriber = bus_->NewSubscriber(input, *publisher_);
  const auto& kafka = dynamic_cast<const KafkaSubscriber&>(*subscriber);
  EXPECT_EQ(kafka.Waiting(), -1) << "not known yet";

  Running running(std::move(subscriber),
                  [](const Message&, Emission&) { return absl::OkStatus(); });
  EXPECT_TRUE(WaitFor([&] { return kafka.Waiting() == 25; })) << kafka.Waiting();
  open = true;
  EXPECT_TRUE(WaitFor([&] { return kafka.Waiting() == 0; })) << kafka.Waiting();
  open = false;
  ASSERT_NO_FATAL_FAILURE(Write(input, 5));
  EXPECT_TRUE(WaitFor([&] { return kafka.Waiting() > 0; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());
}

TEST_P(SlowHandler, StaysReadyWhileItPausesWhereThatIsAskedFor) {
  Input input = NewInput(1);
  input.pauses_show = false;
  ASSERT_NO_FATAL_FAILURE(Write(input, 1));
  std::atomic<int> tries = 0;
  const auto running = Start(input, [&](const Message&, Emission&, Attempt&) {
    return ++tries < 8 ? absl::UnavailableError("the endpoint is away") : absl::OkStatus();
  });
  bool ready = true;
  ASSERT_TRUE(WaitFor([&] { return tries > 0; }));
  EXPECT_TRUE(WaitFor([&] {
    ready = ready && bus_->health().ready();
    return bus_->Committed(input.group, input.topic) == 1;
  }));
  EXPECT_TRUE(ready);
  EXPECT_EQ(running->Stop(), absl::OkStatus());
}

TEST_P(SlowHandler, ASuspectIsAloneThoughRecordsWaitOutside) {
  const Input input = NewInput(16);
  ASSERT_NO_FATAL_FAILURE(Write(input, 12));
  std::map<int, int64_t> ends;
  for (const Message& message : bus_->Records(input.topic)) ++ends[message.partition];
  // What is written next.
  for (const auto& [partition, end] : ends) markers_.Suspect({input.topic, partition}, end, 1);
  std::mutex mutex;
  int at_work = 0, most_at_work = 0, most_beside_suspect = 0;
  size_t suspects = 0;
  std::atomic<int> outside = 0, done = 0;
  std::atomic<bool> let_go = false;
  const auto running = Start(input, [&](const Message& message, Emission&, Attempt& attempt) {
    const bool suspect = message.offset == ends.at(message.partition);
    const auto look = [&] {
      if (suspect) most_beside_suspect = std::max(most_beside_suspect, at_work - 1);
    };
    {
      const std::lock_guard lock(mutex);
      most_at_work = std::max(most_at_work, ++at_work);
      if (suspect) ++suspects;
      look();
    }
    attempt.Outside([&] {
      ++outside;
      WaitFor([&] { return let_go.load(); });
    });
    const std::lock_guard lock(mutex);
    look();
    --at_work;
    ++done;
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return outside == 12; }));
  std::vector<std::string> more;
  for (int i = 0; i < 24; ++i) more.push_back("more" + std::to_string(i));
  ASSERT_NO_FATAL_FAILURE(Write(input, more));
  const clock::SystemClock clock;
  clock.SleepFor(std::chrono::seconds(2), {});
  EXPECT_EQ(outside, 12) << "nothing is begun before the suspect has had its turn";
  let_go = true;
  EXPECT_TRUE(WaitFor([&] { return done == 36; }));
  EXPECT_EQ(running->Stop(), absl::OkStatus());
  EXPECT_EQ(suspects, ends.size());
  EXPECT_EQ(most_beside_suspect, 0);
  EXPECT_GE(most_at_work, 12);
  EXPECT_EQ(markers_.forgotten(), static_cast<int>(suspects));
  EXPECT_THAT(markers_.held(), IsEmpty());
}

TEST_P(SlowHandler, AStopWaitsForWhatIsOutsideAndAbandonsItThen) {
  Input input = NewInput(3);
  input.drain_timeout = std::chrono::seconds(2);
  ASSERT_NO_FATAL_FAILURE(Write(input, 3));
  std::atomic<int> outside = 0, ended = 0;
  std::atomic<bool> stopping = false;
  const auto handler = [&](const Message& message, Emission& emit, Attempt& attempt) {
    const bool stays = message.key == "k0";
    attempt.Outside([&] {
      ++outside;
      if (stays) {
        EXPECT_TRUE(WaitFor([&] { return attempt.ending().stop_requested(); }));
        EXPECT_TRUE(attempt.abandoned().stop_requested());
        ++ended;
      } else {
        WaitFor([&] { return stopping.load(); });
      }
    });
    emit.push_back(Output(input, message));
    return absl::OkStatus();
  };
  {
    const auto running = Start(input, handler);
    ASSERT_TRUE(WaitFor([&] { return outside == 3; }));
    stopping = true;
    EXPECT_EQ(running->Stop(), absl::OkStatus());
  }
  EXPECT_EQ(ended, 1);
  EXPECT_THAT(markers_.held(), IsEmpty());
  std::set<std::string> out;
  for (const Message& message : bus_->Records(input.topic + ".out")) out.insert(message.key);
  EXPECT_THAT(out, ElementsAre("k1", "k2")) << "an answer that came too late is dropped";

  const auto next = Start(input, [&](const Message& message, Emission& emit) {
    emit.push_back(Output(input, message));
    return absl::OkStatus();
  });
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 3; }));
  EXPECT_EQ(next->Stop(), absl::OkStatus());
}

TEST_P(SlowHandler, AStopIsNotCutShortByAnotherMemberThatLeaves) {
  const Input input = NewInput(12);
  std::atomic<int> quick = 0, by_second = 0, outside = 0, abandoned = 0;
  std::atomic<bool> slow = false, left = false;
  const clock::SystemClock clock;
  const auto first = Start(input, [&](const Message&, Emission&, Attempt& attempt) {
    if (!slow) {
      ++quick;
      return absl::OkStatus();
    }
    attempt.Outside([&] {
      ++outside;
      EXPECT_TRUE(WaitFor([&] { return left.load(); }));
      // More than a heartbeat, which tells of the rebalance; less than a revoke waits.
      clock.SleepFor(std::chrono::seconds(2), {});
      if (attempt.abandoned().stop_requested()) ++abandoned;
    });
    return absl::OkStatus();
  });
  const auto second = Start(input, [&](const Message&, Emission&) {
    ++by_second;
    return absl::OkStatus();
  });
  // Until both have partitions.
  ASSERT_TRUE(WaitFor([&] {
    quick = by_second = 0;
    Write(input, 12);
    return WaitFor([&] { return quick + by_second >= 12; }) && quick > 0 && by_second > 0;
  }));
  slow = true;
  ASSERT_NO_FATAL_FAILURE(Write(input, 12));
  ASSERT_TRUE(WaitFor([&] { return outside > 0; }));
  std::jthread stopping([&] { EXPECT_EQ(first->Stop(), absl::OkStatus()); });
  EXPECT_EQ(second->Stop(), absl::OkStatus());
  left = true;
  stopping.join();
  EXPECT_EQ(abandoned, 0);
}

TEST_P(SlowHandler, ARevokedRecordIsAbandonedAndHandledByItsNextOwner) {
  const Input input = NewInput(12);
  ASSERT_NO_FATAL_FAILURE(Write(input, 12));
  std::atomic<int> outside = 0, abandoned = 0, ended = 0;
  std::atomic<bool> let_go = false;
  // The first member's calls go on after the revoke, as paid ones do.
  const auto first = Start(input, [&](const Message& message, Emission& emit, Attempt& attempt) {
    attempt.Outside([&] {
      ++outside;
      WaitFor([&] { return attempt.abandoned().stop_requested() || let_go; });
      if (attempt.abandoned().stop_requested()) ++abandoned;
      if (attempt.ending().stop_requested()) ++ended;
      WaitFor([&] { return let_go.load(); });
    });
    Message output = Output(input, message);
    output.value = "first";
    emit.push_back(output);
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return outside == 12; }));
  std::mutex mutex;
  std::set<std::string> seen;
  const auto second = Start(input, [&](const Message& message, Emission& emit, Attempt&) {
    emit.push_back(Output(input, message));
    const std::lock_guard lock(mutex);
    seen.insert(message.key);
    return absl::OkStatus();
  });
  ASSERT_TRUE(WaitFor([&] { return abandoned == 12; }));
  EXPECT_EQ(ended, 0) << "the process goes on";
  ASSERT_TRUE(WaitFor([&] {
    const std::lock_guard lock(mutex);
    return !seen.empty();
  }));
  let_go = true;
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 12; }));
  EXPECT_EQ(first->Stop(), absl::OkStatus());
  EXPECT_EQ(second->Stop(), absl::OkStatus());
  EXPECT_THAT(markers_.held(), IsEmpty());

  std::set<std::string> out;
  for (const Message& message : bus_->Records(input.topic + ".out")) out.insert(message.key);
  EXPECT_THAT(out, SizeIs(12));
  EXPECT_GT(outside, 12) << "what the first member kept was handed to it again";
}

INSTANTIATE_TEST_SUITE_P(Buses, SlowHandler, ::testing::Values("mock", "kafka"),
                         [](const auto& bus) { return bus.param; });

}  // namespace
}  // namespace paperwire::bus
