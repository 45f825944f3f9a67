// The announcement semantics: what is listed where, and when it can be seen.
#include "tests/support/arxiv/world.h"

#include <gmock/gmock.h>

#include "libs/calendar/calendar.h"
#include "tests/unit/arxiv/asked.h"

namespace paperwire::arxiv {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::CivilDay kTuesday(2026, 6, 23);
constexpr absl::CivilDay kWednesday(2026, 6, 24);

Paper MakePaper(const std::string& id, std::vector<std::string> categories,
                absl::CivilDay day = kTuesday) {
  Paper paper{.id = id, .title = "A Title", .abstract = "An abstract.", .authors = "Ada Byron"};
  paper.categories = std::move(categories);
  paper.versions = {{.number = 1, .submitted = SubmittedFor(day, 1)}};
  return paper;
}

AnnounceType TypeIn(const World& world, const std::string& spec, absl::CivilDay day) {
  const std::vector<Listed> listed = world.ListedOn(spec, day);
  EXPECT_EQ(listed.size(), 1U) << spec;
  return listed.empty() ? AnnounceType::kNew : listed.front().type;
}

TEST(WorldTest, ANewPaperIsNewInItsPrimaryAndCrossElsewhere) {
  World world;
  world.Add(MakePaper("2606.00001", {"cs.LG", "stat.ML"}));
  world.Announce({.day = kTuesday, .id = "2606.00001"});
  EXPECT_EQ(TypeIn(world, "cs.LG", kTuesday), AnnounceType::kNew);
  EXPECT_EQ(TypeIn(world, "cs", kTuesday), AnnounceType::kNew);
  EXPECT_EQ(TypeIn(world, "stat.ML", kTuesday), AnnounceType::kCross);
  EXPECT_THAT(world.ListedOn("cs.L", kTuesday), IsEmpty());
  EXPECT_THAT(world.ListedOn("cs.LG", kWednesday), IsEmpty());
}

TEST(WorldTest, AReplacementIsListedUpToTheFifthVersion) {
  World world;
  world.Add(MakePaper("2606.00001", {"cs.LG", "stat.ML"}));
  world.Announce({.day = kTuesday, .id = "2606.00001"});
  absl::CivilDay day = kWednesday;
  for (int version = 2; version <= 6; ++version, ++day) {
    EXPECT_EQ(world.Replace("2606.00001", day), version);
    EXPECT_EQ(world.ListedOn("cs.LG", day).size(), version <= 5 ? 1U : 0U) << version;
  }
  EXPECT_EQ(TypeIn(world, "stat.ML", kWednesday), AnnounceType::kReplaceCross);
  EXPECT_EQ(world.Find("2606.00001", AnnouncedAt(day))->paper.versions.size(), 6U);
}

TEST(WorldTest, NothingIsSeenBeforeItsAnnouncement) {
  World world;
  world.Add(MakePaper("2606.00001", {"cs.LG"}));
  world.Announce({.day = kTuesday, .id = "2606.00001"});
  world.Replace("2606.00001", kWednesday, true);
  const absl::Time evening = AnnouncedAt(kTuesday);
  EXPECT_EQ(absl::FormatTime(absl::RFC3339_sec, evening, absl::UTCTimeZone()),
            "2026-06-23T00:00:00+00:00");
  EXPECT_FALSE(world.Find("2606.00001", evening - absl::Seconds(1)));
  EXPECT_FALSE(world.Find("2606.00001", evening, absl::Hours(2)));
  EXPECT_EQ(world.Find("2606.00001", evening)->paper.versions.size(), 1U);
  const auto withdrawn = world.Find("2606.00001", AnnouncedAt(kWednesday));
  ASSERT_TRUE(withdrawn);
  EXPECT_EQ(withdrawn->paper.versions.size(), 2U);
  EXPECT_EQ(withdrawn->modified, AnnouncedAt(kWednesday));
  EXPECT_THAT(withdrawn->paper.comment, ::testing::HasSubstr("withdrawn"));
}

TEST(WorldTest, ALaterCrossListAddsItsCategoryOnItsDay) {
  World world;
  world.Add(MakePaper("2606.00001", {"stat.ME"}));
  world.Announce({.day = kTuesday, .id = "2606.00001"});
  world.Announce(
      {.day = kWednesday, .id = "2606.00001", .type = AnnounceType::kCross, .category = "cs.LG"});
  EXPECT_THAT(world.Find("2606.00001", AnnouncedAt(kTuesday))->paper.categories,
              ElementsAre("stat.ME"));
  const auto later = world.Find("2606.00001", AnnouncedAt(kWednesday));
  EXPECT_THAT(later->paper.categories, ElementsAre("stat.ME", "cs.LG"));
  EXPECT_EQ(later->modified, AnnouncedAt(kWednesday));
  EXPECT_THAT(world.ListedOn("cs.LG", kTuesday), IsEmpty());
  EXPECT_EQ(TypeIn(world, "cs.LG", kWednesday), AnnounceType::kCross);
}

TEST(WorldTest, InventedPapersAreAnnouncedOnArxivsDaysOnly) {
  const World world = JuneWorld();
  std::vector<std::string> days;
  for (const absl::CivilDay day : world.Days()) days.push_back(calendar::FormatDate(day));
  // The 19th is Juneteenth, a Friday: no batch on Monday the 22nd.
  EXPECT_THAT(days, ElementsAre("2026-06-10", "2026-06-11", "2026-06-12", "2026-06-15",
                                "2026-06-16", "2026-06-17", "2026-06-18", "2026-06-19",
                                "2026-06-23", "2026-06-24", "2026-06-25", "2026-06-26"));
  const auto count = [&world](int day) {
    size_t papers = 0;
    for (const char* archive : {"cs", "stat"}) {
      for (const Listed& listed : world.ListedOn(archive, absl::CivilDay(2026, 6, day))) {
        if (listed.type == AnnounceType::kNew) ++papers;
      }
    }
    return papers;
  };
  EXPECT_EQ(count(18), 30U);
  EXPECT_EQ(count(23), 60U);
}

TEST(WorldTest, SubmissionTimesLeadToTheirAnnouncement) {
  for (absl::CivilDay day(2026, 1, 1); day < absl::CivilDay(2027, 1, 1); ++day) {
    if (!calendar::IsAnnouncementDate(day)) continue;
    EXPECT_EQ(calendar::AnnouncedAfter(SubmittedFor(day, 7199)), day);
  }
}

TEST(WorldTest, JsonLinesSayWhichLineIsWrong) {
  World world;
  const absl::Status status = AddJsonLines(
      R"({"id": "2606.00001v1", "title": "T", "summary": "S", "categories": ["cs.LG"], )"
      R"("authors": ["A. Byron", "C. Babbage"], "first_seen": "2026-06-23", "comment": null})"
      "\n\n"
      R"({"id": "2606.00002", "title": "T", "abstract": "S", "categories": ["cs.LG"]})"
      "\n",
      world);
  EXPECT_EQ(status.message(), "line 3: announced or announcements is needed");
  const std::vector<Listed> listed = world.ListedOn("cs.LG", kTuesday);
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].paper.authors, "A. Byron, C. Babbage");
  EXPECT_EQ(listed[0].paper.abstract, "S");
}

}  // namespace
}  // namespace paperwire::arxiv
