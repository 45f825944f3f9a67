// Cards made again because an operator asked.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/events/topics.h"
#include "tests/support/paths.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::seconds;

class ResummarizeTest : public support::StackTest {
 protected:
  support::Finished Resummarize(std::vector<std::string> words) {
    words.insert(words.begin(), {support::ProgramPath("paperwire"), "resummarize",
                                 "--operator-server", stack().operator_address()});
    auto finished = support::RunProgram({.command = std::move(words)}, seconds(60));
    EXPECT_TRUE(finished.ok()) << finished.status();
    return finished.value_or(support::Finished{.exit_code = -1, .output = ""});
  }

  // Generations that the feed shows, by id.
  std::map<std::string, uint32_t> Generations() {
    std::map<std::string, uint32_t> generations;
    const auto entries = stack().feed().ListAll();
    if (!entries.ok()) return generations;
    for (const auto& entry : *entries) {
      EXPECT_FALSE(generations.contains(entry.paper().arxiv_id())) << "listed twice";
      generations[entry.paper().arxiv_id()] = entry.revision().generation();
    }
    return generations;
  }
  // Waits until the feed shows exactly these.
  void ExpectGenerations(const std::map<std::string, uint32_t>& expected) {
    std::map<std::string, uint32_t> now;
    support::WaitUntil(seconds(60), [&] {
      now = Generations();
      return now == expected;
    });
    EXPECT_EQ(now, expected);
  }
  void ExpectBalanced(int count) {
    const auto ledger = stack().WaitForLedger(count, seconds(60));
    EXPECT_TRUE(ledger.balanced && ledger.served == count && ledger.missing == 0 &&
                ledger.pending == 0 && ledger.dead_lettered == 0)
        << ledger.ToString();
  }
};

TEST_F(ResummarizeTest, OneCardThenAllThenOneAfterALossOfRedis) {
  ASSERT_TRUE(stack().StartServices().ok());
  const auto cycle = stack().Ingest(support::SourceDir() + "/services/ingest/sample");
  ASSERT_TRUE(cycle.ok() && cycle->exit_code == 0) << cycle.status();
  const auto ingested = stack().RecordCount(std::string(events::kNewPaper));
  const int count = static_cast<int>(ingested);
  ASSERT_GT(count, 5);
  ASSERT_TRUE(stack().WaitForCount(count, seconds(60)));
  ExpectBalanced(count);
  std::map<std::string, uint32_t> expected = Generations();
  const std::string one = expected.begin()->first;
  const auto before = stack().feed().Get(one);
  ASSERT_TRUE(before.ok()) << before.status();
  const int64_t changes = stack().ChangeCount();

  // One, and one that is not there.
  const auto first = Resummarize({one, "9912.99999"});
  EXPECT_EQ(first.exit_code, 1) << first.output;
  EXPECT_NE(first.output.find("requested 1\n"), std::string::npos) << first.output;
  EXPECT_NE(first.output.find("9912.99999 is not in the window"), std::string::npos);
  expected[one] = 1;
  ExpectGenerations(expected);
  EXPECT_EQ(stack().ChangeCount(), changes + 1);
  const auto after = stack().feed().Get(one);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_GT(after->revision().value(), before->revision().value());
  EXPECT_EQ(after->paper().SerializeAsString(), before->paper().SerializeAsString());
  ExpectBalanced(count);

  // All of them: each change once.
  const auto all = Resummarize({"--all-embedded"});
  EXPECT_EQ(all.exit_code, 0) << all.output;
  EXPECT_NE(all.output.find("requested " + std::to_string(count) + "\n"), std::string::npos)
      << all.output;
  for (auto& [id, generation] : expected) ++generation;
  ExpectGenerations(expected);
  EXPECT_EQ(stack().ChangeCount(), changes + 1 + count);
  ExpectBalanced(count);
  for (const auto topic : {events::kNewPaper, events::kSummarized, events::kTagged}) {
    const auto records = stack().Records(std::string(topic));
    ASSERT_TRUE(records.ok()) << records.status();
    std::set<std::string> ids;
    for (const auto& record : *records) ids.insert(std::string(record.FindHeader("ce_id")));
    EXPECT_EQ(ids.size(), static_cast<size_t>(2 * count + 1)) << topic;
    EXPECT_EQ(records->size(), ids.size()) << topic;
  }

  // Redis forgets its counters; the topic does not.
  ASSERT_TRUE(stack().redis_client().Call({"FLUSHALL"}).ok());
  support::Finished lost;
  ASSERT_TRUE(support::WaitUntil(seconds(60), [&] {
    lost = Resummarize({one});
    return lost.exit_code == 0;
  })) << lost.output;
  ++expected[one];
  ExpectGenerations(expected);
  ExpectBalanced(count);

  // The same day from ingest changes nothing of it.
  const auto again = stack().Ingest(support::SourceDir() + "/services/ingest/sample");
  ASSERT_TRUE(again.ok() && again->exit_code == 0) << again.status();
  ExpectBalanced(count);
  EXPECT_EQ(Generations(), expected);
  std::printf("RESUMMARIZE: %d papers; one, all, and one after a loss of Redis\n", count);
}

TEST_F(ResummarizeTest, WithoutRedisOrKafkaItSaysSoAndWhatWasRequested) {
  ASSERT_TRUE(stack().StartServices().ok());
  const auto cycle = stack().Ingest(support::SourceDir() + "/services/ingest/sample");
  ASSERT_TRUE(cycle.ok() && cycle->exit_code == 0) << cycle.status();
  const int64_t records = stack().RecordCount(std::string(events::kNewPaper));
  ASSERT_TRUE(stack().WaitForCount(static_cast<int>(records), seconds(60)));
  const std::string nothing = "0 of " + std::to_string(records) + " papers";

  ASSERT_TRUE(stack().StopRedis().ok());
  const auto without_redis = Resummarize({"--all-embedded"});
  EXPECT_EQ(without_redis.exit_code, 69) << without_redis.output;
  EXPECT_NE(without_redis.output.find(nothing), std::string::npos) << without_redis.output;
  EXPECT_EQ(stack().RecordCount(std::string(events::kNewPaper)), records);

  ASSERT_TRUE(stack().ResumeRedis().ok());
  const std::string one = Generations().begin()->first;
  support::Finished back;
  ASSERT_TRUE(support::WaitUntil(seconds(60), [&] {
    back = Resummarize({one});
    return back.exit_code == 0;
  })) << back.output;

  ASSERT_TRUE(stack().kafka().Stop().ok());
  const auto without_kafka = Resummarize({"--all-embedded"});
  EXPECT_EQ(without_kafka.exit_code, 69) << without_kafka.output;
  EXPECT_NE(without_kafka.output.find("Kafka failed when " + nothing), std::string::npos)
      << without_kafka.output;
}

}  // namespace
}  // namespace paperwire
