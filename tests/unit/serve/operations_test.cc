#include "services/serve/operations.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/events/event.h"
#include "services/serve/config.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/operated_window.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ResummarizeTest : public testing::Test {
 protected:
  void Load(const std::vector<v1::Entry>& entries) { desk_.Load(entries); }
  absl::StatusOr<v1::ResummarizeResponse> Ask(const std::vector<std::string>& ids) {
    v1::ResummarizeRequest request;
    *request.mutable_arxiv_ids() = {ids.begin(), ids.end()};
    return desk_.operations.Resummarize(request, {});
  }
  absl::StatusOr<v1::ResummarizeResponse> AskForAllEmbedded() {
    v1::ResummarizeRequest request;
    request.set_all_embedded(true);
    return desk_.operations.Resummarize(request, {});
  }
  std::vector<v1::NewPaper> Published() { return desk_.Published<v1::NewPaper>("new-paper"); }
  std::vector<std::string> PublishedIds() {
    std::vector<std::string> ids;
    for (const v1::NewPaper& event : Published()) ids.push_back(event.paper().arxiv_id());
    return ids;
  }

  OperatedWindow desk_;
};

TEST_F(ResummarizeTest, PublishesThePaperThatIsServedWithTheNextGenerationEachTime) {
  const v1::Entry entry = MakeEntry("2606.00001", "2026-06-23");
  Load({entry, MakeEntry("2606.00002", "2026-06-23")});

  for (int i = 0; i < 3; ++i) {
    const auto answer = Ask({"2606.00001v1"});
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->requested(), 1u);
    EXPECT_THAT(answer->missing_ids(), IsEmpty());
  }

  const auto events = Published();
  ASSERT_EQ(events.size(), 3u);
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(events[i].paper().SerializeAsString(), entry.paper().SerializeAsString());
    EXPECT_EQ(events[i].revision().generation(), i + 1);
    EXPECT_EQ(events[i].revision().rank(), 0u);
    EXPECT_GT(events[i].revision().value(), entry.revision().value());
  }
}

TEST_F(ResummarizeTest, OutranksAnLlmsCardOfTheGenerationThatIsServed) {
  v1::Entry entry = MakeEntry("2606.00001", "2026-06-23", {"theory"}, 4);
  *entry.mutable_revision() = events::ToProto({.paper_version = 1, .generation = 4, .rank = 2});
  Load({entry});

  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  // Though the counter is behind what is served.
  EXPECT_EQ(Published().at(0).revision().generation(), 5u);
  EXPECT_GT(Published().at(0).revision().value(), entry.revision().value());
}

TEST_F(ResummarizeTest, WritesTheHeadersOfARecordAboutAPaper) {
  Load({MakeEntry("2606.00001", "2026-06-23")});
  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  const bus::Message record = desk_.broker.Records("new-paper").at(0);
  const uint64_t revision = Published().at(0).revision().value();
  EXPECT_EQ(record.key, "2606.00001");
  EXPECT_EQ(record.FindHeader("ce_id"),
            events::EventId("serve", "2606.00001", revision, "resummarize"));
  EXPECT_EQ(record.FindHeader("ce_source"), "paperwire/serve");
  EXPECT_EQ(record.FindHeader("ce_type"), "paperwire.v1.NewPaper");
  EXPECT_EQ(record.FindHeader("ce_specversion"), "1.0");
  EXPECT_NE(record.FindHeader("traceparent"), "");
  EXPECT_EQ(record.FindHeader("pw-announced"), "2026-06-23");
  EXPECT_EQ(record.FindHeader("pw-revision"), std::to_string(revision));
}

TEST_F(ResummarizeTest, NamesWhatIsNotInTheWindowAndAsksForTheRestOnce) {
  Load({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00009", "2026-06-01")});

  const auto answer = Ask({"2606.00009", "2606.00001", "2606.77777", "2606.00001v1"});

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->requested(), 1u);
  EXPECT_THAT(answer->missing_ids(), ElementsAre("2606.00009", "2606.77777"));
  EXPECT_THAT(PublishedIds(), ElementsAre("2606.00001"));
}

TEST_F(ResummarizeTest, TakesEveryCardOfTheEmbeddedSummarizerAndNoOther) {
  v1::Entry by_llm = MakeEntry("2606.00002", "2026-06-23");
  by_llm.mutable_summary()->mutable_provenance()->set_summarizer(v1::SUMMARIZER_KIND_LLM);
  Load({MakeEntry("2606.00001", "2026-06-23"), by_llm, MakeEntry("2606.00003", "2026-06-22"),
        MakeEntry("2606.00009", "2026-06-01")});

  const auto answer = AskForAllEmbedded();

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->requested(), 2u);
  EXPECT_THAT(PublishedIds(), UnorderedElementsAre("2606.00001", "2606.00003"));
}

TEST_F(ResummarizeTest, RefusesARequestThatIsNotClearAndPublishesNothing) {
  Load({MakeEntry("2606.00001", "2026-06-23")});
  v1::ResummarizeRequest both;
  both.set_all_embedded(true);
  both.add_arxiv_ids("2606.00001");

  EXPECT_TRUE(absl::IsInvalidArgument(Ask({}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(desk_.operations.Resummarize(both, {}).status()));
  const absl::Status no_id = Ask({"2606.00001", "the first one"}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(no_id));
  EXPECT_THAT(std::string(no_id.message()), HasSubstr("\"the first one\""));
  EXPECT_THAT(PublishedIds(), IsEmpty());
}

TEST_F(ResummarizeTest, IsUnavailableBeforeTheFirstSnapshot) {
  EXPECT_TRUE(absl::IsUnavailable(Ask({"2606.00001"}).status()));
}

TEST_F(ResummarizeTest, IsUnavailableWithoutRedisAndPublishesNothing) {
  Load({MakeEntry("2606.00001", "2026-06-23")});
  desk_.generations.SetFailure(absl::UnavailableError("connection refused"));

  const absl::Status status = Ask({"2606.00001"}).status();

  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("Redis"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("0 of 1 papers"));
  EXPECT_THAT(PublishedIds(), IsEmpty());
}

TEST_F(ResummarizeTest, SaysHowManyWerePublishedWhenKafkaRefusesTheRest) {
  std::vector<v1::Entry> entries;
  for (int i = 0; i < 1100; ++i) {
    entries.push_back(MakeEntry("2606." + std::to_string(10000 + i), "2026-06-23"));
  }
  Load(entries);
  desk_.plain_publisher.FailNext(absl::UnavailableError("no leader"), 2);

  const absl::Status status = AskForAllEmbedded().status();

  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("Kafka"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("1022 of 1100 papers"));
  EXPECT_EQ(PublishedIds().size(), 1022u);

  // Asked again, all are published, each with a generation of its own.
  const auto again = AskForAllEmbedded();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->requested(), 1100u);
  std::set<std::pair<std::string, uint64_t>> states;
  for (const v1::NewPaper& event : Published()) {
    states.insert({event.paper().arxiv_id(), event.revision().value()});
  }
  EXPECT_EQ(states.size(), 2122u);
}

TEST_F(ResummarizeTest, GoesOnAfterALossOfRedisWhereTheTopicEnds) {
  Load({MakeEntry("2606.00001", "2026-06-23")});
  ASSERT_TRUE(Ask({"2606.00001"}).ok());
  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  // The card that is served is still of generation 0: only the topic knows of the other two.
  desk_.generations.Lose();
  ASSERT_TRUE(Ask({"2606.00001"}).ok());

  EXPECT_EQ(Published().back().revision().generation(), 3u);
}

TEST(ServeConfig, ServesOperatorsOnLoopbackOnly) {
  for (const char* address :
       {"", "127.0.0.1:0", "127.8.0.1:50052", "[::1]:50052", "localhost:50052"}) {
    Config config;
    config.operator_listen = address;
    EXPECT_TRUE(Check(config).ok()) << address;
  }
  for (const char* address : {"0.0.0.0:50052", "[::]:50052", "192.0.2.1:50052", "10.0.0.7:1",
                              "127.example.org:1", "[::ffff:127.0.0.1]:1", "50052"}) {
    Config config;
    config.operator_listen = address;
    const absl::Status status = Check(config);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << address;
    EXPECT_THAT(std::string(status.message()), HasSubstr("--operator-listen")) << address;
    EXPECT_THAT(std::string(status.message()), HasSubstr(address));
    EXPECT_EQ(status.message().find('\n'), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace paperwire::serve
