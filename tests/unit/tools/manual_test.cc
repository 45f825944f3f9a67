#include "tools/paperwire/manual.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/support/paths.h"
#include "tests/unit/tools/run_paperwire.h"

namespace paperwire::cli {
namespace {

using ::testing::HasSubstr;

std::string FileText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Manual, NamesEveryCommandAndEveryExitCode) {
  const Ran ran = RunPaperwire({"man"});
  ASSERT_EQ(ran.code, kExitOk);
  for (const char* part :
       {".TH PAPERWIRE 1", ".SS paperwire watch", ".SS paperwire search [query...]",
        "\\fB\\-\\-until\\-live\\fR", ".SH SETTINGS OF SEVERAL COMMANDS", "\\fB\\-\\-color\\fR",
        "PAPERWIRE_ACCESS_TOKEN", ".SH EXIT STATUS", "\\fB78\\fR"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
}

TEST(Manual, HasTheTextOfHelp) {
  const std::string help = RunPaperwire({"watch", "--help"}).out;
  const std::string sentence = "Take a stream for dead on which nothing came for so long.";
  EXPECT_THAT(help, HasSubstr(sentence));
  EXPECT_THAT(RunPaperwire({"man"}).out, HasSubstr(sentence));
}

TEST(Manual, IsRenderedWithoutAWarning) {
  if (std::system("command -v groff >/dev/null") != 0) {
    GTEST_SKIP() << "SKIPPED: groff is not installed";
  }
  const std::string page = testing::TempDir() + "/paperwire.1";
  const std::string warnings = testing::TempDir() + "/paperwire.warnings";
  const std::string shown = testing::TempDir() + "/paperwire.txt";
  std::ofstream(page) << RunPaperwire({"man"}).out;
  ASSERT_EQ(
      std::system(
          ("groff -man -k -Tutf8 -ww -P-cbou " + page + " > " + shown + " 2> " + warnings).c_str()),
      0);
  EXPECT_EQ(FileText(warnings), "");
  const std::string text = FileText(shown);
  EXPECT_THAT(text, HasSubstr("paperwire - Reads the feed"));
  EXPECT_THAT(text, HasSubstr("--until-live"));
  // Nothing of the markup is left.
  EXPECT_EQ(text.find("\\f"), std::string::npos);
  EXPECT_EQ(text.find("\n.SS"), std::string::npos);
}

TEST(Manual, LeavesNoRequestAndNoEscapeInATextOfTheProgram) {
  config::CommandShape program{.name = "paperwire", .help = ".so /etc/passwd \\n and 'quotes'"};
  const std::string page = ManualPage(program, "1.0");
  EXPECT_THAT(page, HasSubstr("paperwire \\- \\&.so /etc/passwd \\en and 'quotes'"));
}

TEST(Manual, TheReadmeListsTheSameExitCodes) {
  const std::string readme = FileText(support::SourceDir() + "/tools/paperwire/README.md");
  std::string listed;
  const std::regex row("\n\\| ([0-9]+) \\| ([^\n]*) \\|");
  for (std::sregex_iterator match(readme.begin(), readme.end(), row), end; match != end; ++match) {
    std::string meaning = (*match)[2];
    meaning.erase(std::remove(meaning.begin(), meaning.end(), '`'), meaning.end());
    listed += (*match)[1].str() + " " + meaning + "\n";
  }
  std::string known;
  for (const ExitCode& code : kExitCodes) {
    known += std::to_string(code.code) + " " + code.meaning + "\n";
  }
  EXPECT_EQ(listed, known);
}

}  // namespace
}  // namespace paperwire::cli
