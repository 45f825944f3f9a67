#include "services/serve/kept_answers.h"

#include "gtest/gtest.h"

namespace paperwire::serve {
namespace {

Payload InPieces(const std::string& first, const std::string& second) {
  Payload payload(first);
  payload.Append(second);
  return payload;
}

TEST(KeptAnswersTest, GivesWhatWasKeptInOnePieceToWhoAsksTheSame) {
  KeptAnswers kept;
  EXPECT_FALSE(kept.Find("first page"));

  EXPECT_EQ(kept.Keep("first page", InPieces("some", "cards")).Flat(), "somecards");
  ASSERT_TRUE(kept.Find("first page"));
  EXPECT_EQ(kept.Find("first page")->Flat(), "somecards");
  EXPECT_EQ(kept.Find("first page")->pieces().size(), 1u);
  EXPECT_FALSE(kept.Find("second page"));
}

TEST(KeptAnswersTest, NeverGivesTheAnswerToAnotherQuestion) {
  KeptAnswers kept;
  for (int i = 0; i < 1000; ++i) kept.Keep(std::to_string(i), Payload("to " + std::to_string(i)));
  int found = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto answer = kept.Find(std::to_string(i));
    if (!answer) continue;
    ++found;
    EXPECT_EQ(answer->Flat(), "to " + std::to_string(i));
  }
  EXPECT_GT(found, 0);
  EXPECT_LE(found, 16);
}

TEST(KeptAnswersTest, KeepsNothingLarge) {
  KeptAnswers kept;
  const std::string large(200 << 10, 'x');
  EXPECT_EQ(kept.Keep("all", InPieces(large, large)).size(), 2 * large.size());
  EXPECT_FALSE(kept.Find("all"));
  kept.Keep(large, Payload("little"));
  EXPECT_FALSE(kept.Find(large));
}

TEST(KeptAnswersTest, BeginsEmptyAsACopy) {
  KeptAnswers kept;
  kept.Keep("first page", Payload("cards"));
  const KeptAnswers copy(kept);
  EXPECT_FALSE(copy.Find("first page"));
  EXPECT_TRUE(kept.Find("first page"));
}

}  // namespace
}  // namespace paperwire::serve
