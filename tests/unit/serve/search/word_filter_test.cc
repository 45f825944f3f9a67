#include "services/serve/search/word_filter.h"

#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/search/cards.h"

namespace paperwire::serve::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

WordFilter Including(const std::vector<std::string>& words,
                     const std::vector<std::string>& excluded = {}) {
  WordFilter filter;
  for (const std::string& word : words) EXPECT_TRUE(filter.Include(word).ok()) << word;
  for (const std::string& word : excluded) EXPECT_TRUE(filter.Exclude(word).ok()) << word;
  return filter;
}

TEST(WordFilter, TakesAnyOfTheWordsAndNoneOfTheOthersButNotInNames) {
  const IndexPtr index =
      IndexOf({{.id = "1", .title = "Sparse attention"},
               {.id = "2", .title = "Dense attention"},
               {.id = "3", .title = "Policies", .authors = {"Ann Attention"}},
               {.id = "4", .title = "Sparse policies", .abstract = "A survey."}});
  const auto ids = [&](const WordFilter& filter) {
    std::vector<std::string> found;
    for (const ServedEntry* entry : filter.MatchesIn(*index)) found.push_back(entry->arxiv_id());
    std::sort(found.begin(), found.end());
    return found;
  };

  EXPECT_THAT(ids(Including({"attention"})), ElementsAre("1", "2"));
  EXPECT_THAT(ids(Including({"sparse", "policy"})), ElementsAre("1", "3", "4"));
  EXPECT_THAT(ids(Including({"policy"}, {"surveys"})), ElementsAre("3"));
  EXPECT_THAT(ids(Including({}, {"attention", "survey"})), ElementsAre("3"));
  EXPECT_THAT(ids(Including({"sparse policy"})), ElementsAre("4"));
  EXPECT_THAT(ids(Including({"absent"})), IsEmpty());
}

// An index that grew change by change, so that its papers lie in several parts.
TEST(WordFilter, FindsAmongAFewWhatItFindsAmongAll) {
  std::mt19937 random(7);
  const std::vector<std::string> words = {"sparse", "dense", "policy", "attention", "kernel"};
  const auto word = [&] { return words[random() % words.size()]; };
  IndexPtr index = Index::Empty();
  std::vector<EntryPtr> entries;
  for (int i = 0; i < 300; ++i) {
    entries.push_back(ServedEntry::Make(
        MessageOf({.id = std::to_string(1000 + i), .title = word() + " and " + word()})));
    index = index->After({&entries.back(), 1}, {});
  }
  ASSERT_GT(index->parts().size(), 2U);
  for (int round = 0; round < 50; ++round) {
    const WordFilter filter = Including({word(), word() + " " + word()}, {word()});
    const std::vector<const ServedEntry*> all = filter.MatchesIn(*index);
    std::vector<EntryPtr> few;
    std::vector<const ServedEntry*> expected;
    for (const EntryPtr& entry : entries) {
      if (random() % 20 != 0) continue;
      few.push_back(entry);
      if (std::find(all.begin(), all.end(), entry.get()) != all.end()) {
        expected.push_back(entry.get());
      }
    }
    std::sort(expected.begin(), expected.end());

    EXPECT_EQ(filter.MatchesAmong(*index, few), expected);
  }
}

}  // namespace
}  // namespace paperwire::serve::search
