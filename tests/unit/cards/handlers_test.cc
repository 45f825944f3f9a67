#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "services/classify/classify.h"
#include "services/classify/handler.h"
#include "services/summarize/handler.h"
#include "tests/unit/cards/fixtures.h"

namespace paperwire::cards {
namespace {

// Field 1000, a string, unknown to every message.
constexpr std::string_view kUnknown("\xc2\x3e\x05later", 8);

// The value of the counter with these labels; -1: there is none.
double ValueOf(const prometheus::Registry& metrics,
               const std::map<std::string, std::string>& labels) {
  for (const prometheus::MetricFamily& family : metrics.Collect()) {
    for (const prometheus::ClientMetric& metric : family.metric) {
      std::map<std::string, std::string> has;
      for (const auto& label : metric.label) has[label.name] = label.value;
      if (has == labels) return metric.counter.value;
    }
  }
  return -1;
}

class Handlers : public testing::Test {
 protected:
  bus::Message NewPaperRecord() const {
    v1::NewPaper event;
    *event.mutable_paper() = OrdinaryPapers()[0];
    *event.mutable_revision() = events::ToProto({.paper_version = 1, .generation = 3, .rank = 0});
    return events::Encode(events::kNewPaper, event, {.service = "ingest", .configuration = "test"},
                          clock_);
  }

  bus::Message Summarized() const {
    std::vector<bus::Message> emit;
    EXPECT_TRUE(summarize_.Handle(NewPaperRecord(), emit).ok());
    return emit.at(0);
  }

  mutable clock::FakeClock clock_{clock::WallTime(std::chrono::hours(480000))};
  prometheus::Registry metrics_;
  summarize::Handler summarize_{clock_, metrics_};
  classify::Handler classify_{clock_, metrics_};
};

TEST_F(Handlers, SummarizeMakesASummarizedPaperOfRankOne) {
  const bus::Message record = NewPaperRecord();
  std::vector<bus::Message> emit;

  ASSERT_TRUE(summarize_.Handle(record, emit).ok());

  ASSERT_EQ(emit.size(), 1u);
  EXPECT_EQ(emit[0].topic, "summarized");
  EXPECT_EQ(emit[0].key, "2601.00042");
  v1::SummarizedPaper event;
  ASSERT_TRUE(events::Decode(emit[0], event).ok());
  EXPECT_EQ(event.revision().rank(), 1u);
  EXPECT_EQ(event.revision().generation(), 3u);
  EXPECT_EQ(event.revision().value(), (uint64_t{1} << 40) + (3u << 8) + 1);
  EXPECT_FALSE(event.summary().summary().empty());
  EXPECT_EQ(event.summary().provenance().create_time().seconds(), 480000 * 3600);
  // One trace from stage to stage.
  EXPECT_EQ(emit[0].FindHeader("traceparent").substr(0, 35),
            record.FindHeader("traceparent").substr(0, 35));
}

TEST_F(Handlers, ClassifyMakesATaggedPaper) {
  std::vector<bus::Message> emit;

  ASSERT_TRUE(classify_.Handle(Summarized(), emit).ok());

  ASSERT_EQ(emit.size(), 1u);
  EXPECT_EQ(emit[0].topic, "tagged");
  v1::TaggedPaper event;
  ASSERT_TRUE(events::Decode(emit[0], event).ok());
  EXPECT_GE(event.tags_size(), 1);
  EXPECT_EQ(event.tag_provenance().model(), classify::kModel);
  EXPECT_EQ(event.revision().rank(), 1u);
  EXPECT_FALSE(event.summary().summary().empty());
}

TEST_F(Handlers, ClassifyMarksAGuess) {
  bus::Message record = Summarized();
  v1::SummarizedPaper summarized;
  ASSERT_TRUE(events::Decode(record, summarized).ok());
  summarized.mutable_paper()->set_title("Xyzzy");
  summarized.mutable_paper()->set_abstract("Xyzzy.");
  summarized.mutable_paper()->clear_categories();
  record.value = summarized.SerializeAsString();
  std::vector<bus::Message> emit;

  ASSERT_TRUE(classify_.Handle(record, emit).ok());

  v1::TaggedPaper event;
  ASSERT_TRUE(events::Decode(emit.at(0), event).ok());
  EXPECT_EQ(event.tags_size(), 1);
  EXPECT_TRUE(event.tag_provenance().low_confidence());
}

TEST_F(Handlers, RejectBytesThatAreNoPaper) {
  for (const std::string& bytes : {std::string("\xff\xff\xff"), std::string(), std::string("{}")}) {
    bus::Message record = NewPaperRecord();
    record.value = bytes;
    std::vector<bus::Message> emit;

    EXPECT_TRUE(absl::IsInvalidArgument(summarize_.Handle(record, emit)));
    EXPECT_TRUE(absl::IsInvalidArgument(classify_.Handle(record, emit)));
    EXPECT_TRUE(emit.empty());
  }
}

TEST_F(Handlers, SummarizeCountsWhatTheGateSaid) {
  std::vector<bus::Message> emit;
  ASSERT_TRUE(summarize_.Handle(NewPaperRecord(), emit).ok());

  v1::Provenance provenance;
  v1::GroundingVerdict& verdict = *provenance.add_grounding();
  verdict.set_section(v1::SECTION_RESULTS);
  verdict.set_outcome(v1::GROUNDING_OUTCOME_REMOVED);
  verdict.add_items()->set_kind(v1::GROUNDING_ITEM_KIND_NUMBER);
  verdict.add_items()->set_kind(static_cast<v1::GroundingItemKind>(999));
  provenance.add_grounding()->set_section(static_cast<v1::Section>(999));
  prometheus::Registry metrics;
  summarize::GroundingMetrics(metrics).Count(provenance);

  EXPECT_EQ(ValueOf(metrics_, {{"section", "summary"}, {"outcome", "grounded"}}), 1);
  EXPECT_EQ(ValueOf(metrics_, {{"section", "summary"}, {"outcome", "removed"}}), 0);
  EXPECT_EQ(ValueOf(metrics, {{"section", "results"}, {"outcome", "removed"}}), 1);
  EXPECT_EQ(ValueOf(metrics, {{"kind", "number"}}), 1);
  EXPECT_EQ(ValueOf(metrics, {{"kind", "hidden_character"}}), 0);
}

TEST_F(Handlers, SummarizeCountsWhatBecameOfEachCard) {
  const std::vector<std::pair<std::string, std::string>> abstracts = {
      {"", "empty"},
      {"This paper has been withdrawn by the authors due to an error in Lemma 3.", "withdrawn"},
      {"Wir untersuchen das Verhalten von neuronalen Netzen, die mit sehr wenigen Beispielen "
       "gelernt werden, und zeigen, dass der Fehler mit der Tiefe nicht mehr sinkt.",
       "other-language"},
      {"$x^2 + y^2 = z^2$ $\\int_0^1 f(x) dx = 1$", "not-text"},
      {"Gradient noise is large.", "partial"},
  };
  double cards = 0;
  for (const auto& [abstract, outcome] : abstracts) {
    v1::NewPaper event;
    *event.mutable_paper() = MakePaper("On Gradient Noise", abstract);
    *event.mutable_revision() = events::ToProto({.paper_version = 1, .generation = 0, .rank = 0});
    std::vector<bus::Message> emit;
    ASSERT_TRUE(
        summarize_
            .Handle(events::Encode(events::kNewPaper, event, {.service = "ingest"}, clock_), emit)
            .ok());
    EXPECT_EQ(ValueOf(metrics_, {{"outcome", outcome}}), 1) << outcome;
    ++cards;
  }
  double counted = 0;
  for (const char* outcome :
       {"complete", "partial", "empty", "withdrawn", "other-language", "not-text", "invalid"}) {
    counted += ValueOf(metrics_, {{"outcome", outcome}});
  }
  EXPECT_EQ(counted, cards);
}

TEST_F(Handlers, RejectARecordWithoutAKey) {
  bus::Message record = NewPaperRecord();
  record.key.clear();
  std::vector<bus::Message> emit;

  EXPECT_TRUE(absl::IsInvalidArgument(summarize_.Handle(record, emit)));
}

TEST_F(Handlers, UnknownFieldsSurviveBothStages) {
  bus::Message record = NewPaperRecord();
  record.value += kUnknown;
  std::vector<bus::Message> summarized;
  std::vector<bus::Message> tagged;

  ASSERT_TRUE(summarize_.Handle(record, summarized).ok());
  ASSERT_TRUE(classify_.Handle(summarized.at(0), tagged).ok());

  EXPECT_NE(summarized[0].value.find("\x05later"), std::string::npos);
  EXPECT_NE(tagged.at(0).value.find("\x05later"), std::string::npos);
}

// The whole state with tags, as an older version of the stage might have put it back.
TEST_F(Handlers, TagsThatComeWithARecordDoNotOutliveIt) {
  bus::Message record = Summarized();
  v1::TaggedPaper earlier;
  v1::Tag& tag = *earlier.add_tags();
  tag.set_slug("a-tag-of-no-catalogue");
  tag.set_confidence(0.9f);
  earlier.mutable_tag_provenance()->set_model("ancient-1");
  earlier.mutable_tag_provenance()->set_low_confidence(true);
  record.value += earlier.SerializeAsString();
  std::vector<bus::Message> emit;

  ASSERT_TRUE(classify_.Handle(record, emit).ok());

  v1::TaggedPaper event;
  ASSERT_TRUE(events::Decode(emit.at(0), event).ok());
  ASSERT_GE(event.tags_size(), 1);
  for (const v1::Tag& given : event.tags()) EXPECT_NE(given.slug(), "a-tag-of-no-catalogue");
  EXPECT_NE(event.tag_provenance().model(), "ancient-1");
}

// A value of an enum and fields of parts of the event, all of a later version.
TEST_F(Handlers, WhatALaterVersionSaysOfThePaperPassesThroughClassify) {
  bus::Message record = Summarized();
  v1::SummarizedPaper event;
  ASSERT_TRUE(events::Decode(record, event).ok());
  event.mutable_paper()->set_announce_type(static_cast<v1::AnnounceType>(77));
  ASSERT_TRUE(event.mutable_summary()->MergeFromString(std::string(kUnknown)));
  ASSERT_TRUE(
      event.mutable_summary()->mutable_provenance()->MergeFromString(std::string(kUnknown)));
  record.value = event.SerializeAsString();
  std::vector<bus::Message> emit;

  ASSERT_TRUE(classify_.Handle(record, emit).ok());

  v1::TaggedPaper tagged;
  ASSERT_TRUE(events::Decode(emit.at(0), tagged).ok());
  EXPECT_EQ(static_cast<int>(tagged.paper().announce_type()), 77);
  EXPECT_EQ(tagged.summary().SerializeAsString(), event.summary().SerializeAsString());
}

TEST_F(Handlers, ARerunHasTheSameEventId) {
  std::vector<bus::Message> first;
  std::vector<bus::Message> second;
  ASSERT_TRUE(summarize_.Handle(NewPaperRecord(), first).ok());
  clock_.Advance(std::chrono::hours(1));
  ASSERT_TRUE(summarize_.Handle(NewPaperRecord(), second).ok());

  EXPECT_EQ(first.at(0).FindHeader("ce_id"), second.at(0).FindHeader("ce_id"));
  EXPECT_EQ(first[0].FindHeader("pw-revision"), second[0].FindHeader("pw-revision"));

  std::vector<bus::Message> tagged;
  ASSERT_TRUE(classify_.Handle(first[0], tagged).ok());
  ASSERT_TRUE(classify_.Handle(second[0], tagged).ok());
  EXPECT_EQ(tagged.at(0).FindHeader("ce_id"), tagged.at(1).FindHeader("ce_id"));
  EXPECT_NE(tagged[0].FindHeader("ce_id"), first[0].FindHeader("ce_id"));
}

}  // namespace
}  // namespace paperwire::cards
