// Tags that were renamed, merged or given up: an invented catalogue, as the real one has none yet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fmt/format.h"
#include "libs/tags/catalogue.h"

namespace paperwire::tags {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string TextWith(const std::string& retired) {
  return fmt::format(R"({{"tags": [
    {{"slug": "computer-vision", "name": "Seeing", "meaning": "Images.", "excludes": "Words.",
      "synonyms": ["images"]}},
    {{"slug": "nlp", "name": "NLP", "meaning": "Words.", "excludes": "Images."}}],
    "retired": [{}]}})",
                     retired);
}

constexpr char kRetired[] = R"(
    {"slug": "image-recognition", "name": "Image Recognition", "successor": "vision"},
    {"slug": "vision", "name": "Vision", "successor": "computer-vision"},
    {"slug": "images", "name": "Images", "successor": "computer-vision"},
    {"slug": "expert-systems", "name": "Expert Systems"})";

TagCatalogue WithRetired() { return *TagCatalogue::Parse(TextWith(kRetired)); }

std::string Complaint(const std::string& retired) {
  return std::string(TagCatalogue::Parse(TextWith(retired)).status().message());
}

TEST(RetiredTags, AreFoundUnderWhatStandsForThemToday) {
  const TagCatalogue catalogue = WithRetired();

  for (const char* slug : {"computer-vision", "vision", "image-recognition", "images"}) {
    EXPECT_EQ(catalogue.Resolve(slug).slug, "computer-vision") << slug;
    EXPECT_EQ(catalogue.Resolve(slug).name, "Seeing") << slug;
    EXPECT_EQ(catalogue.Resolve(slug).tag, catalogue.Find("computer-vision")) << slug;
    EXPECT_EQ(catalogue.Read(slug)->slug, "computer-vision") << slug;
  }
  EXPECT_EQ(catalogue.Read("Image Recognition")->slug, "computer-vision");
  EXPECT_EQ(catalogue.Find("vision"), nullptr);
  EXPECT_EQ(catalogue.size(), 2u);
  EXPECT_THAT(catalogue[0].former_slugs, ElementsAre("image-recognition", "vision", "images"));
}

TEST(RetiredTags, OneWithoutASuccessorKeepsItsSlugAndItsLastName) {
  const TagCatalogue catalogue = WithRetired();

  EXPECT_EQ(catalogue.Resolve("expert-systems").slug, "expert-systems");
  EXPECT_EQ(catalogue.Resolve("expert-systems").name, "Expert Systems");
  EXPECT_EQ(catalogue.Resolve("expert-systems").tag, nullptr);
  EXPECT_EQ(catalogue.Read("Expert-Systems")->slug, "expert-systems");
}

TEST(RetiredTags, ASlugThatWasNeverHeardOfStandsForItself) {
  const TagCatalogue catalogue = WithRetired();

  EXPECT_EQ(catalogue.Resolve("quantum").slug, "quantum");
  EXPECT_EQ(catalogue.Resolve("quantum").name, "");
  EXPECT_EQ(catalogue.Resolve("quantum").tag, nullptr);
  EXPECT_TRUE(absl::IsInvalidArgument(catalogue.Read("quantum").status()));
}

TEST(RetiredTags, ACatalogueKeepsItsLooksWhenItMoves) {
  TagCatalogue first = WithRetired();
  const TagCatalogue second = std::move(first);

  EXPECT_EQ(second.Resolve("vision").name, "Seeing");
}

TEST(RetiredTags, WhatWasMeasuredOfThemIsPassedOver) {
  const auto catalogue = TagCatalogue::Parse(TextWith(kRetired), R"({"model": "m", "papers": 9,
      "tags": {"vision": {"given": 4, "right": 4}, "expert-systems": {"given": 3, "right": 1},
               "nlp": {"given": 2, "right": 1}}})");

  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
  EXPECT_FALSE(catalogue->Find("computer-vision")->precision.measured());
  EXPECT_EQ(catalogue->Find("nlp")->precision.given, 2u);
}

TEST(RetiredTags, WhatLeadsNowhereOrInACircleIsRefused) {
  EXPECT_THAT(Complaint(R"({"slug": "a", "name": "A", "successor": "b"})"),
              HasSubstr("successor 'b' of 'a' is no tag"));
  EXPECT_THAT(Complaint(R"({"slug": "a", "name": "A", "successor": "a"})"), HasSubstr("a circle"));
  EXPECT_THAT(Complaint(R"({"slug": "a", "name": "A", "successor": "b"},
                           {"slug": "b", "name": "B", "successor": "a"})"),
              HasSubstr("a circle"));
  EXPECT_THAT(Complaint(R"({"slug": "nlp", "name": "NLP"})"), HasSubstr("stands there twice"));
  EXPECT_THAT(Complaint(R"({"slug": "a", "name": "A"}, {"slug": "a", "name": "A"})"),
              HasSubstr("stands there twice"));
  EXPECT_THAT(Complaint(R"({"slug": "images", "name": "I", "successor": "nlp"})"),
              HasSubstr("names both"));
}

}  // namespace
}  // namespace paperwire::tags
