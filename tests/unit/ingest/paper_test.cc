#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/paper/arxiv_id.h"
#include "libs/paper/authors.h"
#include "libs/paper/marks.h"
#include "libs/paper/revision.h"
#include "libs/paper/text.h"

namespace paperwire::paper {
namespace {

using testing::ElementsAre;

TEST(ArxivId, ReadsEveryWayToWriteOne) {
  for (const char* text :
       {"2606.01234v2", "arXiv:2606.01234v2", "oai:arXiv.org:2606.01234v2",
        "https://arxiv.org/abs/2606.01234v2", "http://export.arxiv.org/pdf/2606.01234v2.pdf",
        " 2606.01234v2\n", "https://doi.org/10.48550/arXiv.2606.01234v2"}) {
    const auto id = ParseArxivId(text);
    ASSERT_TRUE(id.ok()) << text;
    EXPECT_EQ(id->ToString(), "2606.01234v2") << text;
  }
  EXPECT_EQ(ParseArxivId("math.CA/0611800v1")->ToString(), "math/0611800v1");
  EXPECT_EQ(ParseArxivId("0704.0001")->version, 0u);
  EXPECT_EQ(ParseArxivId("2601.99101")->base, "2601.99101");
}

TEST(ArxivId, RefusesWhatIsNone) {
  for (const char* text : {"", "2613.01234", "2606.00000", "2606.1234", "1412.12345", "0703.0001",
                           "2606.01234v0", "2606.01234v9000", "nope/0611800", "math/0613800",
                           "math/0804001", "https://example.org/abs/2606.01234", "2606.012345",
                           "math.C/0611800", "2606.01234w1", "https://arxiv.org/list/cs.LG/new"}) {
    EXPECT_EQ(ParseArxivId(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Revision, OrdersVersionBeforeGenerationBeforeRank) {
  EXPECT_LT(MakeRevision(1, 4000000000u, 2)->value(), MakeRevision(2, 0, 0)->value());
  EXPECT_LT(MakeRevision(1, 0, 2)->value(), MakeRevision(1, 1, 0)->value());
  EXPECT_LT(MakeRevision(8191, 4294967295u, 255)->value(), uint64_t{1} << 53);
  EXPECT_EQ(RevisionFromValue(MakeRevision(3, 7, 1)->value()), *MakeRevision(3, 7, 1));
  EXPECT_FALSE(MakeRevision(0, 0, 0).ok());
  EXPECT_FALSE(MakeRevision(8192, 0, 0).ok());
}

TEST(Text, CleansALineOfWhatCannotBeShown) {
  EXPECT_EQ(CleanLine("  a\n\tb\u00A0 c\u200B\u202Ed\x01 "), "a b cd");
  EXPECT_EQ(CleanLine("bad \xFF\xC3( end"), "bad \uFFFD\uFFFD( end");
  EXPECT_EQ(CleanLine("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(CleanLine("x $a_1 < b$ y"), "x $a_1 < b$ y");
}

TEST(Text, KeepsParagraphsThatBeginBlankOrIndented) {
  EXPECT_EQ(CleanParagraphs("  one\ntwo\n  three\n\nfour"), "one two\nthree\nfour");
  EXPECT_EQ(CleanParagraphs("one\r\ntwo\r\n\r\nthree"), "one two\nthree");
}

// Long stretches are looked at many bytes at a time: nothing may depend on where in them it stands.
TEST(Text, IsCleanedAlikeWhereverTheNeedForItStands) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"  ", " "},     {"\n", " "}, {"\n\n", "\n"},     {" \n", " "},   {"\n ", "\n"},
      {"\r\n", " "},   {"\t", " "}, {"\x01", ""},       {"\x7F", ""},   {"\u200B", ""},
      {"\u00A0", " "}, {"é", "é"},  {"\xFF", "\uFFFD"}, {" é ", " é "}, {" \x01 ", " "}};
  for (const auto& [typed, clean] : cases) {
    for (size_t before = 1; before < 40; ++before) {
      for (const size_t after : {1u, 15u, 16u, 33u}) {
        const std::string head(before, 'a');
        const std::string tail(after, 'z');
        EXPECT_EQ(CleanParagraphs(head + typed + tail), head + clean + tail) << before;
      }
      const std::string head = std::string(before, 'a') + " b";
      EXPECT_EQ(CleanLine(head + typed), CleanLine(head + clean)) << before;
    }
  }
}

TEST(Text, CountsBadBytesWhereverTheyStand) {
  for (size_t before = 0; before < 70; ++before) {
    const std::string text = std::string(before, 'a') + "é\xFF" + "\xC3" + std::string(40, 'z');
    EXPECT_EQ(CountBadBytes(text), 2u) << before;
  }
}

TEST(Text, CutsAtACharacter) {
  EXPECT_EQ(Truncate("abc", 3), "abc");
  EXPECT_EQ(Truncate("äöüäöü", 8), "äö…");
  EXPECT_EQ(Truncate("abcdef", 2), "");
  EXPECT_EQ(CountCharacters("Erdős"), 5u);
}

TEST(Tex, DecodesAccentsAndLetters) {
  EXPECT_EQ(DecodeTex("Erd\\H{o}s"), "Erdős");
  EXPECT_EQ(DecodeTex("S{\\o}gaard"), "Søgaard");
  EXPECT_EQ(DecodeTex("\\v{C}ech, \\v Cech, {\\v C}ech"), "Čech, Čech, Čech");
  EXPECT_EQ(DecodeTex("Mart\\'{\\i}nez Mart\\'\\inez"), "Martínez Mart\\'\\inez");
  EXPECT_EQ(DecodeTex("Mart{\\'\\i}nez"), "Martínez");
  EXPECT_EQ(DecodeTex("Stra{\\ss}e Stra\\ss e \\AA{}ngstr\\\"om"), "Straße Straße Ångström");
  EXPECT_EQ(DecodeTex("Pawe\\l{} {\\L}ukasz \\.Zak \\c{S}ahin \\k{a} \\r{u} \\d{s} \\=a"),
            "Paweł Łukasz Żak Şahin ą ů ṣ ā");
  EXPECT_EQ(DecodeTex("\\'Ecole, \\'{E}cole, {\\'E}cole, \\^{\\j}"), "École, École, École, ĵ");
  EXPECT_EQ(DecodeTex("\\~q \\'"), "q\u0303 \\'");
}

TEST(Tex, LeavesMathAlone) {
  EXPECT_EQ(DecodeTex("a $\\hat{x}\\%\\'e$ \\'e"), "a $\\hat{x}\\%\\'e$ é");
  EXPECT_EQ(DecodeTex("\\(\\'e\\) \\'e"), "\\(\\'e\\) é");
  EXPECT_EQ(DecodeTex("costs $5 or \\'e"), "costs $5 or é");
  EXPECT_EQ(DecodeTex("\\$5 and 10\\%"), "\\$5 and 10%");
}

TEST(Tex, ReducesCommandsToTheirText) {
  EXPECT_EQ(DecodeTex("\\emph{very \\textbf{good}} {\\em too}"), "very good too");
  EXPECT_EQ(DecodeTex("\\href{https://a.b}{here} \\url{https://c.d/x\\_y}"),
            "here https://c.d/x_y");
  EXPECT_EQ(DecodeTex("{BERT} \\unknown{x}"), "{BERT} \\unknown{x}");
  EXPECT_EQ(DecodeTex("\\emph{never closed"), "\\emph{never closed");
}

std::vector<std::string> Names(std::string_view text) {
  std::vector<std::string> names;
  for (const AuthorName& author : SplitAuthors(text)) names.push_back(author.name);
  return names;
}

TEST(Authors, AreSplitAtCommasAndAnd) {
  EXPECT_THAT(Names("A. One, B. Two and C. Three"), ElementsAre("A. One", "B. Two", "C. Three"));
  EXPECT_THAT(Names("A. One, and B. Two"), ElementsAre("A. One", "B. Two"));
  EXPECT_THAT(Names("Ferdin{\\'a}nd Anderson"), ElementsAre("Ferdinánd Anderson"));
  EXPECT_THAT(Names("A. One, Jr., B. Two III, C. Three, Jr"),
              ElementsAre("A. One Jr.", "B. Two III", "C. Three Jr"));
  EXPECT_THAT(Names(""), ElementsAre());
}

TEST(Authors, KeepTheirAffiliations) {
  const auto authors = SplitAuthors("A. One (Place, City (North)), B. Two (X), C. Three");
  ASSERT_EQ(authors.size(), 3u);
  EXPECT_THAT(authors[0].affiliations, ElementsAre("Place, City (North)"));
  EXPECT_THAT(authors[1].affiliations, ElementsAre("X"));
  EXPECT_TRUE(authors[2].affiliations.empty());
}

TEST(Authors, ResolveNotes) {
  const auto authors =
      SplitAuthors("A. One (1), B. Two (1 and 2), C. Three (2) ((1) Alpha, City, (2) Beta)");
  ASSERT_EQ(authors.size(), 3u);
  EXPECT_THAT(authors[0].affiliations, ElementsAre("Alpha, City"));
  EXPECT_THAT(authors[1].affiliations, ElementsAre("Alpha, City", "Beta"));
  EXPECT_THAT(authors[2].affiliations, ElementsAre("Beta"));
}

TEST(Authors, SurviveOneOpenParenthesisAndACollaboration) {
  EXPECT_THAT(Names("A. One (Place, B. Two"), ElementsAre("A. One Place", "B. Two"));
  EXPECT_THAT(Names("Sample Collaboration: A. One, B. Two"),
              ElementsAre("Sample Collaboration", "A. One", "B. Two"));
}

TEST(Authors, OfALargeCollaborationAreAllThere) {
  std::string line;
  for (int i = 0; i < 3303; ++i) line += (i == 0 ? "" : ", ") + ("A. N" + std::to_string(i));
  EXPECT_EQ(SplitAuthors(line).size(), 3303u);
}

TEST(Marks, FindCode) {
  EXPECT_EQ(FindCodeUrl("Code: https://github.com/a-b/c_d.", ""), "https://github.com/a-b/c_d");
  EXPECT_EQ(FindCodeUrl("see (github.com/a/b)", ""), "https://github.com/a/b");
  EXPECT_EQ(FindCodeUrl("", "www.gitlab.com/x/y/"), "https://gitlab.com/x/y");
  EXPECT_EQ(FindCodeUrl("https://github.com/onlyowner and notgithub.com/a/b", ""), "");
}

TEST(Marks, FindVenues) {
  EXPECT_EQ(FindVenue("Accepted at ICML 2026", ""), "ICML 2026");
  EXPECT_EQ(FindVenue("NeurIPS'25 camera ready", ""), "NeurIPS 2025");
  EXPECT_EQ(FindVenue("ICLR 2026 Workshop on Things", ""), "ICLR 2026 Workshop");
  EXPECT_EQ(FindVenue("Submitted to ICML 2026", ""), "");
  EXPECT_EQ(FindVenue("Under review at ACL; 12 pages", ""), "");
  EXPECT_EQ(FindVenue("12 pages", "Transactions on Machine Learning Research, 2026"), "TMLR 2026");
  EXPECT_EQ(FindVenue("ORACLE and ACLs", ""), "");
}

}  // namespace
}  // namespace paperwire::paper
