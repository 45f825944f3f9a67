#include "services/serve/search/query.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/search/cards.h"

namespace paperwire::serve::search {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Query Read(const std::string& text) {
  absl::StatusOr<Query> query = ParseQuery(text, ReadSlug);
  EXPECT_TRUE(query.ok()) << query.status();
  return query.ok() ? *std::move(query) : Query();
}

std::string Refusal(const std::string& text) {
  const absl::StatusOr<Query> query = ParseQuery(text, ReadSlug);
  EXPECT_EQ(query.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(query.status().message());
}

// A row as "large language model", "diffus*".
std::string Row(const Clause& clause) {
  std::string row;
  for (const Slot& slot : clause.any.front().slots) row += (row.empty() ? "" : " ") + slot.term;
  return row + (clause.any.front().prefix ? "*" : "");
}

TEST(Query, IsWordsPhrasesAndExclusions) {
  const Query query = Read("Diffusion \"large language models\" -survey -\"user study\"");

  ASSERT_EQ(query.all.size(), 2);
  EXPECT_EQ(Row(query.all[0]), "diffusion");
  EXPECT_EQ(Row(query.all[1]), "large language model");
  ASSERT_EQ(query.none.size(), 2);
  EXPECT_EQ(Row(query.none[0]), "survey");
  EXPECT_EQ(Row(query.none[1]), "user study");
}

TEST(Query, TakesQuotesOfAnyFormAndOneThatIsNeverClosed) {
  EXPECT_EQ(Row(Read("“graph networks”").all[0]), "graph network");
  EXPECT_EQ(Row(Read("\"graph networks").all[0]), "graph network");
  EXPECT_EQ(Read("one\"two three\"four").all.size(), 3);
}

TEST(Query, HasFieldsWithQuotedValues) {
  const Query query = Read("author:\"jane doe\" tag:vision cat:cs.LG title:noise -author:smith");

  ASSERT_EQ(query.all.size(), 4);
  EXPECT_EQ(Row(query.all[0]), "jane doe");
  EXPECT_EQ(query.all[0].groups, SetOf(Group::kAuthors));
  EXPECT_EQ(Row(query.all[1]), "\x01tvision");
  EXPECT_EQ(Row(query.all[2]),
            "\x01"
            "ccs.lg");
  EXPECT_EQ(query.all[3].groups, SetOf(Group::kTitle));
  ASSERT_EQ(query.none.size(), 1);
  EXPECT_EQ(Row(query.none[0]), "smith");
}

TEST(Query, ReadsDatesAndRangesOpenAtEitherEnd) {
  EXPECT_TRUE(Read("date:2026-06-23").days.Hold(DayOf("2026-06-23")));
  EXPECT_FALSE(Read("date:2026-06-23").days.Hold(DayOf("2026-06-24")));
  const Days range = Read("date:2026-06-20..2026-06-23").days;
  EXPECT_TRUE(range.Hold(DayOf("2026-06-20")));
  EXPECT_TRUE(range.Hold(DayOf("2026-06-23")));
  EXPECT_FALSE(range.Hold(DayOf("2026-06-24")));
  EXPECT_TRUE(Read("date:2026-06-20..").days.Hold(DayOf("2030-01-01")));
  EXPECT_TRUE(Read("date:..2026-06-20").days.Hold(DayOf("2020-01-01")));
  EXPECT_FALSE(Read("date:..2026-06-20").days.Hold(DayOf("2026-06-21")));
  EXPECT_EQ(Read("-date:2026-06-23").not_days.size(), 1);
}

TEST(Query, ReadsATitleWithAColonAsWords) {
  EXPECT_EQ(Read("BERT: Pre-training of Deep Networks").all.size(), 4);
  EXPECT_EQ(Read("std::vector").all.size(), 1);
}

TEST(Query, TakesAnIdInAnyForm) {
  for (const char* text :
       {"2606.01234", "arXiv:2606.01234v2", "https://arxiv.org/abs/2606.01234", "2606.01234v1"}) {
    const Query query = Read(text);
    ASSERT_EQ(query.all.size(), 1) << text;
    EXPECT_EQ(Row(query.all[0]), "\x01i2606.01234") << text;
  }
}

TEST(Query, LeavesOutWordsThatSayNothing) {
  const Query query = Read("the shape of noise ?! - *");

  ASSERT_EQ(query.all.size(), 2);
  EXPECT_EQ(Row(query.all[0]), "shape");
  EXPECT_EQ(Row(query.all[1]), "nois");
  EXPECT_EQ(Read("\"shape of the noise\"").all[0].any.front().slots[1].offset, 3);
}

TEST(Query, KnowsWhereItsPartsStand) {
  const std::string text = "noise -author:\"jane doe\"";
  const Query query = Read(text);

  const Clause& clause = query.none[0];
  EXPECT_EQ(text.substr(clause.begin, clause.end - clause.begin), "-author:\"jane doe\"");
  const Slot& slot = clause.any.front().slots[1];
  EXPECT_EQ(text.substr(slot.begin, slot.end - slot.begin), "doe");
}

TEST(Query, RefusesWhatHoldsNothingToLookFor) {
  EXPECT_THAT(Refusal(""), StartsWith("query: must hold a word"));
  EXPECT_THAT(Refusal("  \t "), StartsWith("query: must hold a word"));
  EXPECT_THAT(Refusal("\"\" - ***"), StartsWith("query: must hold a word"));
  EXPECT_THAT(Refusal("the of"), StartsWith("query: holds only words that nearly every text has"));
}

TEST(Query, RefusesUnknownFieldsTagsAndDatesAndSaysWhatIsKnown) {
  EXPECT_EQ(Refusal("year:2026"),
            "query: \"year:\" is no field; known are tag:, cat:, author:, title: and date:; in "
            "quotes it is words");
  EXPECT_EQ(Refusal("tag:nonsense"), "query: unknown tag 'nonsense' (ListTags names them)");
  for (const char* text : {"date:yesterday", "date:2026-02-30", "date:..", "date:2026-06",
                           "date:2026-06-20..soon", "date:2026-06-20...2026-06-22"}) {
    EXPECT_THAT(Refusal(text), HasSubstr("known are date:2026-06-23")) << text;
  }
  EXPECT_THAT(Refusal("date:2026-06-23..2026-06-20"), HasSubstr("ends before it begins"));
  EXPECT_THAT(Refusal("cat:cs/LG"), HasSubstr("no arXiv category"));
}

TEST(Query, RefusesWhatIsTooMuch) {
  EXPECT_THAT(Refusal(std::string(10000, 'x')), StartsWith("query: is too long"));
  std::string words;
  for (int i = 0; i < 33; ++i) words += "w" + std::to_string(i) + " ";
  EXPECT_THAT(Refusal(words), StartsWith("query: has too many words"));
  EXPECT_THAT(Refusal("\"" + words + "\""), StartsWith("query: a phrase has at most"));
  EXPECT_THAT(Refusal("aa* bb* cc* dd* ee*"), StartsWith("query: has too many words with a *"));
  EXPECT_THAT(Refusal("a*"), HasSubstr("at least two letters"));
}

TEST(Query, RefusesWhatIsNoUtf8) { EXPECT_EQ(Refusal("noise \xff"), "query: is not UTF-8"); }

}  // namespace
}  // namespace paperwire::serve::search
