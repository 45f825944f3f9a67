// Records that no stage can take, on each topic and among good ones: each ends in the dead-letter
// topic of where it was, once, as it came and with the reason; the good ones are unharmed.
#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/support/paper_source.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::seconds;
using support::WaitUntil;

constexpr int kGood = 200;

struct Poison {
  bus::Message message;
  std::string error_class;
};

class PoisonTest : public support::StackTest {
 protected:
  // A record of this topic that is as it should be.
  bus::Message Sound(std::string_view topic, int number) {
    return source_.MakeRecord(topic, number, clock_);
  }

  std::vector<Poison> MakePoison(std::string_view topic, int number) {
    bus::Message corrupt = Sound(topic, number);
    corrupt.value = "\xff\xff\xff not a message of anybody " + std::string(topic);

    bus::Message keyless = Sound(topic, number + 1);
    keyless.key.clear();

    bus::Message large = Sound(topic, number + 2);
    large.value.append(2u << 20, 'x');

    // A revision that says version 5, of a paper of version 1: on every topic field 2.
    bus::Message wrong = Sound(topic, number + 3);
    v1::NewPaper only_revision;
    only_revision.mutable_revision()->set_value(uint64_t{5} << 40);
    only_revision.mutable_revision()->set_paper_version(5);
    wrong.value += only_revision.SerializeAsString();
    return {{corrupt, "invalid"}, {keyless, "no-key"}, {large, "too-large"}, {wrong, "invalid"}};
  }

  // The dead letter holds the record as it was, and says where it was and why it is here.
  void ExpectDeadLetter(const bus::Message& dead, const Poison& poison,
                        const std::string& service) {
    const std::string& topic = poison.message.topic;
    SCOPED_TRACE(topic + " " + poison.error_class);
    EXPECT_EQ(dead.key, poison.message.key);
    EXPECT_EQ(dead.FindHeader("x-original-topic"), topic);
    EXPECT_EQ(dead.FindHeader("x-error-class"), poison.error_class);
    EXPECT_EQ(dead.FindHeader("x-service"), service);
    EXPECT_FALSE(dead.FindHeader("x-error-message").empty());
    EXPECT_EQ(dead.FindHeader("ce_id"), poison.message.FindHeader("ce_id"));
    const auto originals = stack().Records(topic);
    ASSERT_TRUE(originals.ok()) << originals.status();
    const bus::Message* original = nullptr;
    for (const auto& record : *originals) {
      if (record.value == poison.message.value) original = &record;
    }
    ASSERT_NE(original, nullptr);
    EXPECT_EQ(dead.FindHeader("x-original-partition"), std::to_string(original->partition));
    EXPECT_EQ(dead.FindHeader("x-original-offset"), std::to_string(original->offset));
    EXPECT_EQ(dead.FindHeader("x-original-timestamp"), std::to_string(original->timestamp_ms));
  }

  // What every reader sees, in one text.
  std::string Visible() {
    const auto entries = stack().feed().ListAll(v1::ENTRY_VIEW_FULL);
    std::string text;
    if (entries.ok()) {
      for (const auto& entry : *entries) text += entry.SerializeAsString();
    }
    return text;
  }

  clock::SystemClock clock_;
  support::PaperSource source_{"2026-06-24"};
};

TEST_F(PoisonTest, EachBadRecordIsDeadLetteredOnceAndTheGoodOnesAreUnharmed) {
  ASSERT_TRUE(stack().StartServices().ok());
  const std::map<std::string, std::string> stages = {
      {"new-paper", "summarize"}, {"summarized", "classify"}, {"tagged", "serve"}};

  // Bad ones before, among and after the good.
  std::map<std::string, std::vector<Poison>> poison;
  int number = 90001;
  for (const auto& [topic, service] : stages) {
    poison[topic] = MakePoison(topic, number);
    number += 100;
  }
  const std::string folder = stack().MakeFolder("feed");
  support::WriteFile(folder + "/rss.xml", source_.Rss(1, kGood));
  for (const auto& [topic, bad] : poison) {
    ASSERT_TRUE(stack().Publish({bad[0].message, bad[1].message}).ok());
  }
  const auto fed = stack().Ingest(folder);
  ASSERT_TRUE(fed.ok()) << fed.status();
  ASSERT_EQ(fed->exit_code, 0) << fed->output;
  for (const auto& [topic, bad] : poison) {
    const auto status = stack().Publish({bad[2].message, bad[3].message});
    ASSERT_TRUE(status.ok()) << status;
  }

  EXPECT_TRUE(stack().WaitForCount(kGood, seconds(60)));
  int dead_letters = 0;
  for (const auto& [topic, bad] : poison) {
    const std::string dead_topic = events::DeadLetterTopic(topic);
    EXPECT_TRUE(WaitUntil(seconds(30),
                          [&, &all = bad, &name = dead_topic] {
                            return stack().RecordCount(name) >= static_cast<int64_t>(all.size());
                          }))
        << dead_topic << " holds " << stack().RecordCount(dead_topic);
    const auto dead = stack().Records(dead_topic);
    ASSERT_TRUE(dead.ok()) << dead.status();
    EXPECT_EQ(dead->size(), bad.size()) << dead_topic;
    dead_letters += static_cast<int>(dead->size());
    for (const auto& one : bad) {
      int copies = 0;
      for (const auto& record : *dead) {
        if (record.value != one.message.value) continue;
        ++copies;
        ExpectDeadLetter(record, one, stages.at(topic));
      }
      EXPECT_EQ(copies, 1) << dead_topic << " " << one.error_class;
    }
  }
  const auto evidence = stack().Collect(source_.Ids(1, kGood));
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  const auto verdict = support::Judge(*evidence);
  EXPECT_TRUE(verdict.clean()) << verdict.ToString();
  EXPECT_EQ(static_cast<int>(evidence->listed.size()), kGood);
  for (const auto& name : stack().service_names()) {
    EXPECT_TRUE(stack().service(name).running()) << name;
  }

  // What is replayed without having been corrected comes back to the dead letters, beside what
  // lies there already; no reader sees a difference.
  const std::string before = Visible();
  const int64_t changes = stack().ChangeCount();
  int replayed = 0;
  for (int round = 1; round <= 2; ++round) {
    const auto replay = stack().Tool({"dlq", "replay", "--direct"});
    ASSERT_TRUE(replay.ok()) << replay.status();
    EXPECT_EQ(replay->exit_code, 0) << replay->output;
    ++replayed;
    for (const auto& [topic, bad] : poison) {
      EXPECT_TRUE(WaitUntil(seconds(30),
                            [&, &all = bad, &name = topic] {
                              return stack().RecordCount(events::DeadLetterTopic(name)) ==
                                     static_cast<int64_t>(all.size()) << round;
                            }))
          << topic << ": what was replayed does not come back, round " << round;
    }
  }
  EXPECT_EQ(Visible(), before);
  EXPECT_EQ(stack().ChangeCount(), changes);
  std::printf(
      "FAULT=poison: %d bad records on 3 topics among %d good, %d dead letters, %s; "
      "replayed %d times: %d changes seen by readers\n",
      12, kGood, dead_letters, verdict.ToString().c_str(), replayed,
      static_cast<int>(stack().ChangeCount() - changes));
}

}  // namespace
}  // namespace paperwire
