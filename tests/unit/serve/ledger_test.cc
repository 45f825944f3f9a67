#include "services/serve/ledger.h"

#include <set>

#include "gmock/gmock.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

constexpr char kDay[] = "2026-06-23";

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : now_(absl::FromChrono(TuesdayNoon())) {
    v1::Batch& batch = contents_.batches[kDay];
    batch.set_announced(kDay);
    *batch.mutable_create_time() = google::protobuf::util::TimeUtil::SecondsToTimestamp(
        absl::ToUnixSeconds(now_ - absl::Minutes(1)));
    // Every group has committed everything before offset 100 of partition 0.
    for (const char* topic : {"new-paper", "summarized", "tagged"}) {
      committed_[GroupOf(topic)][{topic, 0}] = 100;
      const std::string retry = std::string(topic) + ".retry.30s";
      committed_[GroupOf(retry)][{retry, 0}] = 100;
    }
  }

  void Declare(const std::string& id) { contents_.batches[kDay].add_paper_ids(id); }
  window::Whereabouts& Sight(const std::string& id, v1::Stage stage, const std::string& topic,
                             int64_t offset) {
    window::Whereabouts& sighting = contents_.papers[kDay][id];
    sighting.stage = stage;
    sighting.topic = topic;
    sighting.partition = 0;
    sighting.offset = offset;
    sighting.since_ms = absl::ToUnixMillis(now_ - absl::Hours(3));
    return sighting;
  }
  v1::LedgerDay Account() {
    account_ =
        AccountForDay({.contents = contents_,
                       .announced = kDay,
                       .served = [this](const std::string& id) { return served_.contains(id); },
                       .committed = committed_,
                       .now = now_,
                       .idle = account_.idle});
    return account_.day;
  }

  absl::Time now_;
  window::LedgerContents contents_;
  std::set<std::string> served_;
  CommittedOffsets committed_;
  DayAccount account_;
};

TEST_F(LedgerTest, BalancesWhenEveryDeclaredPaperIsServed) {
  for (const char* id : {"2606.00001", "2606.00002"}) {
    Declare(id);
    served_.insert(id);
  }

  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.declared(), 2u);
  EXPECT_EQ(day.ingested(), 2u);
  EXPECT_EQ(day.tagged(), 2u);
  EXPECT_EQ(day.served(), 2u);
  EXPECT_TRUE(day.balanced());
  EXPECT_EQ(day.unserved_size(), 0);
}

TEST_F(LedgerTest, CountsAStageForPapersThatReachedItOrALaterOne) {
  Declare("2606.00001");
  Declare("2606.00002");
  Declare("2606.00003");
  Sight("2606.00001", v1::STAGE_INGESTED, "new-paper", 100);
  Sight("2606.00002", v1::STAGE_SUMMARIZED, "summarized", 100);
  Sight("2606.00003", v1::STAGE_TAGGED, "tagged", 100);

  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.ingested(), 3u);
  EXPECT_EQ(day.summarized(), 2u);
  EXPECT_EQ(day.tagged(), 1u);
  EXPECT_EQ(day.served(), 0u);
  EXPECT_EQ(day.pending(), 3u);
  EXPECT_TRUE(day.balanced());
}

TEST_F(LedgerTest, ARecordThatIsNotCommittedIsPendingHoweverLongItWaits) {
  Declare("2606.00001");
  Sight("2606.00001", v1::STAGE_INGESTED, "new-paper", 100);

  now_ += absl::Hours(50);

  EXPECT_EQ(Account().pending(), 1u);
}

TEST_F(LedgerTest, ARecordInARetryTierIsPending) {
  Declare("2606.00001");
  Sight("2606.00001", v1::STAGE_INGESTED, "new-paper.retry.30s", 100);

  EXPECT_EQ(Account().pending(), 1u);
  now_ += absl::Minutes(30);
  EXPECT_EQ(Account().pending(), 1u);
}

TEST_F(LedgerTest, ACommittedRecordWithNoSuccessorIsMissingAfterTenMinutes) {
  Declare("2606.00001");
  Sight("2606.00001", v1::STAGE_SUMMARIZED, "summarized", 99);

  EXPECT_EQ(Account().pending(), 1u);
  now_ += absl::Minutes(9);
  EXPECT_EQ(Account().pending(), 1u);
  now_ += absl::Minutes(1);
  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.missing(), 1u);
  EXPECT_EQ(day.pending(), 0u);
  EXPECT_FALSE(day.balanced());
  ASSERT_EQ(day.unserved_size(), 1);
  EXPECT_EQ(day.unserved(0).kind(), v1::UNSERVED_KIND_MISSING);
  EXPECT_EQ(day.unserved(0).stage(), v1::STAGE_SUMMARIZED);
}

TEST_F(LedgerTest, TheTenMinutesBeginAnewWhenTheRecordComesToLife) {
  Declare("2606.00001");
  Sight("2606.00001", v1::STAGE_SUMMARIZED, "summarized", 99);
  Account();
  now_ += absl::Minutes(9);
  Sight("2606.00001", v1::STAGE_SUMMARIZED, "summarized", 150);
  Account();
  committed_["paperwire-classify"][{"summarized", 0}] = 151;
  now_ += absl::Minutes(5);

  EXPECT_EQ(Account().pending(), 1u);
}

TEST_F(LedgerTest, NothingIsMissingWhileTheCommittedOffsetsAreUnknown) {
  Declare("2606.00001");
  Sight("2606.00001", v1::STAGE_SUMMARIZED, "summarized", 99);
  committed_.clear();

  now_ += absl::Hours(2);
  Account();
  now_ += absl::Hours(2);

  EXPECT_EQ(Account().pending(), 1u);
}

TEST_F(LedgerTest, ADeadLetterIsNamedWithItsReasonAndBalances) {
  Declare("2606.00001");
  window::Whereabouts& sighting = Sight("2606.00001", v1::STAGE_INGESTED, "new-paper.dlq", 3);
  sighting.dead_lettered = true;
  sighting.reason = "invalid: no title";

  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.dead_lettered(), 1u);
  EXPECT_TRUE(day.balanced());
  ASSERT_EQ(day.unserved_size(), 1);
  EXPECT_EQ(day.unserved(0).reason(), "invalid: no title");
}

TEST_F(LedgerTest, AnExclusionThatTheBatchNamesBalances) {
  Declare("2606.00001");
  v1::BatchDifference* difference = contents_.batches[kDay].add_differences();
  difference->set_arxiv_id("2606.00001");
  difference->set_reason("old cross-list");
  difference->set_excluded(true);

  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.excluded(), 1u);
  EXPECT_TRUE(day.balanced());
}

TEST_F(LedgerTest, ADifferenceThatIsNoExclusionDoesNotBalance) {
  Declare("2606.00001");
  contents_.batches[kDay].add_differences()->set_arxiv_id("2606.00001");
  now_ += absl::Minutes(20);

  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.missing(), 1u);
  EXPECT_FALSE(day.balanced());
}

TEST_F(LedgerTest, ARemovedPaperIsExcludedWithItsReason) {
  Declare("2606.00001");
  Sight("2606.00001", v1::STAGE_TAGGED, "tagged", 20).reason = "removed: at its author's wish";

  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.excluded(), 1u);
  EXPECT_TRUE(day.balanced());
}

TEST_F(LedgerTest, ADeclaredPaperThatIsNeverIngestedIsMissingAfterTenMinutes) {
  Declare("2606.00001");

  EXPECT_EQ(Account().pending(), 1u);
  now_ += absl::Minutes(9);

  const v1::LedgerDay day = Account();
  EXPECT_EQ(day.missing(), 1u);
  EXPECT_EQ(day.ingested(), 0u);
}

TEST_F(LedgerTest, APaperIsFoundUnderTheDayItWasAnnouncedFirst) {
  Declare("2606.00001");
  const window::Whereabouts sighting = Sight("2606.00001", v1::STAGE_TAGGED, "tagged", 100);
  contents_.papers.clear();
  contents_.papers["2026-06-22"]["2606.00001"] = sighting;

  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.tagged(), 1u);
  EXPECT_EQ(day.pending(), 1u);
}

TEST_F(LedgerTest, APaperThatIsDeclaredOnlyHasWaitedSinceTheFirstBatchThatDeclaredIt) {
  Declare("2606.00001");
  window::Whereabouts& declared = Sight("2606.00001", v1::STAGE_DECLARED, "batches", 0);
  declared.since_ms = absl::ToUnixMillis(now_ - absl::Minutes(11));

  const v1::LedgerDay day = Account();

  EXPECT_EQ(day.missing(), 1u);
  EXPECT_EQ(day.ingested(), 0u);
  EXPECT_EQ(day.unserved(0).reason(), "declared, never ingested");
  EXPECT_EQ(day.unserved(0).since().seconds(), absl::ToUnixSeconds(now_ - absl::Minutes(11)));
}

TEST_F(LedgerTest, ARecordUnderAnotherDateOutranksTheDeclaration) {
  Declare("2606.00001");
  Sight("2606.00001", v1::STAGE_DECLARED, "batches", 0);
  window::Whereabouts elsewhere;
  elsewhere.stage = v1::STAGE_TAGGED;
  elsewhere.topic = "tagged";
  elsewhere.partition = 0;
  elsewhere.offset = 100;
  elsewhere.revision = uint64_t{1} << 40;
  contents_.papers["2026-06-22"]["2606.00001"] = elsewhere;

  EXPECT_EQ(Account().tagged(), 1u);
  EXPECT_TRUE(account_.elsewhere);
}

TEST_F(LedgerTest, TellsWhatItsAccountDependsOn) {
  Declare("2606.00001");
  served_.insert("2606.00001");
  Account();
  EXPECT_FALSE(account_.waits || account_.elsewhere);
  EXPECT_EQ(account_.until, absl::InfiniteFuture());

  Declare("2606.00002");
  Sight("2606.00002", v1::STAGE_INGESTED, "new-paper", 100);
  Account();
  EXPECT_TRUE(account_.waits);
  EXPECT_EQ(account_.until, absl::InfiniteFuture());

  Declare("2606.00003");
  Sight("2606.00003", v1::STAGE_SUMMARIZED, "summarized", 99);
  Account();
  EXPECT_EQ(account_.until, now_ + absl::Minutes(10));
}

TEST_F(LedgerTest, TellsFirstWhatSomebodyHasToLookAt) {
  for (const char* id : {"2606.00001", "2606.00002", "2606.00003", "2606.00004"}) Declare(id);
  Sight("2606.00001", v1::STAGE_TAGGED, "tagged", 20).reason = "removed: a wish";
  Sight("2606.00002", v1::STAGE_INGESTED, "new-paper", 100);
  Sight("2606.00003", v1::STAGE_INGESTED, "new-paper.dlq", 3).dead_lettered = true;
  Sight("2606.00004", v1::STAGE_DECLARED, "batches", 0);

  const v1::LedgerDay day = Account();

  std::vector<v1::UnservedKind> kinds;
  for (const v1::UnservedPaper& paper : day.unserved()) kinds.push_back(paper.kind());
  EXPECT_THAT(kinds,
              testing::ElementsAre(v1::UNSERVED_KIND_MISSING, v1::UNSERVED_KIND_DEAD_LETTERED,
                                   v1::UNSERVED_KIND_PENDING, v1::UNSERVED_KIND_EXCLUDED));
}

TEST_F(LedgerTest, SumsDaysAndBalancesOnlyWhenAllDo) {
  Declare("2606.00001");
  served_.insert("2606.00001");

  v1::LedgerDay odd;
  odd.set_declared(3);
  odd.set_missing(3);
  const v1::LedgerDay total = Total({Account(), odd});
  EXPECT_EQ(total.declared(), 4u);
  EXPECT_EQ(total.served(), 1u);
  EXPECT_EQ(total.missing(), 3u);
  EXPECT_FALSE(total.balanced());
}

TEST(GroupOf, NamesTheGroupThatWorksATopicOff) {
  EXPECT_EQ(GroupOf("new-paper"), "paperwire-summarize");
  EXPECT_EQ(GroupOf("summarized.retry.5m"), "paperwire-classify-retry");
  EXPECT_EQ(GroupOf("tagged"), "paperwire-serve");
  EXPECT_EQ(GroupOf("new-paper.dlq"), "");
  EXPECT_EQ(GroupOf("new-paper.upgrade"), "");
}

}  // namespace
}  // namespace paperwire::serve
