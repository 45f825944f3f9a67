#include "tools/paperwire/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "libs/paper/text.h"
#include "tools/paperwire/card_table.h"

namespace paperwire::cli {
namespace {

class TableTest : public testing::Test {
 protected:
  Console At(int columns, bool color = false) {
    return {.in = in_,
            .out = out_,
            .err = out_,
            .clock = clock_,
            .terminal = columns > 0,
            .columns = columns,
            .color = color};
  }

  std::istringstream in_;
  std::ostringstream out_;
  clock::FakeClock clock_{clock::WallTime{}};
};

Table Fruits() {
  Table table({{.heading = "fruit", .least = 4},
               {.heading = "count", .right = true},
               {.heading = "note", .least = 6, .rank = 1}});
  table.Add({"apple", "7", "grows in the north"});
  table.Add({"pomegranate", "1234", "grows in the south"});
  return table;
}

TEST_F(TableTest, IsAsWideAsItsTextsWhereThereIsRoom) {
  EXPECT_EQ(Fruits().Text(At(80)),
            "fruit        count  note\n"
            "apple            7  grows in the north\n"
            "pomegranate   1234  grows in the south\n");
}

TEST_F(TableTest, CutsTheWidestColumnsFirst) {
  EXPECT_EQ(Fruits().Text(At(31)),
            "fruit        count  note\n"
            "apple            7  grows in t…\n"
            "pomegranate   1234  grows in t…\n");
  EXPECT_EQ(Fruits().Text(At(24)),
            "fruit    count  note\n"
            "apple        7  grows i…\n"
            "pomegr…   1234  grows i…\n");
}

TEST_F(TableTest, LeavesOutWhatWouldNotFit) {
  EXPECT_EQ(Fruits().Text(At(16)),
            "fruit      count\n"
            "apple          7\n"
            "pomegran…   1234\n");
}

TEST_F(TableTest, IsNeverWiderThanTheTerminal) {
  for (int columns = 11; columns < 60; ++columns) {
    std::istringstream lines(Fruits().Text(At(columns)));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(paper::CountCharacters(line), static_cast<size_t>(columns)) << line;
    }
  }
}

TEST_F(TableTest, IsNothingWithoutRows) { EXPECT_EQ(Table({{.heading = "a"}}).Text(At(80)), ""); }

TEST_F(TableTest, GivesProgramsWholeCellsWithTabsBetween) {
  EXPECT_EQ(Fruits().Text(At(0)),
            "apple\t7\tgrows in the north\npomegranate\t1234\tgrows in the south\n");
}

TEST_F(TableTest, LetsNoTabAndNoControlCharacterIntoACell) {
  Table table({{.heading = "a"}, {.heading = "b"}});
  table.Add({"one\ttwo\x1b[31m", "three\nfour"});
  EXPECT_EQ(table.Text(At(0)), "one two[31m\tthree four\n");
}

TEST_F(TableTest, PaintsOnlyWhereThereAreColours) {
  Table table({{.heading = "a", .style = Style::kName}});
  table.Add({"x"});
  EXPECT_EQ(table.Text(At(20, true)), "\x1b[1ma\x1b[0m\n\x1b[36mx\x1b[0m\n");
  EXPECT_EQ(table.Text(At(20)), "a\nx\n");
}

v1::Snippet TestSnippet(const std::string& text,
                        const std::vector<std::pair<uint32_t, uint32_t>>& matches) {
  v1::Snippet snippet;
  snippet.set_field("abstract");
  snippet.set_text(text);
  for (const auto& [begin, end] : matches) {
    v1::MatchRange* match = snippet.add_matches();
    match->set_begin(begin);
    match->set_end(end);
  }
  return snippet;
}

TEST_F(TableTest, MarksTheMatchesOfASnippetOnTheLinesTheyStandOn) {
  const v1::Snippet snippet =
      TestSnippet("the sparse gates of Erdős are sparse", {{4, 16}, {31, 37}});
  EXPECT_EQ(SnippetText(snippet, "  ", At(22)), "  the sparse gates of\n  Erdős are sparse\n");
  EXPECT_EQ(SnippetText(snippet, "  ", At(22, true)),
            "  \x1b[2mthe \x1b[0m\x1b[1;33msparse gates\x1b[0m\x1b[2m of\x1b[0m\n"
            "  \x1b[2mErdős are \x1b[0m\x1b[1;33msparse\x1b[0m\n");
}

TEST_F(TableTest, LeavesOutMatchesThatAreNotInTheText) {
  const v1::Snippet snippet = TestSnippet("one two", {{4, 4}, {5, 3}, {4, 90}, {0, 3}, {2, 5}});
  EXPECT_EQ(SnippetText(snippet, "", At(40, true)), "\x1b[1;33mone\x1b[0m\x1b[2m two\x1b[0m\n");
  EXPECT_EQ(SnippetText(TestSnippet("a\x1b[31m\nb\xc2\x9b"
                                    "c",
                                    {}),
                        "", At(40)),
            "a [31m b  c\n");
}

}  // namespace
}  // namespace paperwire::cli
