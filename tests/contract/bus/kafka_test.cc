// What only a group, a broker that goes away or a process that dies can show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "libs/bus/kafka_subscriber.h"
#include "tests/contract/bus/memory_markers.h"
#include "tests/contract/bus/test_bus.h"

namespace paperwire::bus {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class KafkaTest : public ::testing::Test {
 protected:
  KafkaTest() : bus_(NewKafkaBus(MockKafka())), publisher_(bus_->NewPublisher()) {}

  void Write(const Input& input, const std::string& key, const std::string& value) {
    Message message;
    message.topic = input.topic;
    message.key = key;
    message.value = value;
    publisher_->Publish(std::move(message),
                        [](const absl::Status& status) { EXPECT_EQ(status, absl::OkStatus()); });
  }

  std::unique_ptr<TestBus> bus_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(KafkaTest, LosesNothingWhenASecondMemberJoinsAndTheFirstLeaves) {
  const Input input = bus_->NewInput({});
  constexpr int kRecords = 3000;
  std::mutex mutex;
  std::set<std::string> seen;
  const auto handler = [&](const Message& message, std::vector<Message>& emit) {
    emit.push_back(
        {.topic = input.topic + ".out", .key = message.key, .value = message.value, .headers = {}});
    const std::lock_guard lock(mutex);
    seen.insert(message.value);
    return absl::OkStatus();
  };
  const auto count = [&] {
    const std::lock_guard lock(mutex);
    return seen.size();
  };
  const auto write = [&](int from, int to) {
    for (int i = from; i < to; ++i) Write(input, "k" + std::to_string(i), std::to_string(i));
    ASSERT_EQ(publisher_->Flush(std::chrono::seconds(30)), absl::OkStatus());
  };

  Running first(bus_->NewSubscriber(input, *publisher_), handler);
  write(0, 1000);
  ASSERT_TRUE(WaitFor([&] { return count() >= 1000; }));
  Running second(bus_->NewSubscriber(input, *publisher_), handler);
  write(1000, 2000);
  ASSERT_TRUE(WaitFor([&] { return count() >= 2000; }));
  EXPECT_EQ(first.Stop(), absl::OkStatus());
  write(2000, kRecords);
  ASSERT_TRUE(WaitFor([&] { return count() >= kRecords; }));
  EXPECT_EQ(second.Stop(), absl::OkStatus());

  // The mock cluster refuses commits while members come and go; what is short is delivered again.
  EXPECT_LE(bus_->Committed(input.group, input.topic), kRecords);
  std::set<std::string> out;
  for (const Message& message : bus_->Records(input.topic + ".out")) out.insert(message.value);
  EXPECT_THAT(out, SizeIs(kRecords));
}

TEST_F(KafkaTest, GivesTheNextMemberWhatADrainHadToAbandon) {
  Input input = bus_->NewInput({});
  input.workers = 1;
  input.drain_timeout = std::chrono::milliseconds(100);
  for (int i = 0; i < 10; ++i) Write(input, "k", std::to_string(i));
  std::atomic<int> begun = 0;
  std::atomic<bool> let_go = false;
  {
    Running first(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message&, std::vector<Message>&) {
                    if (++begun > 3) WaitFor([&] { return let_go.load(); });
                    return absl::OkStatus();
                  });
    ASSERT_TRUE(WaitFor([&] { return begun > 3; }));
    std::jthread release([&] {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      let_go = true;
    });
    EXPECT_EQ(first.Stop(), absl::OkStatus());
  }
  EXPECT_EQ(bus_->Committed(input.group, input.topic), 3);

  std::mutex mutex;
  std::vector<std::string> again;
  Running second(bus_->NewSubscriber(input, *publisher_),
                 [&](const Message& message, std::vector<Message>&) {
                   const std::lock_guard lock(mutex);
                   again.push_back(message.value);
                   return absl::OkStatus();
                 });
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 10; }));
  EXPECT_EQ(second.Stop(), absl::OkStatus());
  EXPECT_THAT(again, ::testing::ElementsAre("3", "4", "5", "6", "7", "8", "9"));
}

TEST_F(KafkaTest, IsNotReadyWhileADependencyIsDownAndLeavesNoDeadLetter) {
  const Input input = bus_->NewInput({std::chrono::milliseconds(50)});
  for (int i = 0; i < 2000; ++i) Write(input, "k" + std::to_string(i), "v");
  std::atomic<bool> down = true;
  std::atomic<int> done = 0;

  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message&, std::vector<Message>&) {
                    if (down) return absl::UnavailableError("redis is away");
                    ++done;
                    return absl::OkStatus();
                  });
  ASSERT_TRUE(
      WaitFor([&] { return bus_->health().Report().find("redis is away") != std::string::npos; }));
  EXPECT_FALSE(bus_->health().ready());
  EXPECT_TRUE(bus_->health().live());
  EXPECT_EQ(bus_->Committed(input.group, input.topic), 0);
  down = false;
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 2000; }));
  EXPECT_TRUE(WaitFor([&] { return bus_->health().ready(); })) << bus_->health().Report();
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  EXPECT_EQ(done, 2000);
  EXPECT_THAT(bus_->Records(input.retry_topic(0)), IsEmpty());
  EXPECT_THAT(bus_->Records(input.dead_letter_topic()), IsEmpty());
}

TEST_F(KafkaTest, GoesOnByItselfWhenTheBrokerComesBack) {
  const Input input = bus_->NewInput({});
  std::atomic<int> done = 0;
  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message&, std::vector<Message>&) {
                    ++done;
                    return absl::OkStatus();
                  });
  Write(input, "k", "1");
  ASSERT_TRUE(WaitFor([&] { return done == 1; }));

  MockKafka().SetDown(true);
  EXPECT_TRUE(WaitFor([&] { return !bus_->health().ready(); }));
  EXPECT_TRUE(bus_->health().live());
  MockKafka().SetDown(false);
  Write(input, "k", "2");

  EXPECT_TRUE(WaitFor([&] { return done >= 2; }));
  EXPECT_TRUE(WaitFor([&] { return bus_->health().ready(); })) << bus_->health().Report();
  EXPECT_EQ(running.Stop(), absl::OkStatus());
}

TEST_F(KafkaTest, CommitsAgainWhatTheBrokerRefusedToCommit) {
  const Input input = bus_->NewInput({});
  std::atomic<int> done = 0;
  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message&, std::vector<Message>&) {
                    ++done;
                    return absl::OkStatus();
                  });
  Write(input, "k", "1");
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 1; }));
  MockKafka().RefuseCommits(2);
  Write(input, "k", "2");
  ASSERT_TRUE(WaitFor([&] { return done == 2; }));
  // Nothing else completes, and the subscriber goes on: only a repeated commit can do it.
  EXPECT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 2; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());
  double failures = 0;
  for (const auto& family : bus_->metrics()->Collect()) {
    if (family.name != "paperwire_tester_commit_failures_total") continue;
    for (const auto& metric : family.metric) failures += metric.counter.value;
  }
  EXPECT_EQ(failures, 2);
}

TEST_F(KafkaTest, StaysUpNotReadyWithoutABrokerAndStopsWhenAsked) {
  KafkaSettings settings;
  settings.brokers = "127.0.0.1:1";
  const clock::SystemClock clock;
  Running running(std::make_unique<KafkaSubscriber>(
                      settings,
                      KafkaSubscriber::Options{.topic = "t",
                                               .group = UniqueName("g"),
                                               .service = "tester",
                                               .retry = {},
                                               .dead_letter_topic = "t.dlq"},
                      *publisher_, nullptr, clock, *bus_->metrics(), bus_->health()),
                  [](const Message&, std::vector<Message>&) { return absl::OkStatus(); });

  ASSERT_TRUE(WaitFor([&] {
    return bus_->health().Report().find("no broker answers") != std::string::npos;
  })) << bus_->health().Report();
  EXPECT_FALSE(bus_->health().ready());
  EXPECT_EQ(running.Stop(), absl::OkStatus());
}

TEST_F(KafkaTest, HandlesASuspectAloneAndForgetsIt) {
  Input input = bus_->NewInput({});
  for (int i = 0; i < 30; ++i) Write(input, "same", std::to_string(i));
  ASSERT_EQ(publisher_->Flush(std::chrono::seconds(30)), absl::OkStatus());
  MemoryMarkers markers;
  for (int partition = 0; partition < 3; ++partition) {
    markers.Suspect({input.topic, partition}, 5, 1);
  }
  input.markers = &markers;
  std::atomic<int> beside = 0;
  std::atomic<int> most_beside_suspect = 0;
  std::atomic<int> done = 0;

  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message& message, std::vector<Message>&) {
                    const int now = ++beside;
                    if (message.offset == 5)
                      most_beside_suspect = std::max(most_beside_suspect.load(), now);
                    --beside;
                    ++done;
                    return absl::OkStatus();
                  });
  ASSERT_TRUE(WaitFor([&] { return done == 30; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  EXPECT_EQ(most_beside_suspect, 1);
  EXPECT_THAT(markers.alone(), ::testing::ElementsAre(5));
  EXPECT_EQ(markers.forgotten(), 1);
  EXPECT_THAT(markers.held(), IsEmpty());
}

TEST_F(KafkaTest, DeadLettersARecordThatWasAloneAtTwoDeaths) {
  Input input = bus_->NewInput({});
  for (int i = 0; i < 3; ++i) Write(input, "same", std::to_string(i));
  ASSERT_EQ(publisher_->Flush(std::chrono::seconds(30)), absl::OkStatus());
  MemoryMarkers markers;
  for (int partition = 0; partition < 3; ++partition) {
    markers.Suspect({input.topic, partition}, 1, 2);
  }
  input.markers = &markers;
  std::mutex mutex;
  std::vector<std::string> handled;

  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message& message, std::vector<Message>&) {
                    const std::lock_guard lock(mutex);
                    handled.push_back(message.value);
                    return absl::OkStatus();
                  });
  ASSERT_TRUE(WaitFor([&] { return bus_->Committed(input.group, input.topic) == 3; }));
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  EXPECT_THAT(handled, ::testing::ElementsAre("0", "2"));
  const std::vector<Message> dead = bus_->Records(input.dead_letter_topic());
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].FindHeader("x-error-class"), "crash-loop");
  EXPECT_EQ(dead[0].value, "1");
}

TEST_F(KafkaTest, LeavesTheMarkerOfTheRecordThatStoppedIt) {
  Input input = bus_->NewInput({});
  Write(input, "k", "v");
  MemoryMarkers markers;
  input.markers = &markers;

  Running running(
      bus_->NewSubscriber(input, *publisher_),
      [](const Message&, std::vector<Message>&) { return absl::InternalError("a bug"); });
  EXPECT_EQ(running.Join(), absl::InternalError("a bug"));

  const auto held = markers.held();
  ASSERT_THAT(held, SizeIs(1));
  EXPECT_THAT(held.begin()->second, ::testing::ElementsAre(0));
}

TEST_F(KafkaTest, PushesOutARecordThatIsStuckWhileThousandsBehindItAreComplete) {
  Input input = bus_->NewInput({std::chrono::milliseconds(50)});
  // Records of the stuck one's lane wait behind it; with few lanes they fill the hand before.
  input.workers = 16;
  std::atomic<bool> let_go = false;
  std::atomic<int> done = 0;
  Write(input, "stuck", "stuck");
  for (int i = 0; i < 12000; ++i) Write(input, "k" + std::to_string(i), "v");
  ASSERT_EQ(publisher_->Flush(std::chrono::seconds(30)), absl::OkStatus());

  Running running(bus_->NewSubscriber(input, *publisher_),
                  [&](const Message& message, std::vector<Message>&) {
                    if (message.value == "stuck" && message.FindHeader("x-attempt").empty()) {
                      WaitFor([&] { return let_go.load(); });
                    }
                    ++done;
                    return absl::OkStatus();
                  });
  // Those that wait behind it in its lane may go with it, to other partitions too.
  std::vector<Message> stuck;
  EXPECT_TRUE(WaitFor([&] {
    stuck = bus_->Records(input.retry_topic(0));
    std::erase_if(stuck, [](const Message& message) { return message.value != "stuck"; });
    return !stuck.empty();
  }));
  let_go = true;
  EXPECT_EQ(running.Stop(), absl::OkStatus());

  ASSERT_FALSE(stuck.empty());
  EXPECT_EQ(stuck[0].FindHeader("x-error-class"), "spread");
}

}  // namespace
}  // namespace paperwire::bus
