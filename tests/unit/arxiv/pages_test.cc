// The listing pages and the query API.
#include <gmock/gmock.h>

#include "fmt/format.h"
#include "tests/unit/arxiv/asked.h"

namespace paperwire::arxiv {
namespace {

using ::testing::HasSubstr;

constexpr absl::CivilDay kToday(2026, 6, 24);

size_t Occurrences(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class PagesTest : public ::testing::Test {
 protected:
  size_t Count(AnnounceType type, AnnounceType or_type) {
    size_t count = 0;
    for (const Listed& listed : arxiv_.world().ListedOn("cs.LG", kToday)) {
      if (listed.type == type || listed.type == or_type) ++count;
    }
    return count;
  }

  clock::FakeClock clock_{Moment(kWednesdayMorning)};
  ArxivStandIn arxiv_{JuneWorld(), clock_};
};

TEST_F(PagesTest, CatchupDeclaresEachSectionAndListsItWhole) {
  const std::string page = Body(arxiv_.url() + "/catchup/cs.LG/2026-06-24?abs=True&page=1");
  EXPECT_THAT(page, HasSubstr("<h1>Catchup results for Machine Learning on Wed, 24 Jun 2026</h1>"));
  const size_t fresh = Count(AnnounceType::kNew, AnnounceType::kNew);
  const size_t cross = Count(AnnounceType::kCross, AnnounceType::kCross);
  const size_t replaced = Count(AnnounceType::kReplace, AnnounceType::kReplaceCross);
  EXPECT_THAT(page, HasSubstr(fmt::format("New submissions (showing {0} of {0} entries)", fresh)));
  EXPECT_THAT(page,
              HasSubstr(fmt::format("Cross submissions (showing {0} of {0} entries)", cross)));
  EXPECT_THAT(page, HasSubstr(fmt::format("Replacement submissions (showing {0} of {0} entries)",
                                          replaced)));
  EXPECT_THAT(page, HasSubstr(fmt::format("Total of {} entries for Wed, 24 Jun 2026",
                                          fresh + cross + replaced)));
  for (const Listed& listed : arxiv_.world().ListedOn("cs.LG", kToday)) {
    EXPECT_THAT(page, HasSubstr(fmt::format("id=\"{}\"", listed.paper.id)));
  }
  const ingest::Reading reading = ingest::Read(page);
  EXPECT_EQ(reading.outcome, ingest::Outcome::kOk) << reading.detail;
  EXPECT_EQ(reading.announced, kToday);
  EXPECT_EQ(IdsOf(reading.papers), IdsOf(arxiv_.world().ListedOn("cs.LG", kToday)));
  EXPECT_EQ(reading.listing.total, static_cast<int>(fresh + cross + replaced));
  EXPECT_FALSE(reading.listing.more);
  ASSERT_EQ(reading.listing.sections.size(), 3U);
  EXPECT_EQ(reading.listing.sections[0].total, static_cast<int>(fresh));
  EXPECT_EQ(reading.listing.sections[1].listed, static_cast<int>(cross));
  EXPECT_EQ(Occurrences(page, "(replaced)"), replaced);
  EXPECT_EQ(Occurrences(page, "<p class='mathjax'>"), fresh + cross + replaced);
}

TEST_F(PagesTest, CatchupPagesSayWhatTheyContinue) {
  ArxivStandIn arxiv(JuneWorld(), clock_, {.listing_page_size = 10});
  const size_t fresh = Count(AnnounceType::kNew, AnnounceType::kNew);
  ASSERT_GT(fresh, 10U);
  ASSERT_LT(fresh, 20U);
  const std::string url = arxiv.url() + "/catchup/cs.LG/2026-06-24?abs=True&page=";
  EXPECT_THAT(Body(url + "1"),
              HasSubstr(fmt::format("New submissions (showing first 10 of {} entries)", fresh)));
  EXPECT_THAT(Body(url + "2"),
              HasSubstr(fmt::format("New submissions (continued, showing last {} of {} entries)",
                                    fresh - 10, fresh)));
  std::vector<v1::Paper> papers;
  bool more = true;
  for (int page = 1; more && page < 10; ++page) {
    const ingest::Reading reading = ingest::Read(Body(url + std::to_string(page)));
    EXPECT_EQ(reading.outcome, ingest::Outcome::kOk) << reading.detail;
    papers.insert(papers.end(), reading.papers.begin(), reading.papers.end());
    more = reading.listing.more;
  }
  EXPECT_FALSE(more);
  EXPECT_EQ(IdsOf(papers), IdsOf(arxiv.world().ListedOn("cs.LG", kToday)));
  EXPECT_THAT(Body(url + "9"), HasSubstr("No further updates for Wed, 24 Jun 2026"));
}

TEST_F(PagesTest, CatchupRefusesWhatItDoesNotKeep) {
  const std::string base = arxiv_.url() + "/catchup/";
  EXPECT_THAT(Body(base + "cs.LG/2026-03-24", 400), HasSubstr("past 90 days"));
  EXPECT_THAT(Body(base + "cs.LG/2026-06-25", 400), HasSubstr("later than today"));
  EXPECT_THAT(Body(base + "cs.LG/24-06-2026", 400), HasSubstr("YYYY-MM-DD"));
  EXPECT_THAT(Body(base + "cs.XX/2026-06-24", 400), HasSubstr("Invalid subject"));
  EXPECT_THAT(Body(base + "cs.LG/2026-06-24?page=0", 400), HasSubstr("Invalid page"));
  EXPECT_THAT(Body(base + "cs.LG/2026-06-20"), HasSubstr("No updates for Sat, 20 Jun 2026"));
}

TEST_F(PagesTest, TheListingTurnsInTheEveningAndStaysOverTheWeekend) {
  clock::FakeClock clock(Moment("2026-06-23T23:59:59Z"));
  ArxivStandIn arxiv(JuneWorld(), clock);
  const std::string url = arxiv.url() + "/list/cs.LG/new?skip=0&show=2000";
  EXPECT_THAT(Body(url), HasSubstr("Showing new listings for Tuesday, 23 June 2026"));
  EXPECT_EQ(ingest::Read(Body(url)).announced, absl::CivilDay(2026, 6, 23));
  clock.Advance(std::chrono::seconds(1));
  EXPECT_THAT(Body(url), HasSubstr("Showing new listings for Wednesday, 24 June 2026"));
  clock::FakeClock monday(Moment("2026-06-22T12:00:00Z"));
  ArxivStandIn after_holiday(JuneWorld(), monday);
  EXPECT_THAT(Body(after_holiday.url() + "/list/cs.LG/new"),
              HasSubstr("Showing new listings for Friday, 19 June 2026"));
}

TEST_F(PagesTest, ListingsSkipAndShow) {
  const std::string page = Body(arxiv_.url() + "/list/cs.LG/new?skip=5&show=3");
  EXPECT_EQ(ingest::Read(page).papers.size(), 3U);
  EXPECT_THAT(page, HasSubstr("[6]"));
  EXPECT_THAT(page, HasSubstr("(continued, showing 3 of"));
}

TEST_F(PagesTest, QueriesByIdGiveWhatThereIsInBothFormats) {
  const auto ids = arxiv_.world().Ids({"cs.LG"}, kToday, AnnounceType::kNew);
  const std::string url =
      arxiv_.url() + "/api/query?max_results=10&id_list=9901.00001," + ids[0] + "," + ids[1] + "v1";
  const ingest::Reading reading = ingest::Read(Body(url));
  EXPECT_EQ(reading.outcome, ingest::Outcome::kOk) << reading.detail;
  EXPECT_EQ(reading.format, "query");
  EXPECT_EQ(IdsOf(reading.papers), (std::vector<std::string>{ids[0], ids[1]}));
  arxiv_.Misbehave({.fault = Fault::kOldFormat, .endpoint = "query"});
  const std::string old_page = Body(url);
  EXPECT_THAT(old_page, HasSubstr("<title type=\"html\">ArXiv Query: "));
  const ingest::Reading old_reading = ingest::Read(old_page);
  EXPECT_EQ(old_reading.outcome, ingest::Outcome::kOk) << old_reading.detail;
  EXPECT_EQ(IdsOf(old_reading.papers), IdsOf(reading.papers));
  EXPECT_EQ(old_reading.papers[0].title(), reading.papers[0].title());
  EXPECT_EQ(old_reading.papers[0].submitted_time().seconds(),
            reading.papers[0].submitted_time().seconds());
}

TEST_F(PagesTest, QueriesByDateArePaged) {
  const std::string url = arxiv_.url() +
                          "/api/query?search_query=cat:cs.LG+AND+submittedDate:%5B202606220000+TO+"
                          "202606232359%5D&sortBy=submittedDate&max_results=5&start=";
  std::vector<v1::Paper> papers;
  for (size_t before = 1; before != papers.size();) {
    before = papers.size();
    for (const v1::Paper& paper : ingest::Read(Body(url + std::to_string(before))).papers) {
      papers.push_back(paper);
    }
  }
  std::vector<std::string> expected;
  for (const Record& record : arxiv_.world().Records(absl::FromChrono(clock_.Now()))) {
    const auto& all = record.paper.categories;
    if (std::find(all.begin(), all.end(), "cs.LG") == all.end()) continue;
    const absl::CivilDay day =
        absl::ToCivilDay(record.paper.versions.front().submitted, absl::UTCTimeZone());
    if (day >= absl::CivilDay(2026, 6, 22)) expected.push_back(record.paper.id);
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(IdsOf(papers), expected);
  EXPECT_GE(papers.size(), 6U);
}

TEST_F(PagesTest, ABadIdentifierIsAnErrorFeedWithStatus400) {
  const std::string page = Body(arxiv_.url() + "/api/query?id_list=abc", 400);
  EXPECT_EQ(ingest::Read(page).outcome, ingest::Outcome::kErrorFeed);
  EXPECT_THAT(page, HasSubstr("incorrect_id_format_for_abc"));
  Body(arxiv_.url() + "/api/query?search_query=cat:cs.LG&max_results=0", 500);
}

}  // namespace
}  // namespace paperwire::arxiv
