// Cards tagged again, and what must not be lost meanwhile.
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "services/serve/operations.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/operated_window.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Entry TaggedBy(const std::string& model, const std::string& id, uint32_t generation = 0) {
  v1::Entry entry = MakeEntry(id, "2026-06-23", {"theory"}, generation);
  entry.mutable_tag_provenance()->set_model(model);
  return entry;
}

class ReclassifyTest : public testing::Test {
 protected:
  absl::StatusOr<v1::ReclassifyResponse> Ask(const std::vector<std::string>& ids) {
    v1::ReclassifyRequest request;
    *request.mutable_arxiv_ids() = {ids.begin(), ids.end()};
    return desk_.operations.Reclassify(request, {});
  }
  absl::StatusOr<v1::ReclassifyResponse> AskForAllBut(const std::string& model) {
    v1::ReclassifyRequest request;
    request.set_all_other_models(true);
    request.set_model(model);
    return desk_.operations.Reclassify(request, {});
  }
  std::vector<v1::SummarizedPaper> Published() {
    return desk_.Published<v1::SummarizedPaper>("summarized");
  }
  std::vector<std::string> PublishedIds() {
    std::vector<std::string> ids;
    for (const v1::SummarizedPaper& event : Published()) ids.push_back(event.paper().arxiv_id());
    return ids;
  }
  // A record of ingest's with that generation.
  bus::Message NewPaper(const std::string& id, uint32_t generation) {
    v1::NewPaper event;
    *event.mutable_paper() = MakeEntry(id, "2026-06-23").paper();
    *event.mutable_revision() =
        events::ToProto({.paper_version = 1, .generation = generation, .rank = 0});
    return events::Encode(events::kNewPaper, event, {.service = "ingest"}, desk_.clock);
  }

  std::map<std::string, double> Counted() {
    std::map<std::string, double> counted;
    for (const auto& family : desk_.metrics.Collect()) {
      if (family.name != "paperwire_serve_operator_papers_total") continue;
      for (const auto& metric : family.metric) {
        std::string labels;
        for (const auto& label : metric.label) labels += label.name + "=" + label.value + " ";
        counted[labels] = metric.counter.value;
      }
    }
    return counted;
  }

  OperatedWindow desk_;
};

TEST_F(ReclassifyTest, PublishesTheStoredPaperAndSummaryWithTheNextGenerationAndTheSameRank) {
  v1::Entry entry = TaggedBy("older-0", "2606.00001");
  entry.mutable_summary()->mutable_provenance()->set_summarizer(v1::SUMMARIZER_KIND_LLM);
  *entry.mutable_revision() = events::ToProto({.paper_version = 1, .generation = 4, .rank = 2});
  desk_.Load({entry, TaggedBy("older-0", "2606.00002")});

  const auto answer = Ask({"2606.00001v1"});

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->requested(), 1u);
  EXPECT_THAT(answer->missing_ids(), IsEmpty());
  EXPECT_THAT(answer->pending_ids(), IsEmpty());
  const auto events = Published();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].paper().SerializeAsString(), entry.paper().SerializeAsString());
  EXPECT_EQ(events[0].summary().SerializeAsString(), entry.summary().SerializeAsString());
  EXPECT_EQ(events[0].revision().generation(), 5u);
  EXPECT_EQ(events[0].revision().rank(), 2u);
  EXPECT_THAT(desk_.broker.Records("new-paper"), IsEmpty());
  EXPECT_THAT(desk_.broker.Records("tagged"), IsEmpty());
}

TEST_F(ReclassifyTest, WritesTheHeadersOfARecordAboutAPaper) {
  desk_.Load({TaggedBy("older-0", "2606.00001")});
  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  const bus::Message record = desk_.broker.Records("summarized").at(0);
  const uint64_t revision = Published().at(0).revision().value();
  EXPECT_EQ(record.key, "2606.00001");
  EXPECT_EQ(record.FindHeader("ce_id"),
            events::EventId("serve", "2606.00001", revision, "reclassify"));
  EXPECT_EQ(record.FindHeader("ce_type"), "paperwire.v1.SummarizedPaper");
  EXPECT_EQ(record.FindHeader("pw-announced"), "2026-06-23");
  EXPECT_EQ(record.FindHeader("pw-revision"), std::to_string(revision));
}

TEST_F(ReclassifyTest, TakesEveryCardThatAnotherModelTaggedAndNoOther) {
  desk_.Load({TaggedBy("older-0", "2606.00001"), TaggedBy("new-1", "2606.00002"),
              TaggedBy("", "2606.00003")});

  const auto answer = AskForAllBut("new-1");

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->requested(), 2u);
  EXPECT_THAT(PublishedIds(), ElementsAre("2606.00003", "2606.00001"));
}

TEST_F(ReclassifyTest, TakesAWithdrawnPaperLikeAnyOther) {
  v1::Entry entry = TaggedBy("older-0", "2606.00001");
  entry.mutable_paper()->set_withdrawn(true);
  desk_.Load({entry});

  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  EXPECT_TRUE(Published().at(0).paper().withdrawn());
}

TEST_F(ReclassifyTest, NamesWhatIsNotInTheWindow) {
  desk_.Load({TaggedBy("older-0", "2606.00001"), MakeEntry("2606.00009", "2026-06-01")});

  const auto answer = Ask({"2606.00009", "2606.00001", "2606.77777", "2606.00001v1"});

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->requested(), 1u);
  EXPECT_THAT(answer->missing_ids(), ElementsAre("2606.00009", "2606.77777"));
}

TEST_F(ReclassifyTest, RefusesARequestThatIsNotClearAndPublishesNothing) {
  desk_.Load({TaggedBy("older-0", "2606.00001")});
  v1::ReclassifyRequest both;
  both.set_all_other_models(true);
  both.set_model("new-1");
  both.add_arxiv_ids("2606.00001");
  v1::ReclassifyRequest model_with_ids;
  model_with_ids.set_model("new-1");
  model_with_ids.add_arxiv_ids("2606.00001");

  for (const absl::Status& status :
       {Ask({}).status(), desk_.operations.Reclassify(both, {}).status(), AskForAllBut("").status(),
        desk_.operations.Reclassify(model_with_ids, {}).status(),
        Ask({"2606.00001", "the first one"}).status()}) {
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  }
  EXPECT_THAT(std::string(AskForAllBut("").status().message()), HasSubstr("model: "));
  EXPECT_THAT(PublishedIds(), IsEmpty());
}

TEST_F(ReclassifyTest, PublishesWhatIsStoredThoughTheSnapshotIsBehind) {
  desk_.Load({TaggedBy("older-0", "2606.00001"), TaggedBy("older-0", "2606.00002"),
              TaggedBy("older-0", "2606.00003")});
  v1::Entry better = TaggedBy("older-0", "2606.00001");
  better.mutable_summary()->set_summary("Gradient noise is studied at length.");
  *better.mutable_revision() = events::ToProto({.paper_version = 1, .generation = 0, .rank = 2});
  desk_.Store(better);
  v1::Entry removed = TaggedBy("older-0", "2606.00002", 1);
  desk_.Store(removed, /*removed=*/true);
  // Tagged by the new model already.
  ASSERT_TRUE(desk_.generations.Raise("2606.00003", 1, 1).ok());
  desk_.Store(TaggedBy("new-1", "2606.00003", 1));

  const auto answer = AskForAllBut("new-1");

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->requested(), 1u);
  EXPECT_THAT(answer->missing_ids(), ElementsAre("2606.00002"));
  EXPECT_THAT(answer->pending_ids(), IsEmpty());
  ASSERT_THAT(PublishedIds(), ElementsAre("2606.00001"));
  EXPECT_EQ(Published()[0].summary().summary(), "Gradient noise is studied at length.");
  EXPECT_EQ(Published()[0].revision().rank(), 2u);
}

TEST_F(ReclassifyTest, LeavesAloneAPaperWhoseNewVersionHasJustCome) {
  desk_.Load({TaggedBy("older-0", "2606.00001")});
  v1::Entry second = TaggedBy("older-0", "2606.00001");
  second.mutable_paper()->set_version(2);
  *second.mutable_revision() = events::ToProto({.paper_version = 2, .generation = 0, .rank = 1});
  desk_.Store(second);

  const auto answer = Ask({"2606.00001"});

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->requested(), 0u);
  EXPECT_THAT(answer->pending_ids(), ElementsAre("2606.00001"));
  EXPECT_THAT(PublishedIds(), IsEmpty());
}

TEST_F(ReclassifyTest, LeavesAloneAPaperWhoseNewerStateIsOnItsWayAndNoOther) {
  desk_.Load({TaggedBy("older-0", "2606.00001"), TaggedBy("older-0", "2606.00002"),
              TaggedBy("older-0", "2606.00003"), TaggedBy("older-0", "2606.00004")});
  // Of the first four records on new-paper summarize has committed one.
  desk_.committed["paperwire-summarize"][{"new-paper", 0}] = 1;
  desk_.Sight(NewPaper("2606.00001", 1), 0);
  desk_.Sight(NewPaper("2606.00002", 1), 1);
  desk_.Sight(NewPaper("2606.00003", 0), 2);
  bus::Message dead = NewPaper("2606.00004", 1);
  dead.topic = "new-paper.dlq";
  desk_.Sight(dead, 0);

  const auto answer = AskForAllBut("new-1");

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->pending_ids(), ElementsAre("2606.00002"));
  EXPECT_EQ(answer->requested(), 3u);

  // It is served: nothing waits any more.
  desk_.Store(TaggedBy("older-0", "2606.00002", 1));
  const auto again = Ask({"2606.00002"});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->requested(), 1u);
}

TEST_F(ReclassifyTest, ARequestRepeatedWhileTheFirstIsUnderWayLosesNothing) {
  desk_.Load({TaggedBy("older-0", "2606.00001")});
  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  // Before the ledger has seen the first record: a generation of its own, which wins.
  const auto second = Ask({"2606.00001"});
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->requested(), 1u);
  ASSERT_EQ(Published().size(), 2u);
  EXPECT_GT(Published()[1].revision().value(), Published()[0].revision().value());
  EXPECT_EQ(Published()[1].summary().SerializeAsString(),
            Published()[0].summary().SerializeAsString());

  // After: what is under way is enough.
  desk_.Sight(desk_.broker.Records("summarized").at(1), 1);
  const auto third = Ask({"2606.00001"});
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_THAT(third->pending_ids(), ElementsAre("2606.00001"));
  EXPECT_EQ(Published().size(), 2u);
}

TEST_F(ReclassifyTest, IsUnavailableWhileAStoreIsBeingRebuilt) {
  desk_.snapshots.Swap(MakeSnapshot({TaggedBy("older-0", "2606.00001")}), desk_.feed_clock.Now());

  const absl::Status no_ledger = Ask({"2606.00001"}).status();
  EXPECT_TRUE(absl::IsUnavailable(no_ledger));
  EXPECT_THAT(std::string(no_ledger.message()), HasSubstr("the ledger is being rebuilt"));
  EXPECT_THAT(std::string(no_ledger.message()), testing::Not(HasSubstr("Redis")));

  ASSERT_TRUE(desk_.ledger->Begin({{OperatedWindow::kTagged, 0}}).ok());
  const absl::Status no_window = Ask({"2606.00001"}).status();
  EXPECT_TRUE(absl::IsUnavailable(no_window));
  EXPECT_THAT(std::string(no_window.message()), HasSubstr("the window is being rebuilt"));
  EXPECT_THAT(std::string(no_window.message()), HasSubstr("0 of 1 papers"));
  EXPECT_THAT(PublishedIds(), IsEmpty());
}

TEST_F(ReclassifyTest, IsUnavailableWithoutRedisOrKafkaAndSaysHowManyWereRequested) {
  desk_.Load({TaggedBy("older-0", "2606.00001"), TaggedBy("older-0", "2606.00002")});
  desk_.generations.SetFailure(absl::UnavailableError("connection refused"));
  const absl::Status no_redis = AskForAllBut("new-1").status();
  EXPECT_TRUE(absl::IsUnavailable(no_redis));
  EXPECT_THAT(std::string(no_redis.message()), HasSubstr("Redis or Kafka failed when 0 of 2"));
  EXPECT_THAT(PublishedIds(), IsEmpty());

  desk_.generations.SetFailure(absl::OkStatus());
  desk_.plain_publisher.FailNext(absl::UnavailableError("no leader"));
  const absl::Status no_kafka = AskForAllBut("new-1").status();
  EXPECT_TRUE(absl::IsUnavailable(no_kafka));
  EXPECT_THAT(std::string(no_kafka.message()), HasSubstr("Kafka failed when 1 of 2"));
  EXPECT_THAT(PublishedIds(), ElementsAre("2606.00001"));
}

TEST_F(ReclassifyTest, GoesOnAfterALossOfRedisWhereTheTopicEnds) {
  desk_.Load({TaggedBy("older-0", "2606.00001")});
  ASSERT_TRUE(Ask({"2606.00001"}).ok());
  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  desk_.generations.Lose();
  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  EXPECT_EQ(Published().back().revision().generation(), 3u);
}

TEST_F(ReclassifyTest, CountsWhatBecameOfThePapers) {
  desk_.Load({TaggedBy("older-0", "2606.00001"), TaggedBy("older-0", "2606.00002")});
  desk_.Sight(NewPaper("2606.00002", 1), 0);
  ASSERT_TRUE(Ask({"2606.00001", "2606.00002", "2606.77777"}).ok());

  EXPECT_THAT(Counted(), ElementsAre(testing::Pair("outcome=failed request=reclassify ", 0),
                                     testing::Pair("outcome=missing request=reclassify ", 1),
                                     testing::Pair("outcome=pending request=reclassify ", 1),
                                     testing::Pair("outcome=requested request=reclassify ", 1)));
}

TEST_F(ReclassifyTest, APaperThatNeedsNothingAnyMoreHasNotFailed) {
  desk_.Load({TaggedBy("older-0", "2606.00001"), TaggedBy("older-0", "2606.00002")});
  ASSERT_TRUE(desk_.generations.Raise("2606.00001", 1, 1).ok());
  desk_.Store(TaggedBy("new-1", "2606.00001", 1));
  desk_.plain_publisher.FailNext(absl::UnavailableError("no leader"));

  EXPECT_TRUE(absl::IsUnavailable(AskForAllBut("new-1").status()));

  EXPECT_EQ(Counted()["outcome=failed request=reclassify "], 1);
}

}  // namespace
}  // namespace paperwire::serve
