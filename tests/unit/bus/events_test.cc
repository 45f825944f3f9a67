#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "google/protobuf/unknown_field_set.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/events/trace.h"

namespace paperwire::events {
namespace {

using ::testing::HasSubstr;

v1::NewPaper Event() {
  v1::NewPaper event;
  event.mutable_paper()->set_arxiv_id("2601.01234");
  event.mutable_paper()->set_version(2);
  event.mutable_paper()->set_announced("2026-01-14");
  *event.mutable_revision() = ToProto({.paper_version = 2, .generation = 3, .rank = 1});
  return event;
}

class Events : public ::testing::Test {
 protected:
  clock::FakeClock clock_{clock::WallTime(std::chrono::milliseconds(1768350060123))};
};

TEST_F(Events, CarryKeyValueAndEveryHeader) {
  const bus::Message message = Encode(kNewPaper, Event(), {.service = "ingest"}, clock_);
  EXPECT_EQ(message.topic, "new-paper");
  EXPECT_EQ(message.key, "2601.01234");
  EXPECT_EQ(message.FindHeader("ce_id"),
            EventId("ingest", "2601.01234", Event().revision().value(), ""));
  EXPECT_EQ(message.FindHeader("ce_source"), "paperwire/ingest");
  EXPECT_EQ(message.FindHeader("ce_type"), "paperwire.v1.NewPaper");
  EXPECT_EQ(message.FindHeader("ce_specversion"), "1.0");
  EXPECT_EQ(message.FindHeader("ce_time"), "2026-01-14T00:21:00.123Z");
  EXPECT_EQ(message.FindHeader("content-type"),
            "application/x-protobuf; message=paperwire.v1.NewPaper");
  EXPECT_TRUE(IsTraceparent(message.FindHeader("traceparent")));
  EXPECT_EQ(message.FindHeader("pw-announced"), "2026-01-14");
  EXPECT_EQ(message.FindHeader("pw-revision"), "2199023256321");

  v1::NewPaper read;
  EXPECT_EQ(Decode(message, read), absl::OkStatus());
  EXPECT_EQ(read.SerializeAsString(), Event().SerializeAsString());
}

TEST_F(Events, AreTheSameOnEveryRun) {
  const Origin origin{.service = "ingest", .configuration = "rss"};
  const bus::Message one = Encode(kNewPaper, Event(), origin, clock_);
  clock_.Advance(std::chrono::hours(1));
  const bus::Message two = Encode(kNewPaper, Event(), origin, clock_);
  EXPECT_EQ(one.value, two.value);
  EXPECT_EQ(one.FindHeader("ce_id"), two.FindHeader("ce_id"));
  EXPECT_EQ(one.FindHeader("traceparent"), two.FindHeader("traceparent"));
}

TEST_F(Events, StayInTheTraceOfTheirCause) {
  const bus::Message cause = Encode(kNewPaper, Event(), {.service = "ingest"}, clock_);
  v1::SummarizedPaper summarized;
  CarryOver(Event(), summarized);
  const bus::Message effect =
      Encode(kSummarized, summarized, {.service = "summarize", .cause = &cause}, clock_);
  const std::string_view before = cause.FindHeader("traceparent");
  const std::string_view after = effect.FindHeader("traceparent");
  EXPECT_EQ(after.substr(0, 36), before.substr(0, 36));
  EXPECT_NE(after.substr(36, 16), before.substr(36, 16));
}

google::protobuf::UnknownFieldSet& Unknown(google::protobuf::Message& message) {
  return *message.GetReflection()->MutableUnknownFields(&message);
}

v1::SummarizedPaper Summarized() {
  v1::SummarizedPaper event;
  CarryOver(Event(), event);
  event.mutable_paper()->set_title("On Stopping");
  event.mutable_paper()->add_authors()->set_name("A. Dunmore");
  event.mutable_summary()->set_summary("It stops.");
  event.mutable_summary()->mutable_provenance()->set_model("linear-1");
  return event;
}

v1::TaggedPaper Tags() {
  v1::TaggedPaper added;
  added.add_tags()->set_slug("theory");
  added.add_tags()->set_slug("optimization");
  added.mutable_tag_provenance()->set_model("test-1");
  return added;
}

TEST_F(Events, AddTagsAsIfTheWholeCardWereWrittenAnew) {
  const bus::Message cause = Encode(kSummarized, Summarized(), {.service = "summarize"}, clock_);
  v1::SummarizedPaper event;
  ASSERT_EQ(Decode(cause, event), absl::OkStatus());
  const Origin origin{.service = "classify", .configuration = "test-1", .cause = &cause};
  const bus::Message quick = EncodeOnto(event, Tags(), origin, clock_);

  v1::TaggedPaper tagged = Tags();
  CarryOver(event, tagged);
  const bus::Message plain = Encode(kTagged, tagged, origin, clock_);
  EXPECT_EQ(quick.topic, plain.topic);
  EXPECT_EQ(quick.key, plain.key);
  EXPECT_EQ(quick.value, plain.value);
  ASSERT_EQ(quick.headers.size(), plain.headers.size());
  for (size_t i = 0; i < plain.headers.size(); ++i) {
    EXPECT_EQ(quick.headers[i].name, plain.headers[i].name);
    EXPECT_EQ(quick.headers[i].value, plain.headers[i].value);
  }
}

TEST_F(Events, AddTagsBesideFieldsThatOnlyALaterWriterKnows) {
  v1::SummarizedPaper later = Summarized();
  Unknown(later).AddVarint(90, 7);
  Unknown(*later.mutable_paper()).AddLengthDelimited(91, "new");
  const bus::Message cause = Encode(kSummarized, later, {.service = "summarize"}, clock_);
  v1::SummarizedPaper event;
  ASSERT_EQ(Decode(cause, event), absl::OkStatus());
  const bus::Message message =
      EncodeOnto(event, Tags(), {.service = "classify", .cause = &cause}, clock_);

  v1::TaggedPaper read;
  ASSERT_EQ(Decode(message, read), absl::OkStatus());
  EXPECT_EQ(read.tags_size(), 2);
  ASSERT_EQ(Unknown(read).field_count(), 1);
  EXPECT_EQ(Unknown(read).field(0).number(), 90);
  EXPECT_EQ(Unknown(*read.mutable_paper()).field_count(), 1);
}

// A later SummarizedPaper may have a field under the number of the tags.
TEST_F(Events, TakeNothingForATagThatIsNone) {
  v1::SummarizedPaper later = Summarized();
  v1::Tag stranger;
  stranger.set_slug("stranger");
  Unknown(later).AddLengthDelimited(4, stranger.SerializeAsString());
  Unknown(later).AddVarint(6, 1);
  const bus::Message cause = Encode(kSummarized, later, {.service = "summarize"}, clock_);
  v1::SummarizedPaper event;
  ASSERT_EQ(Decode(cause, event), absl::OkStatus());
  const bus::Message message =
      EncodeOnto(event, Tags(), {.service = "classify", .cause = &cause}, clock_);

  v1::TaggedPaper read;
  ASSERT_EQ(Decode(message, read), absl::OkStatus());
  ASSERT_EQ(read.tags_size(), 2);
  EXPECT_EQ(read.tags(0).slug(), "theory");
  EXPECT_FALSE(read.removed());
  EXPECT_EQ(read.summary().summary(), "It stops.");
}

TEST_F(Events, KeepNothingOfTheRecordThatWasReadBefore) {
  v1::SummarizedPaper full = Summarized();
  Unknown(full).AddVarint(90, 7);
  v1::SummarizedPaper bare;
  CarryOver(Event(), bare);
  v1::SummarizedPaper event;
  ASSERT_EQ(Decode(Encode(kSummarized, full, {.service = "summarize"}, clock_), event),
            absl::OkStatus());
  ASSERT_EQ(Decode(Encode(kSummarized, bare, {.service = "summarize"}, clock_), event),
            absl::OkStatus());
  EXPECT_EQ(event.paper().SerializeAsString(), bare.paper().SerializeAsString());
  EXPECT_EQ(event.revision().SerializeAsString(), bare.revision().SerializeAsString());
  EXPECT_EQ(event.summary().ByteSizeLong(), 0u);
  EXPECT_TRUE(Unknown(event).empty());
}

// Sets every field there is, and those of messages in it.
void Fill(google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* const field = message.GetDescriptor()->field(i);
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(many ? *reflection.AddMessage(&message, field)
                  : *reflection.MutableMessage(&message, field));
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        many ? reflection.AddString(&message, field, "full")
             : reflection.SetString(&message, field, "full");
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        many ? reflection.AddBool(&message, field, true)
             : reflection.SetBool(&message, field, true);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        many ? reflection.AddEnumValue(&message, field, 1)
             : reflection.SetEnumValue(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        many ? reflection.AddInt32(&message, field, 1) : reflection.SetInt32(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        many ? reflection.AddInt64(&message, field, 1) : reflection.SetInt64(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        many ? reflection.AddUInt32(&message, field, 1) : reflection.SetUInt32(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        many ? reflection.AddUInt64(&message, field, 1) : reflection.SetUInt64(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
        many ? reflection.AddFloat(&message, field, 1) : reflection.SetFloat(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        many ? reflection.AddDouble(&message, field, 1) : reflection.SetDouble(&message, field, 1);
        break;
    }
  }
}

TEST_F(Events, KeepNoFieldOfTheRecordThatWasReadBefore) {
  v1::SummarizedPaper bare;
  CarryOver(Event(), bare);
  v1::SummarizedPaper event;
  Fill(event);
  ASSERT_EQ(Decode(Encode(kSummarized, bare, {.service = "summarize"}, clock_), event),
            absl::OkStatus());
  // Of messages only that they are there may be left.
  bare.mutable_summary();
  EXPECT_EQ(event.SerializeAsString(), bare.SerializeAsString());
}

TEST_F(Events, NameTheReasonOnUpgrades) {
  v1::NewPaper event = Event();
  event.set_upgrade_reason(v1::FALLBACK_REASON_REFUSED);
  EXPECT_EQ(Encode(kUpgrade, event, {.service = "summarize"}, clock_).FindHeader("pw-upgrade"),
            "FALLBACK_REASON_REFUSED");
  EXPECT_EQ(Encode(kNewPaper, event, {.service = "ingest"}, clock_).FindHeader("pw-upgrade"), "");
}

TEST_F(Events, SayWhatIsWrongWithARecord) {
  struct Case {
    const char* what;
    std::function<void(v1::NewPaper&)> spoil;
    const char* words;
  };
  const Case cases[] = {
      {"no id", [](auto& e) { e.mutable_paper()->clear_arxiv_id(); }, "no arXiv id"},
      {"not an id", [](auto& e) { e.mutable_paper()->set_arxiv_id("2613.00001"); }, "not one"},
      {"with version", [](auto& e) { e.mutable_paper()->set_arxiv_id("2601.01234v2"); },
       "not canonical"},
      {"no version", [](auto& e) { e.mutable_paper()->set_version(0); }, "no version"},
      {"other version", [](auto& e) { e.mutable_paper()->set_version(1); }, "does not match"},
      {"wrong value", [](auto& e) { e.mutable_revision()->set_value(7); }, "does not match"},
      {"no date", [](auto& e) { e.mutable_paper()->clear_announced(); }, "YYYY-MM-DD"},
      {"no such day", [](auto& e) { e.mutable_paper()->set_announced("2026-02-30"); },
       "YYYY-MM-DD"},
  };
  for (const Case& one : cases) {
    v1::NewPaper event = Event();
    one.spoil(event);
    bus::Message message;
    message.key = event.paper().arxiv_id().empty() ? "k" : event.paper().arxiv_id();
    message.value = event.SerializeAsString();
    v1::NewPaper read;
    const absl::Status status = Decode(message, read);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << one.what;
    EXPECT_THAT(status.ToString(), HasSubstr(one.words)) << one.what;
  }
}

TEST_F(Events, SayWhatIsWrongWithTheRecordAroundThem) {
  bus::Message message = Encode(kNewPaper, Event(), {.service = "ingest"}, clock_);
  v1::NewPaper read;
  message.key = "2601.09999";
  EXPECT_THAT(Decode(message, read).ToString(), HasSubstr("the key is not"));
  message.key = "";
  EXPECT_THAT(Decode(message, read).ToString(), HasSubstr("no key"));
  message.key = "2601.01234";
  message.value = "\xff\xff";
  EXPECT_THAT(Decode(message, read).ToString(), HasSubstr("not a paperwire.v1.NewPaper"));
  message.value.assign(kMaxRecordBytes + 1, 'x');
  EXPECT_THAT(Decode(message, read).ToString(), HasSubstr("the limit is 1048576"));
}

TEST_F(Events, HaveIdsThatDifferInEveryPart) {
  const std::string id = EventId("summarize", "2601.01234", 5, "roles-1");
  EXPECT_EQ(id.size(), 32u);
  EXPECT_NE(id, EventId("classify", "2601.01234", 5, "roles-1"));
  EXPECT_NE(id, EventId("summarize", "2601.01235", 5, "roles-1"));
  EXPECT_NE(id, EventId("summarize", "2601.01234", 6, "roles-1"));
  EXPECT_NE(id, EventId("summarize", "2601.01234", 5, "roles-2"));
  EXPECT_NE(EventId("a", "bc", 1, ""), EventId("ab", "c", 1, ""));
}

TEST(Traceparent, StartsANewTraceForACauseThatIsNone) {
  for (const char* bad :
       {"", "00-0-0-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(IsTraceparent(bad)) << bad;
    EXPECT_TRUE(IsTraceparent(Traceparent("event", bad))) << bad;
  }
}

}  // namespace
}  // namespace paperwire::events
