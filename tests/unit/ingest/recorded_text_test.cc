// Every text of every recorded paper: nothing of arXiv's typing rules may be left in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "libs/paper/text.h"
#include "services/ingest/reading.h"
#include "tests/support/environment.h"

namespace paperwire::ingest {
namespace {

namespace fs = std::filesystem;

// The text without $…$, \(…\) and \[…\].
std::string WithoutMath(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    std::string_view closing;
    const std::string_view rest = std::string_view(text).substr(i);
    if (rest.starts_with("\\$")) {
      i += 2;
      continue;
    }
    if (rest.starts_with("$$")) {
      closing = "$$";
    } else if (rest.starts_with("$")) {
      closing = "$";
    } else if (rest.starts_with("\\(")) {
      closing = "\\)";
    } else if (rest.starts_with("\\[")) {
      closing = "\\]";
    }
    const size_t end = closing.empty() ? std::string::npos : text.find(closing, i + closing.size());
    if (end == std::string::npos) {
      out += text[i++];
    } else {
      out += ' ';
      i = end + closing.size();
    }
  }
  return out;
}

// What of TeX or HTML is left in `text`; empty when nothing is.
std::string LeftIn(const std::string& text) {
  const std::string plain = WithoutMath(text);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (size_t i = 0; i + 2 < plain.size(); ++i) {
    if (plain[i] != '\\') continue;
    const std::string_view rest = std::string_view(plain).substr(i);
    const bool accent = std::string_view("'`^\"~=.").find(rest[1]) != std::string_view::npos &&
                        (is_letter(rest[2]) || rest[2] == '{');
    bool command = false;
    for (const std::string_view name : {"\\emph{", "\\textbf{", "\\textit{", "\\texttt{",
                                        "\\textsc{", "\\href{", "\\url{", "\\v{", "\\H{", "\\c{"}) {
      command = command || rest.starts_with(name);
    }
    if (accent || command) return plain.substr(i, 40);
  }
  for (const char* entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#"}) {
    if (const size_t at = plain.find(entity); at != std::string::npos) return plain.substr(at, 20);
  }
  return {};
}

struct Tally {
  int papers = 0;
  int authors = 0;
  // Accents and commands that nothing closes stay as they are.
  std::vector<std::string> left;
};

void Check(const v1::Paper& paper, const std::string& where, Tally& tally) {
  ++tally.papers;
  for (const std::string* text :
       {&paper.title(), &paper.comment(), &paper.journal_ref(), &paper.abstract()}) {
    const std::vector<std::string> lines = absl::StrSplit(*text, '\n');
    for (const std::string& line : lines) {
      EXPECT_EQ(paper::CleanLine(line), line) << where;
    }
    if (const std::string left = LeftIn(*text); !left.empty()) {
      tally.left.push_back(where + ": " + left);
    }
  }
  EXPECT_EQ(paper.title().find('\n'), std::string::npos) << where;
  EXPECT_LE(paper.authors_size(), 4000) << where;
  for (const v1::Author& author : paper.authors()) {
    ++tally.authors;
    EXPECT_EQ(paper::CleanLine(author.name()), author.name()) << where;
    EXPECT_LE(author.name().size(), 160u) << where << " " << author.name();
    for (const char* wrong : {"(", ")", " and ", "\\", "{", "}", ", "}) {
      if (author.name().find(wrong) != std::string::npos) {
        tally.left.push_back(where + ": author " + author.name());
      }
    }
  }
}

TEST(RecordedText, HoldsNothingOfItsTyping) {
  const auto data = support::Environment("PAPERWIRE_TEST_DATA");
  if (!data) GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_DATA is not set";
  Tally tally;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(*data) / "arxiv")) {
    if (!entry.is_regular_file() || fs::file_size(entry) > kMaxBytes) continue;
    // Made from a test database that holds every backslash twice.
    if (entry.path().string().find("new-server") != std::string::npos) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    for (const v1::Paper& paper : Read(bytes).papers) {
      Check(paper, entry.path().filename().string() + " " + paper.arxiv_id(), tally);
    }
  }
  std::printf("%d papers, %d authors, %zu places left\n", tally.papers, tally.authors,
              tally.left.size());
  for (const std::string& left : tally.left) std::printf("left %s\n", left.c_str());
  EXPECT_GT(tally.papers, 5000);
  EXPECT_GT(tally.authors, tally.papers * 3 / 2);
  // Typing errors of authors are left as they are; they are few.
  EXPECT_LE(tally.left.size(), static_cast<size_t>(tally.papers) / 200);
}

}  // namespace
}  // namespace paperwire::ingest
