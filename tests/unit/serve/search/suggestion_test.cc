#include "services/serve/search/suggestion.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/serve/search/spelling.h"
#include "tests/unit/serve/search/cards.h"

namespace paperwire::serve::search {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

IndexPtr Library() {
  std::vector<Card> cards;
  for (int i = 10; i < 30; ++i) {
    cards.push_back({.id = "2606.000" + std::to_string(i),
                     .title = "Diffusion policies and attention",
                     .abstract = "Transformers and caches.",
                     .authors = {"Paul Erdős"}});
  }
  cards.push_back({.id = "2606.00001", .title = "Diffusive inference of GRPO"});
  return IndexOf(cards);
}

// Checks as well that what is suggested is found.
std::string Suggested(const IndexPtr& index, const std::string& text, const Options& options = {}) {
  const Query query = *ParseQuery(text, ReadSlug);
  EXPECT_EQ(Search(*index, query, options).total, 0) << text;
  const std::string suggestion = Suggest(*index, text, query, ReadSlug, options);
  if (!suggestion.empty()) {
    EXPECT_THAT(Find(index, suggestion, options), ::testing::Not(IsEmpty())) << suggestion;
  }
  return suggestion;
}

TEST(Suggestion, MendsAMisspeltWord) {
  EXPECT_EQ(Suggested(Library(), "difusion"), "diffusion");
  EXPECT_EQ(Suggested(Library(), "tranformres"), "transformers");
  EXPECT_EQ(Suggested(Library(), "gpro"), "grpo");
  EXPECT_EQ(Suggested(Library(), "xiffusion"), "diffusion");
}

TEST(Suggestion, IsAWordAsPapersHaveIt) {
  EXPECT_EQ(Suggested(Library(), "polikies"), "policies");
  EXPECT_EQ(Suggested(Library(), "cachez"), "caches");
}

TEST(Suggestion, LeavesTheRestOfTheQueryAsItIs) {
  EXPECT_EQ(Suggested(Library(), "attention difusion tag:theory -survey"),
            "attention diffusion tag:theory -survey");
  EXPECT_EQ(Suggested(Library(), "\"difusion polices\""), "\"diffusion policies\"");
  EXPECT_EQ(Suggested(Library(), "author:erdoz"), "author:erdős");
}

TEST(Suggestion, PrefersTheFrequentWordUnlessTheRareOneIsMuchNearer) {
  EXPECT_EQ(Suggested(Library(), "diffusio"), "diffusion");
  EXPECT_EQ(Suggested(Library(), "diffusivee"), "diffusive");
}

TEST(Suggestion, TakesAwayQuotesOrTheWordThatStandsInTheWay) {
  EXPECT_EQ(Suggested(Library(), "\"attention diffusion\""), "attention diffusion");
  EXPECT_EQ(Suggested(Library(), "diffusion zzzzzzzz"), "diffusion");
  EXPECT_EQ(Suggested(Library(), "diffusion attention grpo"), "diffusion attention");
}

TEST(Suggestion, IsNoneWhereNothingIsNear) {
  EXPECT_EQ(Suggested(Library(), "zzzzzzzz"), "");
  EXPECT_EQ(Suggested(Library(), "tag:nlp"), "");
  EXPECT_EQ(Suggested(Index::Empty(), "difusion"), "");
}

TEST(Suggestion, IsNoneForWordsThatAreNearlyAllUnknown) {
  EXPECT_EQ(Suggested(Library(), "difusion atention polices cachez"),
            "diffusion attention policies caches");
  EXPECT_EQ(Suggested(Library(), "difusion atention polizies cachez tranformers"), "");
}

TEST(Suggestion, HoldsUnderTheFilter) {
  Options options;
  options.keep = [](const EntryPtr& entry) { return entry->arxiv_id() == "2606.00001"; };
  EXPECT_EQ(Suggested(Library(), "difusion", options), "");
  EXPECT_EQ(Suggested(Library(), "gpro", options), "grpo");
}

TEST(Spelling, CountsLettersPutInTakenOutChangedAndSwapped) {
  const IndexPtr index = IndexOf({{.id = "2606.00001", .title = "gradient"}});
  for (const char* text : {"gradint", "grradient", "gradiemt", "gradeint"}) {
    const auto near = TermsNear(*index, text, 3);
    ASSERT_THAT(near, SizeIs(1)) << text;
    EXPECT_EQ(near[0].distance, 1) << text;
    EXPECT_EQ(near[0].papers, 1);
  }
  EXPECT_EQ(TermsNear(*index, "gadint", 3).at(0).distance, 2);
  EXPECT_THAT(TermsNear(*index, "gaint", 3), IsEmpty());
  EXPECT_THAT(TermsNear(*index, "gr", 3), IsEmpty());
}

TEST(Spelling, PassesNoNearTermBy) {
  // Against the plain way: every term, one at a time.
  const IndexPtr index = IndexOf({{.id = "2606.00001",
                                   .title = "abcdef abcdeg abcxef abydef bcdef abcdefg abcdefgh "
                                            "abdcef abcfed acbedf aabcdef abcef axcdef"}});
  std::vector<std::string> near;
  for (const NearTerm& term : TermsNear(*index, "abcdef", 100)) near.push_back(term.term);

  EXPECT_THAT(near, ::testing::UnorderedElementsAre("abcdeg", "abcxef", "abydef", "abcdefg",
                                                    "abcdefgh", "abdcef", "acbedf", "aabcdef",
                                                    "abcef", "axcdef", "abcfed"));
}

}  // namespace
}  // namespace paperwire::serve::search
