#include "services/summarize/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace paperwire::summarize {
namespace {

std::vector<std::string> Texts(std::string_view sentence) {
  std::vector<Token> tokens;
  ReadTokens(sentence, tokens);
  std::vector<std::string> texts;
  for (const Token& token : tokens) {
    texts.emplace_back(sentence.substr(token.begin, token.end - token.begin));
  }
  return texts;
}

Token Only(std::string_view sentence) {
  std::vector<Token> tokens;
  ReadTokens(sentence, tokens);
  EXPECT_EQ(tokens.size(), 1u) << sentence;
  return tokens.empty() ? Token{} : tokens[0];
}

TEST(Tokens, AreWordsNumbersAndMath) {
  EXPECT_THAT(Texts("We cut cost by 1,200.5 (a state-of-the-art 3%) for $x_1 + y$."),
              testing::ElementsAre("We", "cut", "cost", "by", "1,200.5", "a", "state", "of", "the",
                                   "art", "3", "for", "$x_1 + y$"));
}

TEST(Tokens, OfDisplayMathAreOne) {
  EXPECT_THAT(Texts("so $$a=b$$ holds"), testing::ElementsAre("so", "$$a=b$$", "holds"));
}

TEST(Tokens, ADollarThatNothingClosesIsASign) {
  EXPECT_THAT(Texts("it costs $5 a day"), testing::ElementsAre("it", "costs", "5", "a", "day"));
}

TEST(Tokens, WordsAreTheSameInAnyCaseAndStemsAreShared) {
  EXPECT_EQ(Only("Learning").hash, Only("learning").hash);
  EXPECT_EQ(Only("learning").hash, HashWord("learning"));
  EXPECT_NE(Only("learning").hash, Only("learned").hash);
  EXPECT_EQ(Only("learning").stem, Only("learned").stem);
  EXPECT_EQ(Only("3").hash, Only("1,024").hash);
}

TEST(Tokens, CapitalsInsideMarkNames) {
  EXPECT_TRUE(Only("MoE").inner_capital);
  EXPECT_FALSE(Only("Router").inner_capital);
}

}  // namespace
}  // namespace paperwire::summarize
