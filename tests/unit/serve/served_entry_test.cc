#include "services/serve/served_entry.h"

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/serve/fold.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;

v1::Entry Whole() {
  v1::Entry entry = MakeEntry("2606.00001", "2026-06-23", {"theory", "nlp"}, 3);
  entry.mutable_paper()->set_abs_url("https://arxiv.org/abs/2606.00001");
  entry.mutable_paper()->add_categories("stat.ML");
  entry.mutable_paper()->add_authors()->set_name("Bo Ångström");
  v1::Summary& summary = *entry.mutable_summary();
  summary.add_keywords("gradient noise");
  summary.set_implications(std::string(300, 'x'));
  for (const v1::Section section : {v1::SECTION_SUMMARY, v1::SECTION_RESULTS}) {
    v1::GroundingVerdict& verdict = *summary.mutable_provenance()->add_grounding();
    verdict.set_section(section);
    verdict.add_ungrounded("93.4 %");
  }
  summary.mutable_provenance()->mutable_create_time()->set_seconds(100);
  entry.mutable_tag_provenance()->set_model("linear-1");
  entry.mutable_tag_provenance()->mutable_create_time()->set_seconds(200);
  // What a later version may add is kept.
  entry.GetReflection()->MutableUnknownFields(&entry)->AddVarint(900, 7);
  v1::Tag& tag = *entry.mutable_tags(1);
  tag.GetReflection()->MutableUnknownFields(&tag)->AddLengthDelimited(901, "later");
  return entry;
}

v1::Entry WithoutDetails(v1::Entry entry) {
  entry.mutable_paper()->clear_abstract();
  entry.mutable_summary()->mutable_provenance()->clear_grounding();
  for (v1::Tag& tag : *entry.mutable_tags()) tag.clear_evidence();
  return entry;
}

std::string FieldOf(const ServedEntry& entry, v1::EntryView view) {
  Payload payload;
  entry.AppendTo(payload, view);
  return payload.Flat();
}

TEST(ServedEntry, BothViewsAreTheEntryAgain) {
  const v1::Entry entry = Whole();
  const EntryPtr served = ServedEntry::Make(entry);

  EXPECT_TRUE(MessageDifferencer::Equals(served->Message(), entry))
      << served->Message().DebugString();
  EXPECT_TRUE(
      MessageDifferencer::Equals(served->Message(v1::ENTRY_VIEW_BASIC), WithoutDetails(entry)))
      << served->Message(v1::ENTRY_VIEW_BASIC).DebugString();
}

TEST(ServedEntry, AnEntryOfNothingIsNothing) {
  v1::Entry entry;
  entry.mutable_paper()->set_arxiv_id("2606.00001");
  const EntryPtr served = ServedEntry::Make(entry);

  EXPECT_TRUE(MessageDifferencer::Equals(served->Message(), entry));
  EXPECT_FALSE(served->Message(v1::ENTRY_VIEW_BASIC).has_summary());
  EXPECT_TRUE(served->values(Facet::kTag).empty());
}

// Some parsers (JavaScript's) let the last of a message that comes twice win.
TEST(ServedEntry, NoMessageComesTwice) {
  const EntryPtr served = ServedEntry::Make(Whole());
  for (const v1::EntryView view : {v1::ENTRY_VIEW_BASIC, v1::ENTRY_VIEW_FULL}) {
    const std::string field = FieldOf(*served, view);
    // The same fields, in another order: as many bytes as what it was made of takes.
    v1::GetPaperResponse canonical;
    *canonical.mutable_entry() = served->Message(view);
    EXPECT_EQ(field.size(), canonical.ByteSizeLong());
    EXPECT_EQ(field.size(), served->FieldSize(view));
  }
}

TEST(ServedEntry, IsAFieldOfEveryAnswerThatCarriesEntries) {
  const EntryPtr first = ServedEntry::Make(Whole());
  const EntryPtr second = ServedEntry::Make(MakeEntry("2606.00002", "2026-06-23"));
  for (const v1::EntryView view : {v1::ENTRY_VIEW_BASIC, v1::ENTRY_VIEW_FULL}) {
    const std::string both = FieldOf(*first, view) + FieldOf(*second, view);
    v1::ListPapersResponse list;
    v1::BatchGetPapersResponse batch;
    ASSERT_TRUE(list.ParseFromString(both) && batch.ParseFromString(both));
    ASSERT_EQ(list.entries_size(), 2);
    ASSERT_EQ(batch.entries_size(), 2);
    EXPECT_TRUE(MessageDifferencer::Equals(list.entries(0), first->Message(view)));
    EXPECT_TRUE(MessageDifferencer::Equals(batch.entries(1), second->Message(view)));
    v1::WatchPapersResponse watch;
    v1::SearchResult result;
    ASSERT_TRUE(watch.ParseFromString(FieldOf(*first, view)));
    ASSERT_TRUE(result.ParseFromString(FieldOf(*first, view)));
    EXPECT_TRUE(MessageDifferencer::Equals(watch.entry(), first->Message(view)));
    EXPECT_TRUE(MessageDifferencer::Equals(result.entry(), first->Message(view)));
  }
}

TEST(ServedEntry, TheBytesOutliveWhoeverMadeThem) {
  Payload payload;
  {
    const EntryPtr served = ServedEntry::Make(Whole());
    served->AppendTo(payload, v1::ENTRY_VIEW_FULL);
  }
  v1::GetPaperResponse response;
  ASSERT_TRUE(response.ParseFromString(payload.Flat()));
  EXPECT_EQ(response.entry().paper().abstract(), "We study gradient noise.");
}

TEST(ServedEntry, KnowsByWhatItIsFoundWithoutBeingParsed) {
  const EntryPtr served = ServedEntry::Make(Whole());

  EXPECT_EQ(served->arxiv_id(), "2606.00001");
  EXPECT_EQ(served->announced(), "2026-06-23");
  EXPECT_EQ(served->revision(), Whole().revision().value());
  EXPECT_THAT(served->values(Facet::kTag), ElementsAre("theory", "nlp"));
  EXPECT_THAT(served->values(Facet::kCategory), ElementsAre("cs.LG", "stat.ML"));
  EXPECT_THAT(served->values(Facet::kPrimaryCategory), ElementsAre("cs.LG"));
  EXPECT_THAT(served->values(Facet::kKeyword), ElementsAre(FoldKeyword("gradient noise")));
  EXPECT_EQ(served->summary_model(), "roles-1");
  EXPECT_FALSE(served->is_fallback());
  EXPECT_THAT(served->values(Facet::kAuthor), ElementsAre("ada quill", "bo angstrom"));
  EXPECT_TRUE(served->Has(Facet::kCategory, "stat.ML"));
  EXPECT_FALSE(served->Has(Facet::kPrimaryCategory, "stat.ML"));
  EXPECT_EQ(served->revised(), absl::FromUnixSeconds(200));
  EXPECT_EQ(served->tag_model(), "linear-1");
  EXPECT_FALSE(served->has_code());
}

}  // namespace
}  // namespace paperwire::serve
