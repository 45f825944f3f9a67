// What an operator types, on a real Kafka: `paperwire topics` and `paperwire dlq`.
#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "libs/bus/kafka_publisher.h"
#include "libs/events/topics.h"
#include "paperwire/v1/events.pb.h"
#include "prometheus/registry.h"
#include "tests/integration/kafka/kafka_fixture.h"
#include "tests/support/stack.h"

namespace paperwire::support {
namespace {

using bus::Message;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Each on a cluster that nobody else has written to.
class Operator : public ::testing::Test {
 protected:
  void SetUp() override {
    auto kafka = KafkaProcess::Start();
    if (absl::IsFailedPrecondition(kafka.status())) GTEST_SKIP() << kafka.status();
    ASSERT_TRUE(kafka.ok()) << kafka.status();
    kafka_ = *std::move(kafka);
  }

  Finished Paperwire(std::vector<std::string> words) {
    words.insert(words.begin(), ProgramPath("paperwire"));
    words.insert(words.end(), {"--kafka-brokers", kafka_->bootstrap()});
    auto finished = RunProgram({.command = std::move(words)}, seconds(120));
    EXPECT_TRUE(finished.ok()) << finished.status();
    return finished.value_or(Finished{.exit_code = -1, .output = ""});
  }

  void ExpectPaperwire(std::vector<std::string> words, int exit_code, const std::string& output) {
    const Finished finished = Paperwire(std::move(words));
    EXPECT_EQ(finished.output, output);
    EXPECT_EQ(finished.exit_code, exit_code);
  }

  void Write(Message message) {
    if (!publisher_) {
      publisher_ = std::make_unique<bus::KafkaPublisher>(
          kafka_->settings(), bus::KafkaPublisher::Options{.client_id = "paperwire-tester"},
          metrics_);
    }
    ASSERT_EQ(bus::PublishAndWait(*publisher_, std::move(message)), absl::OkStatus());
  }

  std::vector<Message> Records(const std::string& topic) {
    std::vector<Message> records;
    EXPECT_EQ(kafka_->admin().ReadAll(topic,
                                      [&](const Message& message) {
                                        records.push_back(message);
                                        return true;
                                      }),
              absl::OkStatus());
    return records;
  }

  std::unique_ptr<KafkaProcess> kafka_;
  prometheus::Registry metrics_;
  std::unique_ptr<bus::KafkaPublisher> publisher_;
};

std::string SomePaper() {
  v1::NewPaper event;
  event.mutable_paper()->set_arxiv_id("2606.01234");
  event.mutable_paper()->set_title("On paper that is not there");
  return event.SerializeAsString();
}

Message DeadLetter(const std::string& from, const std::string& error_class,
                   const std::string& value) {
  return {.topic = from + ".dlq",
          .key = "2606.01234",
          .value = value,
          .headers = {{"ce_id", "id-" + error_class},
                      {"x-original-topic", from},
                      {"x-attempt", "4"},
                      {"x-not-before", "1780000000000"},
                      {"x-error-class", error_class},
                      {"x-error", "it did not work"}}};
}

TEST_F(Operator, TopicsAreMissingThenCreatedThenAsTheyShouldBe) {
  const Finished before = Paperwire({"topics", "check"});
  EXPECT_EQ(before.exit_code, 1);
  EXPECT_THAT(before.output,
              AllOf(HasSubstr("new-paper: missing\n"), HasSubstr("tagged.dlq: missing\n")));

  const std::string count = std::to_string(events::Topics().size());
  ExpectPaperwire({"topics", "apply", "--partitions", "3"}, 0,
                  count + " topics created, 0 were there\n");
  ExpectPaperwire({"topics", "apply", "--partitions", "3"}, 0,
                  "0 topics created, " + count + " were there\n");
  ExpectPaperwire({"topics", "check", "--partitions", "3"}, 0,
                  "all " + count + " topics are as they should be\n");
  const auto topics = kafka_->admin().DescribeTopics();
  ASSERT_TRUE(topics.ok()) << topics.status();
  for (const events::Topic& topic : events::Topics()) {
    ASSERT_TRUE(topics->contains(topic.name)) << topic.name;
    const auto& state = topics->at(topic.name);
    EXPECT_EQ(state.partitions, 3) << topic.name;
    EXPECT_EQ(state.configuration.at("retention.ms"),
              std::to_string(std::chrono::milliseconds(topic.retention).count()));
    EXPECT_EQ(state.configuration.at("max.message.bytes"), std::to_string(topic.max_message_bytes));
  }

  const Finished more = Paperwire({"topics", "check", "--partitions", "4"});
  EXPECT_EQ(more.exit_code, 1);
  EXPECT_THAT(more.output, HasSubstr("new-paper: 3 partitions, 4 wanted\n"));
}

TEST_F(Operator, DeadLettersAreListedShownAndReplayed) {
  ExpectPaperwire({"dlq", "list"}, 0, "");
  ASSERT_EQ(Paperwire({"topics", "apply", "--partitions", "1"}).exit_code, 0);
  ExpectPaperwire({"dlq", "list"}, 0, "");
  Write(DeadLetter("new-paper", "exhausted", SomePaper()));
  Write(DeadLetter("new-paper", "exhausted", SomePaper()));
  Write(DeadLetter("new-paper", "invalid", "\x01junk"));
  Write(DeadLetter("summarized", "spread", ""));

  ExpectPaperwire({"dlq", "list"}, 0,
                  "new-paper.dlq\texhausted\t2\n"
                  "new-paper.dlq\tinvalid\t1\n"
                  "summarized.dlq\tspread\t1\n");
  ExpectPaperwire({"dlq", "list", "--topic", "new-paper", "--class", "invalid"}, 0,
                  "new-paper.dlq\tinvalid\t1\n");
  EXPECT_EQ(Paperwire({"dlq", "list", "--topic", "nonsense"}).exit_code, 64);

  const Finished paper = Paperwire({"dlq", "show", "new-paper.dlq", "0", "1"});
  EXPECT_EQ(paper.exit_code, 0);
  EXPECT_THAT(
      paper.output,
      AllOf(HasSubstr("new-paper.dlq partition 0 offset 1\n"), HasSubstr("key: 2606.01234\n"),
            HasSubstr("x-error-class: exhausted\n"), HasSubstr("On paper that is not there")));
  const Finished junk = Paperwire({"dlq", "show", "new-paper.dlq", "0", "2"});
  EXPECT_THAT(junk.output, HasSubstr("01 6a 75 6e 6b"));
  ExpectPaperwire({"dlq", "show", "new-paper.dlq", "0", "9"}, 1,
                  "paperwire: new-paper.dlq has no record at partition 0 offset 9\n");

  ExpectPaperwire({"dlq", "replay", "--direct", "--class", "exhausted", "--dry-run"}, 0,
                  "new-paper\texhausted\t2\nmatched 2 replayed 0 left 0 (dry run)\n");
  EXPECT_THAT(Records("new-paper"), IsEmpty());
  ExpectPaperwire({"dlq", "replay", "--direct", "--class", "exhausted"}, 0,
                  "new-paper\texhausted\t2\nmatched 2 replayed 2 left 0\n");

  const std::vector<Message> replayed = Records("new-paper");
  ASSERT_THAT(replayed, SizeIs(2));
  for (const Message& message : replayed) {
    EXPECT_EQ(message.key, "2606.01234");
    EXPECT_EQ(message.value, SomePaper());
    EXPECT_EQ(message.FindHeader("ce_id"), "id-exhausted");
    EXPECT_EQ(message.FindHeader("x-attempt"), "");
    EXPECT_EQ(message.FindHeader("x-not-before"), "");
  }
  EXPECT_THAT(Records("summarized"), IsEmpty());
  EXPECT_THAT(Records("new-paper.dlq"), SizeIs(3)) << "dead letters stay where they are";
}

TEST_F(Operator, WhatCannotBeReplayedIsNamedAndLeftAndTheRestGoes) {
  ASSERT_EQ(Paperwire({"topics", "apply", "--partitions", "1"}).exit_code, 0);
  Message stray = DeadLetter("new-paper", "exhausted", SomePaper());
  for (bus::Header& header : stray.headers) {
    if (header.name == "x-original-topic") header.value = "somewhere-else";
  }
  Write(std::move(stray));
  Write(DeadLetter("new-paper", "exhausted", SomePaper()));

  const Finished replayed = Paperwire({"dlq", "replay", "--direct"});
  EXPECT_EQ(replayed.exit_code, 1);
  EXPECT_THAT(replayed.output, AllOf(HasSubstr("left new-paper.dlq partition 0 offset 0: it came "
                                               "from the unknown topic somewhere-else"),
                                     HasSubstr("matched 2 replayed 1 left 1\n")));
  EXPECT_THAT(Records("new-paper"), SizeIs(1));
}

TEST(OperatorWithoutABroker, IsToldSoInOneLineWithExitCode69) {
  const std::vector<std::vector<std::string>> commands = {
      {"dlq", "list"}, {"dlq", "replay", "--direct"}, {"topics", "check", "--wait", "0s"}};
  std::vector<std::unique_ptr<Process>> running;
  const TemporaryFolder folder;
  for (std::vector<std::string> words : commands) {
    words.insert(words.begin(), ProgramPath("paperwire"));
    words.insert(words.end(), {"--kafka-brokers", "127.0.0.1:1"});
    auto started = Process::Start(
        {.command = words, .environment = {}, .log = folder.path() + "/" + words[1] + words[2]});
    ASSERT_TRUE(started.ok()) << started.status();
    running.push_back(*std::move(started));
  }
  for (const auto& process : running) {
    EXPECT_EQ(process->Wait(seconds(60)), 69);
    EXPECT_THAT(process->Output(), HasSubstr("no answer from Kafka at 127.0.0.1:1: "));
  }
}

}  // namespace
}  // namespace paperwire::support
