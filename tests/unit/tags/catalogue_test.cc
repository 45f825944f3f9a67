#include "libs/tags/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "libs/paper/text.h"
#include "libs/tags/spelling.h"

namespace paperwire::tags {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string SlugOf(std::string_view words) {
  const auto standing = Catalogue().Read(words);
  return standing.ok() ? std::string(standing->slug) : std::string(standing.status().message());
}

// A catalogue of one tag with some member in place of the right one.
std::string WithMember(const std::string& member) {
  const std::vector<std::pair<std::string, std::string>> right = {
      {"slug", R"("slug": "vision")"},
      {"name", R"("name": "Vision")"},
      {"meaning", R"("meaning": "Images.")"},
      {"excludes", R"("excludes": "Words.")"}};
  std::string tag;
  bool replaced = false;
  for (const auto& [key, value] : right) {
    const bool same = member.starts_with("\"" + key + "\"");
    replaced |= same;
    tag += (tag.empty() ? "" : ", ") + (same ? member : value);
  }
  if (!replaced) tag += ", " + member;
  return fmt::format(R"({{"tags": [{{{}}}], "retired": []}})", tag);
}

std::string Complaint(const std::string& text, const std::string& measured = "") {
  const auto parsed = TagCatalogue::Parse(text, measured);
  EXPECT_TRUE(absl::IsInvalidArgument(parsed.status())) << text;
  return std::string(parsed.status().message());
}

TEST(Catalogue, HoldsTheFourteenTagsInTheOrderThatMetricsAndWeightsGoBy) {
  std::vector<std::string> slugs;
  for (const TagInfo& tag : Catalogue()) {
    slugs.push_back(tag.slug);
    EXPECT_EQ(FindBySlug(tag.slug), &tag);
    EXPECT_FALSE(tag.synonyms.empty() || tag.categories.empty()) << tag.slug;
    EXPECT_TRUE(tag.meaning.ends_with('.') && tag.excludes.ends_with('.')) << tag.slug;
  }
  EXPECT_THAT(slugs, ElementsAre("theory", "optimization", "efficient-ml", "large-language-models",
                                 "nlp", "interpretability", "reinforcement-learning",
                                 "graph-learning", "federated-learning", "generative-models",
                                 "time-series", "robotics", "computer-vision", "multimodal"));
  EXPECT_EQ(FindBySlug("no-such-tag"), nullptr);
}

TEST(Catalogue, ReadsWhatReadersCallATag) {
  EXPECT_EQ(SlugOf("computer-vision"), "computer-vision");
  EXPECT_EQ(SlugOf("Computer Vision"), "computer-vision");
  EXPECT_EQ(SlugOf("VISION"), "computer-vision");
  EXPECT_EQ(SlugOf(" time_series "), "time-series");
  EXPECT_EQ(SlugOf("LLM"), "large-language-models");
  EXPECT_EQ(SlugOf("llms"), "large-language-models");
  EXPECT_EQ(SlugOf("gnn"), "graph-learning");
  EXPECT_EQ(SlugOf("RL"), "reinforcement-learning");
  EXPECT_EQ(SlugOf("explainability"), "interpretability");
  EXPECT_EQ(SlugOf("forecasts"), "time-series");
}

TEST(Catalogue, ATagThatIsNotThereIsAnsweredWithTheNearest) {
  EXPECT_EQ(SlugOf("vison"), "unknown tag 'vison'; did you mean 'computer-vision'?");
  EXPECT_EQ(SlugOf("large language modles"),
            "unknown tag 'large language modles'; did you mean 'large-language-models'?");
  EXPECT_EQ(SlugOf("astrology"), "unknown tag 'astrology'");
  EXPECT_EQ(SlugOf("zz"), "unknown tag 'zz'");
  EXPECT_EQ(SlugOf(""), "unknown tag ''");
  EXPECT_LT(SlugOf(std::string(100000, 'x')).size(), 200u);
}

TEST(Catalogue, ATagThatIsTooLongIsNoneAndIsCutBetweenCharacters) {
  EXPECT_EQ(SlugOf("nlp" + std::string(77, ' ')), "nlp");
  EXPECT_EQ(SlugOf("nlp" + std::string(77, ' ') + "!"), "unknown tag 'nlp !'");
  std::string umlauts;
  while (umlauts.size() < 100) umlauts += "ä";
  const std::string answer = SlugOf("x" + umlauts);
  EXPECT_EQ(answer, paper::CleanLine(answer));
  EXPECT_THAT(answer, HasSubstr("ä…'"));
  EXPECT_EQ(SlugOf("\xff"), "unknown tag '\uFFFD'");
}

TEST(Catalogue, ABrokenOneIsRefusedWithOneLineThatSaysWhere) {
  ASSERT_TRUE(TagCatalogue::Parse(WithMember(R"("categories": ["cs.CV", "hep-th"])")).ok());

  EXPECT_THAT(Complaint("{\n  \"tags\": [,\n}"), HasSubstr("line 2"));
  EXPECT_THAT(Complaint("[]"), HasSubstr("must be an object"));
  EXPECT_THAT(Complaint(R"({"tags": [], "retired": []})"), HasSubstr("there must be a tag"));
  EXPECT_THAT(Complaint(R"({"tags": [7], "retired": []})"), HasSubstr("tags[0]: must be an obj"));
  EXPECT_THAT(Complaint(WithMember(R"("slug": "Computer Vision")")), HasSubstr("is no slug"));
  EXPECT_THAT(Complaint(WithMember(R"("name": 7)")), HasSubstr("tags[0].name: "));
  EXPECT_THAT(Complaint(WithMember(R"("meaning": "Two\nlines.")")), HasSubstr("tags[0].meaning"));
  EXPECT_THAT(Complaint(WithMember(R"("excluded": "x")")), HasSubstr("knows no 'excluded'"));
  EXPECT_THAT(Complaint(WithMember(R"("synonyms": "CV")")), HasSubstr("must be a list"));
  EXPECT_THAT(Complaint(WithMember(R"("synonyms": ["CV", ""])")), HasSubstr("synonyms[1]"));
  EXPECT_THAT(Complaint(WithMember(R"("categories": ["cs.CV, cs.RO"])")),
              HasSubstr("is no arXiv category"));
  EXPECT_THAT(Complaint(R"({"tags": [{"slug": "a"}], "retired": []})"), HasSubstr("has no 'name'"));
}

TEST(Catalogue, NoWordMayNameTwoTags) {
  const std::string text = R"({"tags": [
    {"slug": "a", "name": "A", "meaning": "m", "excludes": "e", "synonyms": ["Deep Nets"]},
    {"slug": "b", "name": "B", "meaning": "m", "excludes": "e", "synonyms": ["deep-nets"]}],
    "retired": []})";

  EXPECT_EQ(Complaint(text), "'deep-nets' names both 'a' and 'b'");
}

TEST(CatalogueDeathTest, AProgramWithABrokenOneEndsWithOneLine) {
  EXPECT_EXIT(ParseOrEnd(R"({"tags": []})", ""), testing::ExitedWithCode(1),
              "^the tag catalogue is broken: [^\n]*\n$");
}

TEST(Spelling, CountsWhatAWriterGetsWrong) {
  EXPECT_EQ(EditDistance("vison", "vision", 3), 1u);
  EXPECT_EQ(EditDistance("visoin", "vision", 3), 1u);
  EXPECT_EQ(EditDistance("", "abc", 3), 3u);
  EXPECT_EQ(EditDistance("robotics", "theory", 3), 4u);
  EXPECT_EQ(EditDistance("a", std::string(1000, 'b'), 3), 4u);
  EXPECT_EQ(Fold("  Large_Language - Models "), "large-language-models");
}

}  // namespace
}  // namespace paperwire::tags
