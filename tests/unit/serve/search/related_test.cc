#include "services/serve/search/related.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/search/cards.h"

namespace paperwire::serve::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Card> Shelf() {
  std::vector<Card> cards = {
      {.id = "2606.00001",
       .title = "Masked diffusion for protein folding",
       .abstract = "Masked diffusion folds proteins.",
       .tags = {"generative-models"},
       .keywords = {"masked diffusion", "protein folding"}},
      {.id = "2606.00002",
       .title = "Folding proteins by masked diffusion",
       .abstract = "A second look at protein folding.",
       .tags = {"generative-models"},
       .keywords = {"masked diffusion"}},
      {.id = "2606.00003", .title = "Protein language", .abstract = "Words of proteins."},
      {.id = "2606.00004",
       .title = "Bandits",
       .abstract = "Regret.",
       .tags = {"generative-models"}}};
  for (int i = 10; i < 40; ++i) {
    cards.push_back({.id = "2606.000" + std::to_string(i), .title = "A thing"});
  }
  return cards;
}

std::vector<std::string> RelatedTo(const IndexPtr& index, const std::string& id, size_t limit = 5) {
  Options options;
  options.limit = limit;
  std::vector<std::string> ids;
  for (const Hit& hit : FindRelated(*index, *index->Find(id), options)) {
    ids.push_back(IdOf(*index, hit));
  }
  return ids;
}

TEST(Related, SharesRareWordsKeywordsAndTags) {
  EXPECT_THAT(RelatedTo(IndexOf(Shelf()), "2606.00001", 2),
              ElementsAre("2606.00002", "2606.00003"));
}

TEST(Related, IsNeverThePaperItself) {
  const IndexPtr index = IndexOf(Shelf());
  for (const Card& card : Shelf()) {
    EXPECT_THAT(RelatedTo(index, card.id, 20), ::testing::Not(::testing::Contains(card.id)));
  }
}

TEST(Related, IsNothingWhereOnlyATagIsShared) {
  EXPECT_THAT(RelatedTo(IndexOf(Shelf()), "2606.00001", 20),
              ::testing::Not(::testing::Contains("2606.00004")));
  EXPECT_THAT(RelatedTo(IndexOf(Shelf()), "2606.00004"), IsEmpty());
}

TEST(Related, IsTheSameInWhateverOrderThePapersCame) {
  std::vector<Card> shelf = Shelf();
  const std::vector<std::string> related = RelatedTo(IndexOf(shelf), "2606.00002", 20);
  std::reverse(shelf.begin(), shelf.end());
  EXPECT_EQ(RelatedTo(IndexOf(shelf), "2606.00002", 20), related);
}

}  // namespace
}  // namespace paperwire::serve::search
