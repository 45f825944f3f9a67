// One serialized example of every event, written when the contract was drawn. They are never
// written again: what is on a topic today must be read by every later version.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/support/paths.h"

namespace paperwire::events {
namespace {

std::string ReadGolden(const std::string& name) {
  std::ifstream file(support::SourceDir() + "/tests/contract/golden/" + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <typename Event>
void ExpectReadable(const std::string& name, const std::string& key) {
  bus::Message message;
  message.key = key;
  message.value = ReadGolden(name + ".binpb");
  Event wanted;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(ReadGolden(name + ".txtpb"), &wanted));
  Event read;

  ASSERT_EQ(Decode(message, read), absl::OkStatus());

  google::protobuf::util::MessageDifferencer differencer;
  std::string differences;
  differencer.ReportDifferencesToString(&differences);
  EXPECT_TRUE(differencer.Compare(wanted, read)) << differences;
  EXPECT_EQ(read.SerializeAsString(), message.value);
}

TEST(GoldenEvents, NewPaperIsStillRead) { ExpectReadable<v1::NewPaper>("new_paper", "2601.01234"); }
TEST(GoldenEvents, SummarizedPaperIsStillRead) {
  ExpectReadable<v1::SummarizedPaper>("summarized_paper", "2601.01234");
}
TEST(GoldenEvents, TaggedPaperIsStillRead) {
  ExpectReadable<v1::TaggedPaper>("tagged_paper", "2601.01234");
}
TEST(GoldenEvents, BatchIsStillRead) { ExpectReadable<v1::Batch>("batch", "2026-01-14"); }
TEST(GoldenEvents, CycleIsStillRead) { ExpectReadable<v1::Cycle>("cycle", "2026-01-14T00:17:00Z"); }

// Fields of a later version: number 100 as text, in the event and in its paper.
constexpr char kLater[] = "\xa2\x06\x05later";

TEST(GoldenEvents, FieldsOfALaterVersionPassThroughEveryStage) {
  bus::Message message;
  message.topic = kNewPaper;
  message.key = "2601.01234";
  v1::NewPaper early;
  ASSERT_TRUE(early.ParseFromString(ReadGolden("new_paper.binpb")));
  v1::Paper paper;
  ASSERT_TRUE(paper.ParseFromString(early.paper().SerializeAsString() + kLater));
  *early.mutable_paper() = paper;
  message.value = early.SerializeAsString() + kLater;
  const clock::SystemClock clock;

  v1::NewPaper event;
  ASSERT_EQ(Decode(message, event), absl::OkStatus());
  v1::SummarizedPaper summarized;
  CarryOver(event, summarized);
  const bus::Message middle =
      Encode(kSummarized, summarized, {.service = "summarize", .cause = &message}, clock);
  v1::SummarizedPaper read;
  ASSERT_EQ(Decode(middle, read), absl::OkStatus());
  v1::TaggedPaper tagged;
  CarryOver(read, tagged);
  const bus::Message last =
      Encode(kTagged, tagged, {.service = "classify", .cause = &middle}, clock);

  v1::TaggedPaper end;
  ASSERT_EQ(Decode(last, end), absl::OkStatus());
  const auto& unknown = end.GetReflection()->GetUnknownFields(end);
  ASSERT_EQ(unknown.field_count(), 1);
  EXPECT_EQ(unknown.field(0).number(), 100);
  EXPECT_EQ(unknown.field(0).length_delimited(), "later");
  EXPECT_EQ(end.paper().GetReflection()->GetUnknownFields(end.paper()).field_count(), 1);
}

}  // namespace
}  // namespace paperwire::events
