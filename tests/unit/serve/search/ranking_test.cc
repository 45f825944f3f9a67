// What is found, and in which order, on invented papers.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/search/cards.h"

namespace paperwire::serve::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

IndexPtr Library() {
  return IndexOf({
      {.id = "2606.00001",
       .title = "Masked Diffusion Models for Text",
       .abstract = "We fine-tune masked diffusion models on text.",
       .authors = {"Jane A. Doe", "Bo An"},
       .announced = "2026-06-23",
       .tags = {"generative-models", "nlp"},
       .categories = {"cs.LG", "cs.CL"},
       .keywords = {"masked diffusion"}},
      {.id = "2606.00002",
       .title = "Graph Networks at Scale",
       .abstract = "Messages spread over graphs like diffusion. Finetuning is not needed.",
       .authors = {"Paul Erdős", "Doe Smith"},
       .announced = "2026-06-22",
       .tags = {"graph-learning"},
       .categories = {"cs.LG", "stat.ML"}},
      {.id = "2606.00003",
       .title = "Group Relative Policies",
       .abstract = "GRPO trains large language models with $k$-means baselines of graphs.",
       .authors = {"Jane Smith", "Adam Doe"},
       .announced = "2026-06-22",
       .tags = {"reinforcement-learning", "large-language-models"},
       .categories = {"stat.ML"},
       .summary = "The policy is trained with grouped rewards."},
      {.id = "2606.00004",
       .title = "Large Models, Small Language",
       .abstract = "Self-supervised training of models, large or not, for language.",
       .announced = "2026-06-19",
       .tags = {"nlp"},
       .categories = {"math.OC"}},
  });
}

TEST(Ranking, PutsAWordOfTheTitleFirst) {
  EXPECT_THAT(Find(Library(), "diffusion"), ElementsAre("2606.00001", "2606.00002"));
}

TEST(Ranking, AsksForAllWords) {
  EXPECT_THAT(Find(Library(), "diffusion graphs"), ElementsAre("2606.00002"));
  EXPECT_THAT(Find(Library(), "diffusion policies"), IsEmpty());
}

TEST(Ranking, PutsTheRarerWordBeforeTheOftenSaidOne) {
  std::vector<Card> cards;
  for (int i = 1; i <= 9; ++i) {
    cards.push_back({.id = "2606.1000" + std::to_string(i), .title = "A common thing"});
  }
  cards.push_back({.id = "2606.20000", .title = "Common and rare"});
  Options any;
  any.any = true;
  EXPECT_EQ(Find(IndexOf(cards), "common rare", any).front(), "2606.20000");
}

TEST(Ranking, PutsTheShorterTextBeforeTheLongOne) {
  const IndexPtr index =
      IndexOf({{.id = "2606.00001", .title = "Noise in a very long title about everything else"},
               {.id = "2606.00002", .title = "Noise"}});
  EXPECT_THAT(Find(index, "noise"), ElementsAre("2606.00002", "2606.00001"));
}

TEST(Ranking, OfEqualPapersIsByDateAndThenById) {
  const IndexPtr index = IndexOf({{.id = "2606.00001", .announced = "2026-06-22"},
                                  {.id = "2606.00003", .announced = "2026-06-22"},
                                  {.id = "2606.00002", .announced = "2026-06-23"}});
  EXPECT_THAT(Find(index, "nothing"), ElementsAre("2606.00002", "2606.00003", "2606.00001"));
}

TEST(Finding, APhraseAsksForTheWordsInARow) {
  EXPECT_THAT(Find(Library(), "large language models"),
              UnorderedElementsAre("2606.00003", "2606.00004"));
  EXPECT_THAT(Find(Library(), "\"large language models\""), ElementsAre("2606.00003"));
  EXPECT_THAT(Find(Library(), "\"messages over\""), IsEmpty());
  EXPECT_THAT(Find(Library(), "\"spread over graphs\""), ElementsAre("2606.00002"));
}

TEST(Finding, APhraseDoesNotReachIntoTheNextField) {
  const IndexPtr index = IndexOf({{.id = "2606.00001",
                                   .title = "Alpha beta",
                                   .abstract = "Gamma delta.",
                                   .keywords = {"one two", "three four"}}});
  EXPECT_THAT(Find(index, "\"alpha beta\""), ElementsAre("2606.00001"));
  EXPECT_THAT(Find(index, "\"beta gamma\""), IsEmpty());
  EXPECT_THAT(Find(index, "\"two three\""), IsEmpty());
}

TEST(Finding, LeavesOutWhatIsExcluded) {
  EXPECT_THAT(Find(Library(), "diffusion -graph"), ElementsAre("2606.00001"));
  EXPECT_THAT(Find(Library(), "diffusion -\"masked diffusion\""), ElementsAre("2606.00002"));
  EXPECT_THAT(Find(Library(), "-diffusion"), ElementsAre("2606.00003", "2606.00004"));
  EXPECT_THAT(Find(Library(), "-author:doe"), ElementsAre("2606.00004"));
}

TEST(Finding, GoesByFieldsAloneByDate) {
  EXPECT_THAT(Find(Library(), "cat:stat.ML"), ElementsAre("2606.00003", "2606.00002"));
  EXPECT_THAT(Find(Library(), "cat:CS"), ElementsAre("2606.00001", "2606.00002"));
  EXPECT_THAT(Find(Library(), "tag:nlp"), ElementsAre("2606.00001", "2606.00004"));
  EXPECT_THAT(Find(Library(), "-tag:nlp"), ElementsAre("2606.00003", "2606.00002"));
  EXPECT_THAT(Find(Library(), "date:2026-06-20.."),
              ElementsAre("2606.00001", "2606.00003", "2606.00002"));
  EXPECT_THAT(Find(Library(), "-date:2026-06-22"), ElementsAre("2606.00001", "2606.00004"));
  EXPECT_THAT(Find(Library(), "date:2026-06-22..2026-06-22 tag:graph-learning"),
              ElementsAre("2606.00002"));
}

TEST(Finding, FindsAnAuthorWhateverTheAccentsAndTheOrder) {
  EXPECT_THAT(Find(Library(), "author:erdos"), ElementsAre("2606.00002"));
  EXPECT_THAT(Find(Library(), "Erdős"), ElementsAre("2606.00002"));
  EXPECT_THAT(Find(Library(), "author:\"Doe, Jane\""), ElementsAre("2606.00001"));
  EXPECT_THAT(Find(Library(), "author:\"jane doe\""), ElementsAre("2606.00001"));
  EXPECT_THAT(Find(Library(), "author:\"an\""), ElementsAre("2606.00001"));
  EXPECT_THAT(Find(Library(), "author:diffusion"), IsEmpty());
}

TEST(Finding, FindsAccentsAlsoByTheirPlainLetters) {
  const IndexPtr plain = IndexOf({{.id = "2606.00001", .authors = {"Paul Erdos"}}});
  EXPECT_THAT(Find(plain, "author:Erdős"), ElementsAre("2606.00001"));
}

TEST(Finding, TakesHyphensAnyWay) {
  EXPECT_THAT(Find(Library(), "fine-tuning"), ElementsAre("2606.00002"));
  EXPECT_THAT(Find(Library(), "finetune"), ElementsAre("2606.00001"));
  EXPECT_THAT(Find(Library(), "fine tune"), ElementsAre("2606.00001"));
  EXPECT_THAT(Find(Library(), "\"self supervised\""), ElementsAre("2606.00004"));
  EXPECT_THAT(Find(Library(), "self-supervised"), ElementsAre("2606.00004"));
  EXPECT_THAT(Find(Library(), "supervised-self"), IsEmpty());
  EXPECT_THAT(Find(Library(), "k-means"), ElementsAre("2606.00003"));
}

TEST(Finding, TakesPluralsAndAcronyms) {
  EXPECT_THAT(Find(Library(), "policies"), ElementsAre("2606.00003"));
  EXPECT_THAT(Find(Library(), "grpo"), ElementsAre("2606.00003"));
  EXPECT_THAT(Find(Library(), "title:policy"), ElementsAre("2606.00003"));
  EXPECT_THAT(Find(Library(), "title:baselines"), IsEmpty());
}

TEST(Finding, APrefixStandsForAllThatBeginsWithIt) {
  EXPECT_THAT(Find(Library(), "polic*"), ElementsAre("2606.00003"));
  EXPECT_THAT(Find(Library(), "policies*"), ElementsAre("2606.00003"));
  EXPECT_THAT(Find(Library(), "gr*"), UnorderedElementsAre("2606.00002", "2606.00003"));
  EXPECT_THAT(Find(Library(), "author:erd*"), ElementsAre("2606.00002"));
  EXPECT_THAT(Find(Library(), "self-super*"), ElementsAre("2606.00004"));
  EXPECT_THAT(Find(Library(), "-di*"), ElementsAre("2606.00003", "2606.00004"));
  const IndexPtr caches = IndexOf({{.id = "2606.00001", .title = "Caches"}});
  EXPECT_THAT(Find(caches, "cache*"), ElementsAre("2606.00001"));
}

TEST(Finding, FindsAPaperByItsId) {
  EXPECT_THAT(Find(Library(), "arXiv:2606.00003v4"), ElementsAre("2606.00003"));
  EXPECT_THAT(Find(Library(), "-2606.00003 graph"), ElementsAre("2606.00002"));
}

TEST(Finding, GoesOnWhereThePageBeforeEnded) {
  std::vector<Card> cards;
  for (int i = 10; i < 60; ++i) {
    cards.push_back({.id = "2606.000" + std::to_string(i),
                     .title = "Noise" + std::string(i % 3 == 0 ? " and noise" : ""),
                     .announced = i % 2 == 0 ? "2026-06-22" : "2026-06-23"});
  }
  const IndexPtr index = IndexOf(cards);
  Options all;
  all.limit = 100;
  const std::vector<std::string> whole = Find(index, "noise", all);
  ASSERT_EQ(whole.size(), 50);

  const Query query = *ParseQuery("noise", ReadSlug);
  std::vector<std::string> paged;
  Options page;
  page.limit = 7;
  while (true) {
    const Results results = Search(*index, query, page);
    EXPECT_EQ(results.total, 50);
    for (const std::string& id : IdsOf(*index, results)) paged.push_back(id);
    if (!results.more) break;
    const Hit& last = results.hits.back();
    page.after = After{.score = last.score, .day = last.day, .arxiv_id = IdOf(*index, last)};
  }

  EXPECT_EQ(paged, whole);
}

TEST(Finding, GoesOnBehindAPaperWhoseScoreHasMoved) {
  const std::vector<Card> cards = {{.id = "2606.00001", .title = "Noise noise noise"},
                                   {.id = "2606.00002", .title = "Noise noise and more"},
                                   {.id = "2606.00003", .title = "Noise and a great deal more"}};
  const Query query = *ParseQuery("noise", ReadSlug);
  IndexPtr index = IndexOf(cards);
  Options page;
  page.limit = 1;
  const Hit first = Search(*index, query, page).hits.front();
  page.after = After{.score = first.score, .day = first.day, .arxiv_id = IdOf(*index, first)};
  std::vector<v1::Entry> others;
  for (int i = 100; i < 200; ++i) {
    others.push_back(MessageOf({.id = "2606.01" + std::to_string(i), .title = "Other things"}));
  }
  index = Put(index, others);

  EXPECT_THAT(IdsOf(*index, Search(*index, query, page)), ElementsAre("2606.00002"));
}

TEST(Finding, KeepsWhatTheFilterKeepsAndWhatIsNotTooOld) {
  Options options;
  options.keep = [](const EntryPtr& entry) { return entry->arxiv_id() != "2606.00001"; };
  EXPECT_THAT(Find(Library(), "diffusion", options), ElementsAre("2606.00002"));
  options = {};
  options.oldest = DayOf("2026-06-23");
  EXPECT_THAT(Find(Library(), "diffusion", options), ElementsAre("2606.00001"));
}

}  // namespace
}  // namespace paperwire::serve::search
