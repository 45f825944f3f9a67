#include "services/serve/ledger_keeper.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/window/memory_window.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/tagged_message.h"

namespace paperwire::serve {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::Not;

const bus::TopicPartition kBatchesZero{"batches", 0};
const bus::TopicPartition kTaggedZero{"tagged", 0};

absl::StatusOr<window::RebuildScope> NoScope() { return window::RebuildScope(); }

class LedgerKeeperTest : public testing::Test {
 protected:
  bus::Message Message(const std::string& id, int64_t offset, uint32_t generation = 0,
                       const std::string& removed = "") {
    return TaggedMessage(MakeEntry(id, "2026-06-23", {"theory"}, generation), offset, clock_,
                         removed);
  }
  // A batch of one paper.
  bus::Message Declared(const std::string& date, const std::string& id, int64_t offset) {
    v1::Batch batch;
    batch.set_announced(date);
    batch.add_paper_ids(id);
    bus::Message message = events::Encode(batch, clock_);
    message.partition = 0;
    message.offset = offset;
    return message;
  }

  clock::FakeClock clock_{TuesdayNoon()};
  FeedClock feed_clock_{clock_, /*data=*/false};
  prometheus::Registry metrics_;
};

TEST_F(LedgerKeeperTest, ASightingIsReadFromKeyAndHeaders) {
  bus::Message message = Message("2606.00001", 5);
  message.topic = "summarized.retry.5m";
  message.value = "not looked at";

  const window::LedgerWrite write = ReadSighting(message);

  EXPECT_EQ(write.arxiv_id, "2606.00001");
  EXPECT_EQ(write.announced, "2026-06-23");
  EXPECT_EQ(write.sighting.stage, v1::STAGE_SUMMARIZED);
  EXPECT_EQ(write.sighting.revision, MakeEntry("2606.00001", "").revision().value());
  EXPECT_EQ(write.sighting.offset, 5);
  EXPECT_FALSE(write.sighting.dead_lettered);
}

TEST_F(LedgerKeeperTest, ADeadLetterCarriesItsReason) {
  bus::Message message = Message("2606.00001", 5);
  message.topic = "tagged.dlq";
  message.SetHeader("x-error-class", "invalid");
  message.SetHeader("x-error-message", "no tags");

  const window::LedgerWrite write = ReadSighting(message);

  EXPECT_TRUE(write.sighting.dead_lettered);
  EXPECT_EQ(write.sighting.stage, v1::STAGE_TAGGED);
  EXPECT_EQ(write.sighting.reason, "invalid: no tags");
}

TEST_F(LedgerKeeperTest, ARemovalSaysSoInTheLedger) {
  EXPECT_EQ(ReadSighting(Message("2606.00001", 5, 1, "a wish")).sighting.reason, "removed: a wish");
  EXPECT_EQ(ReadSighting(Message("2606.00001", 5)).sighting.reason, "");
}

TEST_F(LedgerKeeperTest, ARecordThatNamesNoPaperIsSkipped) {
  bus::Message no_date = Message("2606.00001", 5);
  no_date.SetHeader("pw-announced", "soon");
  EXPECT_EQ(ReadSighting(no_date).arxiv_id, "");
  bus::Message no_key = Message("2606.00001", 5);
  no_key.key = "";
  EXPECT_EQ(ReadSighting(no_key).arxiv_id, "");
  bus::Message upgrade = Message("2606.00001", 5);
  upgrade.topic = "new-paper.upgrade";
  EXPECT_EQ(ReadSighting(upgrade).arxiv_id, "");
}

TEST_F(LedgerKeeperTest, TheKeeperNotesBatchesCyclesAndSightings) {
  const auto store = window::MakeMemoryLedgerStore();
  LedgerKeeper keeper(*store, NoScope, feed_clock_, metrics_);
  ASSERT_TRUE(keeper.Start({{kTaggedZero, 1}, {kBatchesZero, 1}}).ok());
  const bus::Message declared = Declared("2026-06-23", "2606.00001", 0);
  const bus::Message sighted = Message("2606.00001", 0);
  const bus::FollowerSink::Record first{.message = &declared};
  const bus::FollowerSink::Record second{.message = &sighted};

  EXPECT_EQ(*keeper.Apply(kBatchesZero, -1, {&first, 1}), 1);
  EXPECT_EQ(*keeper.Apply(kTaggedZero, -1, {&second, 1}), 1);

  const auto contents = store->Load();
  ASSERT_TRUE(contents.ok());
  EXPECT_TRUE(contents->complete);
  EXPECT_EQ(contents->batches.at("2026-06-23").paper_ids_size(), 1);
  EXPECT_EQ(contents->papers.at("2026-06-23").at("2606.00001").stage, v1::STAGE_TAGGED);
}

TEST_F(LedgerKeeperTest, ABatchOrASightingOfMoreThanAYearToComeIsRefusedAndChangesNothing) {
  const auto store = window::MakeMemoryLedgerStore();
  FeedClock feed_clock(clock_, /*data=*/true);
  LedgerKeeper keeper(*store, NoScope, feed_clock, metrics_);
  ASSERT_TRUE(keeper.Start({{kBatchesZero, 2}, {kTaggedZero, 1}}).ok());
  const bus::Message today = Declared("2026-06-23", "2606.00001", 0);
  EXPECT_TRUE(keeper.Check(today).ok());
  const bus::FollowerSink::Record good{.message = &today};
  ASSERT_EQ(*keeper.Apply(kBatchesZero, -1, {&good, 1}), 1);

  const bus::Message to_come = Declared("2062-06-23", "2606.00001", 1);
  const absl::Status refused = keeper.Check(to_come);
  EXPECT_TRUE(absl::IsInvalidArgument(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("2062-06-23"));
  bus::Message sighted = Message("2606.00001", 0);
  sighted.SetHeader("pw-announced", "2062-06-23");
  EXPECT_TRUE(absl::IsInvalidArgument(keeper.Check(sighted)));
  // The follower has said so in the log, and hands it on so that the offset passes it.
  const bus::FollowerSink::Record bad{.message = &to_come, .rejected = true};
  ASSERT_EQ(*keeper.Apply(kBatchesZero, 1, {&bad, 1}), 2);

  EXPECT_EQ(feed_clock.Today(), "2026-06-23");
  const auto contents = store->Load();
  ASSERT_TRUE(contents.ok());
  EXPECT_EQ(contents->batches.size(), 1u);
  EXPECT_EQ(contents->papers.size(), 1u);
}

TEST_F(LedgerKeeperTest, TheLedgerKeepsWhatOnlyAClockThatIsBehindCallsToCome) {
  const auto store = window::MakeMemoryLedgerStore();
  FeedClock feed_clock(clock_, /*data=*/true);
  LedgerKeeper keeper(*store, NoScope, feed_clock, metrics_);
  ASSERT_TRUE(keeper.Start({{kBatchesZero, 1}, {kTaggedZero, 1}}).ok());
  const bus::Message declared = Declared("2026-08-03", "2608.00001", 0);
  bus::Message sighted = Message("2608.00001", 0);
  sighted.SetHeader("pw-announced", "2026-08-03");

  EXPECT_TRUE(keeper.Check(declared).ok());
  EXPECT_TRUE(keeper.Check(sighted).ok());
  const bus::FollowerSink::Record first{.message = &declared};
  const bus::FollowerSink::Record second{.message = &sighted};
  ASSERT_EQ(*keeper.Apply(kBatchesZero, -1, {&first, 1}), 1);
  ASSERT_EQ(*keeper.Apply(kTaggedZero, -1, {&second, 1}), 1);

  EXPECT_EQ(feed_clock.Today(), "");
  const auto contents = store->Load();
  ASSERT_TRUE(contents.ok());
  EXPECT_TRUE(contents->batches.contains("2026-08-03"));
  EXPECT_EQ(contents->papers.at("2026-08-03").at("2608.00001").stage, v1::STAGE_TAGGED);
}

TEST(LedgerTopics, AreTheStagesTheirTiersAndDeadLettersAndIngestsReports) {
  const std::vector<std::string> topics = LedgerTopics();

  for (const char* topic :
       {"batches", "cycles", "new-paper", "summarized.retry.1h", "tagged.dlq"}) {
    EXPECT_THAT(topics, Contains(topic));
  }
  EXPECT_THAT(topics, Not(Contains("new-paper.upgrade")));
  std::vector<std::string> existing;
  for (const events::Topic& topic : events::Topics()) existing.push_back(topic.name);
  EXPECT_THAT(topics, IsSubsetOf(existing));
}

}  // namespace
}  // namespace paperwire::serve
