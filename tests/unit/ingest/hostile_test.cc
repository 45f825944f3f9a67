// Malformed, hostile and absurd answers: each has its outcome, and none harms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/ingest/reading.h"

namespace paperwire::ingest {
namespace {

using testing::HasSubstr;

std::string Item(const std::string& id, const std::string& rest = "",
                 const std::string& date = "Tue, 23 Jun 2026 00:00:00 -0400",
                 const std::string& title = "T") {
  return "<item><title>" + title + "</title><guid>oai:arXiv.org:" + id +
         "</guid><description>arXiv:" + id + " Announce Type: new \nAbstract: We show it." +
         "</description><category>cs.LG</category><pubDate>" + date + "</pubDate>" + rest +
         "</item>";
}

std::string Feed(const std::string& items) {
  return "<?xml version='1.0' encoding='UTF-8'?><rss version=\"2.0\" "
         "xmlns:arxiv=\"http://arxiv.org/schemas/atom\" "
         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>cs.LG updates on "
         "arXiv.org</title><pubDate>Tue, 23 Jun 2026 00:00:00 -0400</pubDate>" +
         items + "</channel></rss>";
}

TEST(Hostile, EntitiesAreNeverExpanded) {
  std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"lol\">";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
    bomb += "\">";
  }
  EXPECT_EQ(Read(bomb + "]><rss><channel><title>&j;</title></channel></rss>").outcome,
            Outcome::kDoctype);
  // A declaration that hides behind the root is text to the reader, and nothing is expanded.
  const Reading late = Read(Feed("<!DOCTYPE x [<!ENTITY a \"b\">]>" + Item("2606.90001v1")));
  EXPECT_EQ(late.papers.empty(), late.outcome != Outcome::kOk);
}

TEST(Hostile, FiveMillionNestedTagsAreTooDeep) {
  std::string deep = "<rss><channel>";
  for (int i = 0; i < 2'300'000; ++i) deep += "<a>";
  for (int i = 0; i < 2'300'000; ++i) deep += "</a>";
  deep += "</channel></rss>";
  EXPECT_EQ(Read(deep).outcome, Outcome::kTooLarge);
  std::string open = "<rss><channel>";
  for (int i = 0; i < 5'000'000; ++i) open += "<a>";
  EXPECT_EQ(Read(open).outcome, Outcome::kTruncated);
}

TEST(Hostile, AHundredMegabytesAreNotLookedAt) {
  EXPECT_EQ(Read(std::string(100u << 20, 'x')).outcome, Outcome::kTooLarge);
}

TEST(Hostile, BracesAndMathWithoutAnEndTakeNoTime) {
  for (const std::string unit :
       {"{", "\\(", "\\emph{", "{\\bf ", "$$ $", "\\'{", "((1) ", "github.com/"}) {
    std::string text;
    while (text.size() < (4u << 20)) text += unit;
    const Reading reading = Read(Feed(Item("2606.90001v1", "<dc:creator>" + text + "</dc:creator>",
                                           "Tue, 23 Jun 2026 00:00:00 -0400", text)));
    EXPECT_LE(reading.papers.size(), 1u);
  }
}

TEST(Hostile, AnotherCharsetIsNamed) {
  std::string latin = Feed(Item("2606.90001v1"));
  const std::string wide("\xFF\xFE<\0r\0s\0s\0", 10);
  EXPECT_EQ(Read(wide).outcome, Outcome::kWrongCharset);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "caf\xE9 ";
  EXPECT_EQ(Read(Feed(Item("2606.90001v1", "", "Tue, 23 Jun 2026 00:00:00 -0400", many))).outcome,
            Outcome::kWrongCharset);
  // One bad byte in a page does no harm.
  const Reading one =
      Read(Feed(Item("2606.90001v1", "", "Tue, 23 Jun 2026 00:00:00 -0400", "caf\xE9")));
  ASSERT_EQ(one.outcome, Outcome::kOk) << one.detail;
  EXPECT_EQ(one.papers[0].title(), "caf\xEF\xBF\xBD");
  EXPECT_THAT(one.detail, HasSubstr("1 bytes that are no UTF-8"));
  // Declared, it is converted.
  std::string declared =
      Feed(Item("2606.90001v1", "", "Tue, 23 Jun 2026 00:00:00 -0400", "caf\xE9"));
  declared.replace(declared.find("UTF-8"), 5, "ISO-8859-1");
  EXPECT_EQ(Read(declared).papers[0].title(), "café");
  declared.replace(declared.find("ISO-8859-1"), 10, "Windows-1252");
  EXPECT_EQ(Read(declared).outcome, Outcome::kWrongCharset);
}

TEST(Hostile, AbsurdDatesAndIdentifiersArePassedOverWithTheReason) {
  const Reading reading =
      Read(Feed(Item("2606.90001v1") + Item("2606.90002v1", "", "Thu, 01 Jan 1970 00:00:00 -0500") +
                Item("2606.90003v1", "", "Thu, 31 Dec 2099 00:00:00 -0500") + Item("9911.90004v1") +
                Item("nonsense") + Item("2613.90005v1") + Item("2606.90006v1")));
  EXPECT_EQ(reading.outcome, Outcome::kIncomplete);
  ASSERT_EQ(reading.papers.size(), 2u);
  EXPECT_EQ(reading.papers[1].arxiv_id(), "2606.90006");
  EXPECT_EQ(reading.passed_over, 5);
  std::vector<std::string> reasons;
  for (const PassedOver& entry : reading.reasons) reasons.push_back(entry.id + " " + entry.reason);
  EXPECT_THAT(reasons, testing::UnorderedElementsAre("2606.90002 announced 1970-01-01",
                                                     "2606.90003 announced 2099-12-31",
                                                     "9911.90004 an identifier of the future",
                                                     " no identifier", " no identifier"));
  // What is later than today is believed by nobody who knows what day it is.
  EXPECT_EQ(Read(Feed(Item("2606.90001v1")), absl::CivilDay(2026, 6, 22)).outcome,
            Outcome::kUnknown);
}

TEST(Hostile, RepeatedEntriesCountOnce) {
  const Reading reading =
      Read(Feed(Item("2606.90001v1") + Item("2606.90001v1") + Item("2606.90001v2")));
  EXPECT_EQ(reading.outcome, Outcome::kOk);
  EXPECT_EQ(reading.papers.size(), 2u);
  EXPECT_EQ(reading.repeated, 1);
}

TEST(Hostile, FieldsAreCutToTheirLengths) {
  const std::string megabyte(1u << 20, 'a');
  const Reading reading =
      Read(Feed(Item("2606.90001v1", "<dc:creator>" + megabyte + "</dc:creator>",
                     "Tue, 23 Jun 2026 00:00:00 -0400", megabyte)));
  ASSERT_EQ(reading.papers.size(), 1u);
  EXPECT_LE(reading.papers[0].title().size(), 2u << 10);
  EXPECT_LE(reading.papers[0].authors(0).name().size(), 256u);
  std::string names = "Author Number 1";
  for (int i = 2; i <= 3303; ++i) names += ", Author Number " + std::to_string(i);
  const Reading many = Read(Feed(Item("2606.90001v1", "<dc:creator>" + names + "</dc:creator>")));
  ASSERT_EQ(many.papers.size(), 1u);
  EXPECT_EQ(many.papers[0].authors_size(), 3303);
  EXPECT_EQ(many.papers[0].authors(3302).name(), "Author Number 3303");
}

}  // namespace
}  // namespace paperwire::ingest
