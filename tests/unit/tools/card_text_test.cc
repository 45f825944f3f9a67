#include "tools/paperwire/card_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/paper/text.h"

namespace paperwire::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Entry MakeEntry() {
  v1::Entry entry;
  entry.mutable_paper()->set_arxiv_id("2606.01234");
  entry.mutable_paper()->set_version(2);
  entry.mutable_paper()->set_announced("2026-06-09");
  entry.mutable_paper()->set_title("A Sparse Study of Gates");
  entry.mutable_paper()->add_authors()->set_name("Ana Erdős");
  entry.mutable_paper()->add_categories("cs.LG");
  entry.mutable_summary()->add_highlights("Prunes 40 % of the gates.");
  entry.mutable_summary()->set_summary("The paper prunes gates.");
  entry.mutable_summary()->mutable_provenance()->set_summarizer(v1::SUMMARIZER_KIND_EMBEDDED);
  entry.mutable_summary()->mutable_provenance()->set_model("linear-1");
  entry.mutable_summary()->mutable_provenance()->set_paper_version(2);
  entry.add_tags()->set_name("Efficient ML");
  entry.add_tags()->set_name("Theory");
  return entry;
}

TEST(Wrap, BreaksAtSpacesAndCountsCharactersNotBytes) {
  EXPECT_EQ(Wrap("one two three four five", 20), "one two three four\nfive\n");
  EXPECT_EQ(Wrap("éé éé éé éé éé éé éé", 20), "éé éé éé éé éé éé éé\n");
}

TEST(Wrap, LetsAWordThatIsTooLongStandAlone) {
  EXPECT_EQ(Wrap("a https://example.org/a-very-long-address b", 20),
            "a\nhttps://example.org/a-very-long-address\nb\n");
}

TEST(Wrap, BeginsEveryLineWithTheIndent) {
  EXPECT_EQ(Wrap("one two three four five", 22, "  "), "  one two three four\n  five\n");
}

TEST(Wrap, LetsNoControlCharacterReachTheTerminal) {
  EXPECT_EQ(Wrap("red \x1b[31m text\a", 80).find_first_of("\x1b\a"), std::string::npos);
}

TEST(Fit, FillsAndCutsToTheWidth) {
  EXPECT_EQ(Fit("abc", 5), "abc  ");
  EXPECT_EQ(Fit("abcdef", 5), "abcd…");
  EXPECT_EQ(Fit("ééééé", 3), "éé…");
  EXPECT_EQ(Fit("", 2), "  ");
}

TEST(CardText, SaysWhatWroteTheCardAndWhyAnotherDidNot) {
  v1::Entry entry = MakeEntry();
  v1::Provenance& provenance = *entry.mutable_summary()->mutable_provenance();
  for (int reason = 1; reason < v1::FallbackReason_ARRAYSIZE; ++reason) {
    provenance.set_fallback_reason(static_cast<v1::FallbackReason>(reason));
    EXPECT_THAT(CardText(entry, 80), Not(HasSubstr("FALLBACK_REASON")));
  }
  provenance.set_fallback_reason(v1::FALLBACK_REASON_BUDGET_EXHAUSTED);
  EXPECT_THAT(paper::CleanLine(CardText(entry, 80)),
              HasSubstr("linear-1, from the abstract of version 2, in place of a language model's "
                        "card: budget exhausted"));

  provenance.clear_fallback_reason();
  provenance.set_summarizer(v1::SUMMARIZER_KIND_LLM);
  provenance.set_model("small-1");
  provenance.set_prompt_version("card-1");
  EXPECT_THAT(paper::CleanLine(CardText(entry, 80)),
              HasSubstr("language model small-1, prompt card-1, from the abstract of version 2"));
}

TEST(CardRow, IsAsWideAsTheTerminal) {
  EXPECT_EQ(paper::CountCharacters(CardRow(MakeEntry(), 100)), 100u);
  EXPECT_THAT(CardRow(MakeEntry(), 100), HasSubstr("Efficient ML, Theory"));
}

TEST(CardText, HoldsEveryPartAndSaysWhatIsNotStated) {
  const std::string text = CardText(MakeEntry(), 80);
  for (const char* part : {"A Sparse Study of Gates", "Ana Erdős", "arXiv:2606.01234v2", "cs.LG",
                           "2026-06-09", "- Prunes 40 %", "The paper prunes gates.", "linear-1",
                           "Methodology\n  Not stated in the abstract."}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("WITHDRAWN")));
}

}  // namespace
}  // namespace paperwire::cli
