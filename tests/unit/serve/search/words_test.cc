#include "services/serve/search/words.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/serve/search/terms.h"

namespace paperwire::serve::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> WordsOf(const std::string& text) {
  std::vector<std::string> words;
  WordScanner scanner(text);
  for (Word word; scanner.Next(word);) {
    words.push_back((word.joined ? "-" : "") + text.substr(word.begin, word.end - word.begin));
  }
  return words;
}

std::vector<std::string> TermsOf(const std::string& text) {
  std::vector<std::string> terms;
  EachTerm(text, [&](std::string_view term, uint32_t position) {
    terms.push_back(std::string(term) + "@" + std::to_string(position));
  });
  return terms;
}

std::string Folded(const std::string& word) {
  std::string folded;
  FoldWord(word, folded);
  return folded;
}

std::string Singular(std::string word) {
  TakePlural(word, 0);
  return word;
}

TEST(Words, AreLettersAndDigitsAndKnowWhatJoinsThem) {
  EXPECT_THAT(WordsOf("A self-supervised model, GPT-4.1 (2026)."),
              ElementsAre("A", "self", "-supervised", "model", "GPT", "-4.1", "2026"));
  EXPECT_THAT(WordsOf("a -- b - c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(WordsOf("Jensen–Shannon and O’Hara"),
              ElementsAre("Jensen", "-Shannon", "and", "O", "-Hara"));
  EXPECT_THAT(WordsOf(""), IsEmpty());
  EXPECT_THAT(WordsOf("... $$ -- \\"), IsEmpty());
}

TEST(Words, LoseAPossessive) {
  EXPECT_THAT(WordsOf("Hölder's bound, students' work"),
              ElementsAre("Hölder", "bound", "students", "work"));
  EXPECT_THAT(WordsOf("Bayes’s it's'"), ElementsAre("Bayes", "it"));
}

TEST(Words, OfShortMathAreRead) {
  EXPECT_THAT(WordsOf("$k$-means and $\\beta$-VAE"),
              ElementsAre("k", "-means", "and", "beta", "-VAE"));
  EXPECT_THAT(WordsOf("an $\\mathcal{O}(n)$ bound"), ElementsAre("an", "O", "n", "bound"));
}

TEST(Words, OfAFormulaAreLeftOutAndTakeOnePlace) {
  EXPECT_THAT(TermsOf("rate $\\mathcal{O}(\\sqrt{n \\log n} / \\epsilon^2)$ holds"),
              ElementsAre("rate@0", "hold@2"));
}

TEST(Words, BesideAPriceStay) {
  EXPECT_THAT(WordsOf("costs $5 and then $10 more"),
              ElementsAre("costs", "5", "and", "then", "10", "more"));
  EXPECT_THAT(WordsOf("only $5"), ElementsAre("only", "5"));
}

TEST(Words, OfBrokenBytesEndThere) {
  EXPECT_THAT(WordsOf("ab\xff"
                      "cd \xe2\x82"),
              ElementsAre("ab", "cd"));
}

TEST(Folding, TakesCaseAndAccents) {
  EXPECT_EQ(Folded("Erdős"), "erdos");
  EXPECT_EQ(Folded("Erd\u006f\u030bs"), "erdos");
  EXPECT_EQ(Folded("GRPO"), "grpo");
  EXPECT_EQ(Folded("Łukasz"), "lukasz");
  EXPECT_EQ(Folded("Straße"), "strasse");
  EXPECT_EQ(Folded("Ångström"), "angstrom");
  EXPECT_EQ(Folded("Øvergård"), "overgard");
}

TEST(Folding, ReadsCompatibilityFormsAndGreekLetters) {
  EXPECT_EQ(Folded("ﬁne"), "fine");
  EXPECT_EQ(Folded("𝒪"), "o");
  EXPECT_EQ(Folded("β"), "beta");
  EXPECT_EQ(Folded("Σ"), "sigma");
  EXPECT_EQ(Folded("λόγος"), "λογοσ");
}

TEST(Folding, IsBoundedAndCutsNoCharacter) {
  EXPECT_EQ(Folded(std::string(300, 'x')).size(), 64);
  std::string long_word = "x";
  for (int i = 0; i < 60; ++i) long_word += "ж";
  EXPECT_EQ(Folded(long_word).size(), 63);
}

TEST(Plurals, AreReadAsTheirSingular) {
  for (const auto& [many, one] :
       std::vector<std::pair<std::string, std::string>>{{"models", "model"},
                                                        {"policies", "policy"},
                                                        {"losses", "loss"},
                                                        {"caches", "cache"},
                                                        {"batches", "batch"},
                                                        {"biases", "bias"},
                                                        {"analyses", "analysis"},
                                                        {"matrices", "matrix"},
                                                        {"indices", "index"},
                                                        {"gpus", "gpu"},
                                                        {"hypotheses", "hypothesis"},
                                                        {"processes", "process"},
                                                        {"classes", "class"},
                                                        {"lenses", "lens"},
                                                        {"corpora", "corpus"},
                                                        {"boxes", "box"},
                                                        {"llms", "llm"},
                                                        {"bases", "base"}}) {
    EXPECT_EQ(Singular(many), Singular(one)) << many;
  }
}

TEST(Plurals, AreNotSeenInOtherWords) {
  EXPECT_EQ(Singular("bias"), "bias");
  EXPECT_EQ(Singular("corpus"), "corpus");
  EXPECT_EQ(Singular("class"), "class");
  EXPECT_EQ(Singular("gas"), "gas");
  EXPECT_EQ(Singular("this"), "this");
  EXPECT_NE(Singular("generation"), Singular("generative"));
  EXPECT_NE(Singular("university"), Singular("universal"));
}

TEST(Terms, OfJoinedWordsAreAlsoOne) {
  EXPECT_THAT(TermsOf("Fine-tuning pays"),
              ElementsAre("fine@0", "tuning@1", "finetuning@0", "pay@2"));
  EXPECT_THAT(TermsOf("end-to-end"), ElementsAre("end@0", "to@1", "end@2", "endtoend@0"));
  EXPECT_THAT(TermsOf("state-of-the-art"), ElementsAre("state@0", "of@1", "the@2", "art@3"));
}

TEST(Terms, OfTheStopListAreSortedAndFound) {
  EXPECT_TRUE(std::is_sorted(StopWords().begin(), StopWords().end()));
  EXPECT_TRUE(IsStopWord("the"));
  EXPECT_TRUE(IsStopWord(Singular("these")));
  EXPECT_FALSE(IsStopWord("model"));
}

}  // namespace
}  // namespace paperwire::serve::search
