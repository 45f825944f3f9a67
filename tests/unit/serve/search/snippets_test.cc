#include "services/serve/search/snippets.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/paper/text.h"
#include "tests/unit/serve/search/cards.h"

namespace paperwire::serve::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// As "title: On [noise]", the matches in brackets.
std::vector<std::string> SnippetsOf(const Card& card, const std::string& text) {
  const IndexPtr index = IndexOf({card});
  const Query query = *ParseQuery(text, ReadSlug);
  const Results results = Search(*index, query, {});
  if (results.hits.empty()) return {"not found"};
  const Segment& segment = *index->parts()[0].segment;
  std::vector<std::string> shown;
  SnippetMaker maker(*index, query);
  for (const v1::Snippet& snippet :
       maker.Make(results.hits[0].place, EntryText(*segment.entry(0)))) {
    std::string marked = snippet.text();
    for (int i = snippet.matches_size() - 1; i >= 0; --i) {
      marked.insert(snippet.matches(i).end(), "]");
      marked.insert(snippet.matches(i).begin(), "[");
    }
    shown.push_back(snippet.field() + ": " + marked);
  }
  return shown;
}

TEST(Snippets, ShowTheTitleAndASentence) {
  EXPECT_THAT(
      SnippetsOf({.id = "2606.00001",
                  .title = "Noise in Networks",
                  .abstract = "We measure the noises of networks."},
                 "noise"),
      ElementsAre("title: [Noise] in Networks", "abstract: We measure the [noises] of networks."));
}

TEST(Snippets, ShowWhatIsFoundElsewhereAndNothingTwice) {
  EXPECT_THAT(
      SnippetsOf({.id = "2606.00001",
                  .title = "Noise",
                  .abstract = "A bound on noise.",
                  .authors = {"Ada Quill", "Jane Doe"},
                  .keywords = {"gradient noise", "bound"},
                  .highlights = {"Nothing.", "The bound is tight."},
                  .summary = "A bound on noise."},
                 "noise doe tight"),
      ElementsAre("title: [Noise]", "highlights: The bound is [tight].", "authors: Jane [Doe]"));
}

TEST(Snippets, MarkPhrasesNamesPrefixesAndJoinedWords) {
  EXPECT_THAT(SnippetsOf({.id = "2606.00001", .abstract = "Large language models and language."},
                         "\"large language\""),
              ElementsAre("abstract: [Large language] models and language."));
  EXPECT_THAT(
      SnippetsOf({.id = "2606.00001", .authors = {"Bo An", "Jane A. Doe"}}, "author:\"doe jane\""),
      ElementsAre("authors: [Jane] A. [Doe]"));
  EXPECT_THAT(SnippetsOf({.id = "2606.00001", .title = "Policies"}, "poli*"),
              ElementsAre("title: [Policies]"));
  EXPECT_THAT(SnippetsOf({.id = "2606.00001", .title = "On fine-tuning"}, "finetuning"),
              ElementsAre("title: On [fine-tuning]"));
  EXPECT_THAT(SnippetsOf({.id = "2606.00001", .title = "On finetuning"}, "fine-tuning"),
              ElementsAre("title: On [finetuning]"));
}

TEST(Snippets, CountBytesOfUtf8) {
  EXPECT_THAT(SnippetsOf({.id = "2606.00001", .title = "Über Erdős’ noise"}, "noise erdos"),
              ElementsAre("title: Über [Erdős]’ [noise]"));
}

TEST(Snippets, AreNoneOfFieldsThatAreNoText) {
  EXPECT_THAT(SnippetsOf({.id = "2606.00001"}, "tag:theory cat:cs.LG"), IsEmpty());
  EXPECT_THAT(SnippetsOf({.id = "2606.00001"}, "-noise"), IsEmpty());
}

TEST(Snippets, AreCutAtTheBordersOfWordsAroundTheMatch) {
  std::string abstract;
  for (int i = 0; i < 80; ++i) abstract += "früh ";
  const std::string shown =
      SnippetsOf({.id = "2606.00001", .abstract = abstract + "the needle " + abstract + "ends."},
                 "needle")
          .at(0);

  EXPECT_EQ(shown.find("abstract: …früh "), 0);
  EXPECT_NE(shown.find("früh the [needle] früh"), std::string::npos);
  EXPECT_TRUE(shown.ends_with("früh…"));
  EXPECT_LE(shown.size(), kLongestSnippet + 20);
  EXPECT_EQ(paper::CountBadBytes(shown), 0);
}

TEST(Snippets, ReachToTheEndWhereTheMatchIsNearIt) {
  std::string abstract;
  for (int i = 0; i < 80; ++i) abstract += "early ";
  const std::string shown =
      SnippetsOf({.id = "2606.00001", .abstract = abstract + "a needle."}, "needle").at(0);

  EXPECT_TRUE(shown.ends_with("a [needle]."));
  EXPECT_GE(shown.size(), 180);
}

TEST(Snippets, ShowMathWholeOrNotAtAll) {
  std::string abstract;
  for (int i = 0; i < 30; ++i) abstract += "early ";
  abstract += "$\\mathcal{O}(\\sqrt{n \\log n})$ is the needle";
  for (int i = 0; i < 33; ++i) abstract += " later";
  abstract += " $\\frac{a}{b + c + d + e + f + g}$ and more later words that go on and on";
  const std::string shown = SnippetsOf({.id = "2606.00001", .abstract = abstract}, "needle").at(0);

  EXPECT_EQ(std::count(shown.begin(), shown.end(), '$') % 2, 0) << shown;
}

TEST(Snippets, PreferTheStretchThatHoldsMoreOfTheWords) {
  std::string filler;
  for (int i = 0; i < 60; ++i) filler += " filler";
  const std::string shown =
      SnippetsOf({.id = "2606.00001",
                  .abstract = "Noise." + filler + " a bound on noise, at last." + filler},
                 "noise bound")
          .at(0);

  EXPECT_NE(shown.find("[bound] on [noise]"), std::string::npos);
}

TEST(EntryText, IsTheFieldsOfTheMessage) {
  const EntryPtr entry = ServedEntry::Make(MessageOf({.id = "2606.00001",
                                                      .title = "A title",
                                                      .abstract = "An abstract.",
                                                      .authors = {"Ada Quill", "Bo An"},
                                                      .keywords = {"one", "two"},
                                                      .tldr = "In short.",
                                                      .highlights = {"First.", "Second."},
                                                      .summary = "Long."}));
  const EntryText text(*entry);
  EXPECT_THAT(text.of(Field::kTitle), ElementsAre("A title"));
  EXPECT_THAT(text.of(Field::kAuthors), ElementsAre("Ada Quill", "Bo An"));
  EXPECT_THAT(text.of(Field::kKeywords), ElementsAre("one", "two"));
  EXPECT_THAT(text.of(Field::kTldr), ElementsAre("In short."));
  EXPECT_THAT(text.of(Field::kHighlights), ElementsAre("First.", "Second."));
  EXPECT_THAT(text.of(Field::kAbstract), ElementsAre("An abstract."));
  EXPECT_THAT(text.of(Field::kSummary), ElementsAre("Long."));
  EXPECT_THAT(text.of(Field::kMethodology), IsEmpty());
}

}  // namespace
}  // namespace paperwire::serve::search
