// arXiv's published rules of typing (info.arxiv.org/help/prep), as cases of our own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/paper/authors.h"
#include "libs/paper/text.h"
#include "services/ingest/reading.h"

namespace paperwire::paper {
namespace {

using testing::ElementsAre;

TEST(TypedText, HasEveryAccentAndLetter) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"(Erd\H{o}s)", "Erdős"},
      {R"(Erd\H os)", "Erdős"},
      {R"(S{\o}gaard)", "Søgaard"},
      {R"(S\o gaard)", "Søgaard"},
      {R"(\v{C}ech)", "Čech"},
      {R"(Ho{\v r}ej{\v s}\'{\i})", "Hořejší"},
      {R"(G\"{o}del G{\"o}del G\"odel)", "Gödel Gödel Gödel"},
      {R"(Mar\'\i a)", "María"},
      {R"(Mar{\'\i}a)", "María"},
      {R"(Mar{\'{\i}}a)", "María"},
      {R"(Fran\c{c}ois Fran{\c c}ois)", "François François"},
      {R"(Wei{\ss} Wei\ss)", "Weiß Weiß"},
      {R"(\AA ngstr\"om \AA{}ngstr{\"o}m)", "Ångström Ångström"},
      {R"(\L{}ukasz {\L}ukasz \L ukasz)", "Łukasz Łukasz Łukasz"},
      {R"(\O rsted {\AE}sir {\oe}uvre)", "Ørsted Æsir œuvre"},
      {R"(Nguy\~{\^e}n)", "Nguy\u1EC5n"},
      {R"(\=Oya K\=o b\.{e} \u{g} \k{e} \d{h} \b{t})", "Ōya Kō bė ğ ę ḥ ṯ"},
      {R"(Ga\`{e}l Ren\'e\'{e} \~n \^{\i})", "Gaèl Renéé ñ î"},
      {R"(\'{} x)", " x"},
      {R"(100\% \& \#1 a\_b)", "100% & #1 a_b"},
  };
  for (const auto& [typed, read] : cases) EXPECT_EQ(DecodeTex(typed), read) << typed;
}

TEST(TypedText, IsDecodedOnce) {
  EXPECT_EQ(DecodeEntities("&amp;lt; &#177; &#xB1; &plusmn;"), "&lt; ± ± ±");
  EXPECT_EQ(DecodeEntities("AT&T; R&D &unknown; &#0; &#xD800; &#1114112; &"),
            "AT&T; R&D &unknown; &#0; &#xD800; &#1114112; &");
  EXPECT_EQ(DecodeEntities("&lt;b&gt; &"), "<b> &");
}

TEST(TypedText, KeepsMathAsItIs) {
  for (const std::string math :
       {R"($\alpha_{\"o}$)", R"($$\emph{x}$$)", R"(\(\v{C}\))", R"(\[\'e\])"}) {
    EXPECT_EQ(DecodeTex("x " + math + R"( \'e)"), "x " + math + " é");
  }
}

TEST(TypedText, IsDecodedWhereverItStands) {
  for (size_t before = 0; before < 40; ++before) {
    const std::string head(before, 'a');
    EXPECT_EQ(DecodeTex(head + "{\\o}" + head + "$x\\o$" + head),
              head + "ø" + head + "$x\\o$" + head);
  }
}

std::vector<std::string> Names(std::string_view line) {
  std::vector<std::string> names;
  for (const AuthorName& author : SplitAuthors(line)) names.push_back(author.name);
  return names;
}

TEST(TypedAuthors, AreSplitByTheRules) {
  EXPECT_THAT(Names("Anna Example, Bert Sample"), ElementsAre("Anna Example", "Bert Sample"));
  EXPECT_THAT(Names("Anna Example and Bert Sample"), ElementsAre("Anna Example", "Bert Sample"));
  EXPECT_THAT(Names("Anna Example, Bert Sample, and Carla Anders"),
              ElementsAre("Anna Example", "Bert Sample", "Carla Anders"));
  EXPECT_THAT(Names("Alexander Sandor, Roland Andre"),
              ElementsAre("Alexander Sandor", "Roland Andre"));
  EXPECT_THAT(Names("B. Sample, Jr. and C. Old III, D. New, II"),
              ElementsAre("B. Sample Jr.", "C. Old III", "D. New II"));
  EXPECT_THAT(Names("The Sample Collaboration: A. One, B. Two"),
              ElementsAre("The Sample Collaboration", "A. One", "B. Two"));
  EXPECT_THAT(Names("A. One (for the Sample Collaboration)"), ElementsAre("A. One"));
  EXPECT_THAT(Names("Anna Example (1), Bert Sample (2) ((1) Place, Town, (2) Other)"),
              ElementsAre("Anna Example", "Bert Sample"));
  EXPECT_THAT(Names(R"(Paul Erd\H{o}s (Budapest \& Haifa), {\'E}lie Beispiel)"),
              ElementsAre("Paul Erdős", "Élie Beispiel"));
  EXPECT_THAT(Names("O'Neil O'Example, Jean-Luc d'Essai"),
              ElementsAre("O'Neil O'Example", "Jean-Luc d'Essai"));
  EXPECT_THAT(Names("Anna  Example\n  , Bert\nSample"), ElementsAre("Anna Example", "Bert Sample"));
}

TEST(TypedAuthors, HaveTheirPlaces) {
  const auto authors = SplitAuthors(
      "A. One (Dept. of X (North), Place, Land and Institute Y), B. Two (1 and 2), C. Three "
      "((1) Alpha, (2) Beta (Gamma))");
  ASSERT_EQ(authors.size(), 3u);
  EXPECT_THAT(authors[0].affiliations,
              ElementsAre("Dept. of X (North), Place, Land and Institute Y"));
  EXPECT_THAT(authors[1].affiliations, ElementsAre("Alpha", "Beta (Gamma)"));
  EXPECT_TRUE(authors[2].affiliations.empty());
}

}  // namespace
}  // namespace paperwire::paper
