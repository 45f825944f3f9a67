#include "libs/tags/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace paperwire::tags {
namespace {

using ::testing::HasSubstr;

constexpr char kTwo[] = R"({"tags": [
    {"slug": "nlp", "name": "NLP", "meaning": "Words.", "excludes": "Images.",
     "synonyms": ["text"], "categories": ["cs.CL"]},
    {"slug": "robotics", "name": "Robotics", "meaning": "Bodies.", "excludes": "Games."}],
    "retired": [{"slug": "texts", "name": "Texts", "successor": "nlp"}]})";
constexpr char kMeasured[] =
    R"({"model": "linear-7", "papers": 200, "tags": {"nlp": {"given": 40, "right": 32}}})";

std::string Complaint(const std::string& measured) {
  return std::string(TagCatalogue::Parse(kTwo, measured).status().message());
}

TEST(Description, TellsPrecisionWithItsIntervalAndWhoseItIs) {
  const TagCatalogue catalogue = *TagCatalogue::Parse(kTwo, kMeasured);

  const v1::TagDescription nlp = Describe(catalogue, catalogue[0], "linear-7");

  EXPECT_FLOAT_EQ(nlp.precision(), 0.8f);
  // Wilson's interval of 32 in 40.
  EXPECT_NEAR(nlp.precision_low(), 0.6524f, 0.001);
  EXPECT_NEAR(nlp.precision_high(), 0.8950f, 0.001);
  EXPECT_EQ(nlp.measured_on(), 40u);
  EXPECT_EQ(nlp.measured_model(), "linear-7");
  EXPECT_EQ(nlp.synonyms(0), "text");
  EXPECT_EQ(nlp.categories(0), "cs.CL");
  EXPECT_EQ(nlp.former_slugs(0), "texts");
  EXPECT_EQ(catalogue.measured_papers(), 200u);
}

TEST(Description, AFigureOfAnotherModelIsNotTold) {
  const TagCatalogue catalogue = *TagCatalogue::Parse(kTwo, kMeasured);

  const v1::TagDescription newer = Describe(catalogue, catalogue[0], "linear-8");
  EXPECT_EQ(newer.precision(), 0);
  EXPECT_EQ(newer.measured_on(), 0u);
  EXPECT_EQ(newer.measured_model(), "");
  EXPECT_EQ(newer.meaning(), "Words.");
  // Nothing has been tagged yet: nothing speaks against it.
  EXPECT_EQ(Describe(catalogue, catalogue[0], "").measured_on(), 40u);
}

TEST(Description, WhatWasNotMeasuredIsZero) {
  const TagCatalogue catalogue = *TagCatalogue::Parse(kTwo, kMeasured);

  const v1::TagDescription robotics = Describe(catalogue, catalogue[1], "linear-7");

  EXPECT_EQ(robotics.measured_on(), 0u);
  EXPECT_EQ(robotics.precision_high(), 0);
}

TEST(Measured, ABrokenFileIsRefused) {
  EXPECT_THAT(Complaint("{"), HasSubstr("measured.json: "));
  EXPECT_THAT(Complaint("{}"), HasSubstr("has no 'model'"));
  EXPECT_THAT(
      Complaint(R"({"model": "m", "papers": 1, "tags": {"vision": {"given": 1, "right": 1}}})"),
      HasSubstr("vision: is no tag"));
  EXPECT_THAT(
      Complaint(R"({"model": "m", "papers": 1, "tags": {"nlp": {"given": 1, "right": 2}}})"),
      HasSubstr("right oftener than given"));
  EXPECT_THAT(
      Complaint(R"({"model": "m", "papers": 1, "tags": {"nlp": {"given": -1, "right": 0}}})"),
      HasSubstr("must be a count"));
  EXPECT_THAT(Complaint(R"({"model": "", "papers": 1, "tags": {"nlp": {"given": 1, "right": 1}}})"),
              HasSubstr("names no model"));
}

}  // namespace
}  // namespace paperwire::tags
