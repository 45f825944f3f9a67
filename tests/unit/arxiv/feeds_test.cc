// The announcement feeds as ingest reads them.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "libs/calendar/calendar.h"
#include "libs/paper/text.h"
#include "tests/unit/arxiv/asked.h"

namespace paperwire::arxiv {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr absl::CivilDay kToday(2026, 6, 24);

class FeedsTest : public ::testing::Test {
 protected:
  clock::FakeClock clock_{Moment(kWednesdayMorning)};
  ArxivStandIn arxiv_{JuneWorld(), clock_};
};

const std::map<std::string_view, v1::AnnounceType> kTypes = {
    {"new", v1::ANNOUNCE_TYPE_NEW},
    {"cross", v1::ANNOUNCE_TYPE_CROSS},
    {"replace", v1::ANNOUNCE_TYPE_REPLACE},
    {"replace-cross", v1::ANNOUNCE_TYPE_REPLACE_CROSS}};

TEST_F(FeedsTest, BothFormatsSayWhatTheWorldAnnouncedToday) {
  for (const std::string format : {"rss", "atom"}) {
    for (const std::string category : {"cs.LG", "stat.ML", "cs.CL"}) {
      const std::vector<Listed> listed = arxiv_.world().ListedOn(category, kToday);
      ASSERT_THAT(listed, Not(IsEmpty()));
      const ingest::Reading reading =
          ingest::Read(Body(arxiv_.url() + "/" + format + "/" + category));
      EXPECT_EQ(reading.outcome, ingest::Outcome::kOk) << reading.detail;
      EXPECT_EQ(reading.format, format);
      EXPECT_EQ(reading.category, category);
      EXPECT_EQ(reading.announced, kToday);
      ASSERT_EQ(reading.papers.size(), listed.size());
      for (size_t i = 0; i < listed.size(); ++i) {
        const v1::Paper& paper = reading.papers[i];
        EXPECT_EQ(paper.arxiv_id(), listed[i].paper.id);
        EXPECT_EQ(static_cast<int>(paper.version()), listed[i].version);
        EXPECT_EQ(paper.announce_type(), kTypes.at(Name(listed[i].type)));
        EXPECT_EQ(paper.announced(), "2026-06-24");
        EXPECT_EQ(paper.title(), paper::CleanLine(listed[i].paper.title));
        EXPECT_EQ(paper.categories(0), listed[i].paper.primary());
        EXPECT_THAT(paper.abstract(), HasSubstr("below"));
      }
    }
  }
}

TEST_F(FeedsTest, NewPapersComeFirstAndReplacementsLast) {
  int last = 0;
  std::set<int> seen;
  for (const v1::Paper& paper : ingest::Read(Body(arxiv_.url() + "/rss/cs.LG")).papers) {
    EXPECT_GE(paper.announce_type(), last);
    last = paper.announce_type();
    seen.insert(last);
  }
  EXPECT_GE(seen.size(), 3U);
}

TEST_F(FeedsTest, TheFeedTurnsAtMidnightInNewYork) {
  clock::FakeClock clock(Moment("2026-06-24T03:59:59Z"));
  ArxivStandIn arxiv(JuneWorld(), clock);
  const std::string url = arxiv.url() + "/rss/cs.LG";
  EXPECT_EQ(ingest::Read(Body(url)).announced, absl::CivilDay(2026, 6, 23));
  clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(ingest::Read(Body(url)).announced, kToday);
}

TEST_F(FeedsTest, AnEmptyFeedOnSaturdayAndAfterAHoliday) {
  for (const char* moment : {"2026-06-20T12:00:00Z", "2026-06-22T12:00:00Z"}) {
    clock::FakeClock clock(Moment(moment));
    ArxivStandIn arxiv(JuneWorld(), clock);
    for (const char* path : {"/rss/cs.LG", "/atom/cs.LG"}) {
      EXPECT_EQ(ingest::Read(Body(arxiv.url() + path)).outcome, ingest::Outcome::kEmpty) << moment;
    }
  }
}

TEST_F(FeedsTest, AnUnknownCategoryIsAnErrorFeedWithStatus400) {
  for (const char* path :
       {"/rss/cs.XX", "/atom/cs.XX", "/rss/nonsense", "/rss/cs.LG?version=0.91"}) {
    const ingest::Reading reading = ingest::Read(Body(arxiv_.url() + path, 400));
    EXPECT_EQ(reading.outcome, ingest::Outcome::kErrorFeed) << path;
  }
  EXPECT_THAT(Body(arxiv_.url() + "/rss/cs.XX", 400), HasSubstr("Bad subject class 'XX'"));
}

TEST_F(FeedsTest, SeveralCategoriesListEachPaperOnceAsTheMostItIs) {
  const ingest::Reading reading = ingest::Read(Body(arxiv_.url() + "/rss/cs.lg+stat.ML"));
  EXPECT_EQ(reading.category, "cs.LG, stat.ML");
  const std::vector<std::string> ids = IdsOf(reading.papers);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  const auto of_ml = arxiv_.world().Ids({"cs.LG", "stat.ML"}, kToday, AnnounceType::kNew);
  EXPECT_EQ(of_ml.size(), static_cast<size_t>(std::count_if(
                              reading.papers.begin(), reading.papers.end(), [](const auto& paper) {
                                return paper.announce_type() == v1::ANNOUNCE_TYPE_NEW;
                              })));
}

TEST_F(FeedsTest, TheLimitCutsNewPapersFirst) {
  const size_t all = arxiv_.world().ListedOn("cs", kToday).size();
  ArxivStandIn arxiv(JuneWorld(), clock_, {.feed_limit = all - 5});
  const auto cut = ingest::Read(Body(arxiv.url() + "/rss/cs")).papers;
  const auto whole = ingest::Read(Body(arxiv_.url() + "/rss/cs")).papers;
  ASSERT_EQ(whole.size(), all);
  ASSERT_EQ(cut.size(), all - 5);
  EXPECT_EQ(whole[4].announce_type(), v1::ANNOUNCE_TYPE_NEW);
  EXPECT_EQ(cut.front().arxiv_id(), whole[5].arxiv_id());
  EXPECT_EQ(cut.back().arxiv_id(), whole.back().arxiv_id());
}

TEST_F(FeedsTest, TheETagHoldsUntilTheFeedIsRebuilt) {
  const std::string url = arxiv_.url() + "/rss/cs.LG";
  const auto first = Fetch(url);
  ASSERT_TRUE(first.ok());
  // From 05:30 UTC to midnight in New York.
  EXPECT_EQ(first->headers.at("cache-control"), "max-age=81000");
  const std::string tag = first->headers.at("etag");
  const auto same = Fetch(url, {"If-None-Match: " + tag});
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->status, 304);
  EXPECT_EQ(same->body, "");
  arxiv_.RebuildFeeds();
  const auto rebuilt = Fetch(url, {"If-None-Match: " + tag});
  ASSERT_TRUE(rebuilt.ok());
  EXPECT_EQ(rebuilt->status, 200);
  EXPECT_NE(rebuilt->headers.at("etag"), tag);
}

TEST_F(FeedsTest, CreatorsAreInRawTex) {
  const std::string body = Body(arxiv_.url() + "/rss/cs.LG+stat.ML+cs.CL+cs.CV");
  EXPECT_THAT(body, HasSubstr(R"(Erd\H{o}si)"));
  EXPECT_THAT(body, HasSubstr("(Aalto University)"));
}

}  // namespace
}  // namespace paperwire::arxiv
