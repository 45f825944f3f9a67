#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "libs/paper/text.h"
#include "pugixml.hpp"
#include "services/classify/classify.h"
#include "tests/support/environment.h"
#include "tests/unit/cards/fixtures.h"

namespace paperwire::cards {
namespace {

TEST(RealPapers, KeepTheCardsRules) {
  const auto data = support::Environment("PAPERWIRE_TEST_DATA");
  if (!data) GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_DATA is not set";
  const std::filesystem::path folder =
      std::filesystem::path(*data) / "arxiv" / "rss" / "reconstructed";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "SKIPPED: no recorded feeds there";
  int papers = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    pugi::xml_document feed;
    if (!feed.load_file(file.path().c_str())) continue;
    for (const auto& found : feed.select_nodes("//item")) {
      const std::string description = found.node().child("description").text().get();
      const size_t begin = description.find("Abstract:");
      if (begin == std::string::npos) continue;
      const v1::Paper paper =
          MakePaper(paper::CleanLine(found.node().child("title").text().get()),
                    paper::CleanParagraphs(std::string_view(description).substr(begin + 9)));

      EXPECT_EQ(Faults(paper), "") << file.path().filename() << ": " << paper.title();
      const std::vector<v1::Tag> tags = classify::Classify(paper, {});
      EXPECT_GE(tags.size(), 1u);
      EXPECT_LE(tags.size(), 3u);
      ++papers;
    }
  }
  EXPECT_GT(papers, 0);
}

}  // namespace
}  // namespace paperwire::cards
