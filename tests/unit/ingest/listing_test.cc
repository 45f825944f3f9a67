// Listing pages: the day, what is declared, what is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "services/ingest/reading.h"
#include "tests/support/environment.h"
#include "tests/unit/ingest/fixture.h"

namespace paperwire::ingest {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

std::string Replaced(std::string text, const std::string& old, const std::string& by) {
  const size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), by);
}

TEST(Listing, IsReadWithItsDayAndItsCounts) {
  const Reading reading = Read(Fixture("listing_new.html"));
  ASSERT_EQ(reading.outcome, Outcome::kOk) << reading.detail;
  EXPECT_EQ(reading.format, "listing");
  EXPECT_EQ(reading.category, "cs.LG");
  EXPECT_EQ(reading.announced, absl::CivilDay(2026, 6, 23));
  const ListingPage& listing = reading.listing;
  EXPECT_EQ(listing.total, 6);
  EXPECT_FALSE(listing.more);
  ASSERT_EQ(listing.sections.size(), 3u);
  EXPECT_EQ(listing.sections[0].type, v1::ANNOUNCE_TYPE_NEW);
  EXPECT_EQ(listing.sections[0].total, 2);
  EXPECT_EQ(listing.sections[0].shown, 2);
  EXPECT_EQ(listing.sections[0].listed, 2);
  EXPECT_EQ(listing.sections[1].type, v1::ANNOUNCE_TYPE_CROSS);
  EXPECT_EQ(listing.sections[1].total, 1);
  EXPECT_EQ(listing.sections[2].type, v1::ANNOUNCE_TYPE_REPLACE);
  EXPECT_EQ(listing.sections[2].total, 3);
}

TEST(Listing, YieldsWholePapers) {
  const Reading reading = Read(Fixture("listing_new.html"));
  ASSERT_EQ(reading.papers.size(), 6u);
  const v1::Paper& paper = reading.papers[0];
  EXPECT_EQ(paper.arxiv_id(), "2606.90001");
  EXPECT_EQ(paper.version(), 1u);
  EXPECT_EQ(paper.title(), "A Paper on $x^2 < y$ by Erdős");
  EXPECT_EQ(paper.abstract(), "We show one thing.\nAnd another, in a second paragraph.");
  EXPECT_EQ(paper.comment(), "Accepted at ICML 2026. Code at https://github.com/example/code");
  EXPECT_EQ(paper.code_url(), "https://github.com/example/code");
  EXPECT_EQ(paper.journal_ref(), "Journal of Examples 1 (2026)");
  EXPECT_THAT(paper.categories(), ElementsAre("cs.LG", "math-ph", "stat.ML"));
  EXPECT_EQ(paper.announced(), "2026-06-23");
  EXPECT_EQ(paper.announce_type(), v1::ANNOUNCE_TYPE_NEW);
  EXPECT_EQ(paper.source(), "listing");
  ASSERT_EQ(paper.authors_size(), 2);
  EXPECT_EQ(paper.authors(0).name(), "Anna Example");
  EXPECT_EQ(paper.authors(0).affiliations(0), "Place, Town");
  EXPECT_EQ(paper.authors(1).name(), "Søren Sample Jr.");
  EXPECT_EQ(reading.papers[1].authors_size(), 0);
}

TEST(Listing, TellsReplacementsFromThoseOfCrossLists) {
  const Reading reading = Read(Fixture("listing_new.html"));
  ASSERT_EQ(reading.papers.size(), 6u);
  EXPECT_EQ(reading.papers[2].announce_type(), v1::ANNOUNCE_TYPE_CROSS);
  EXPECT_EQ(reading.papers[2].version(), 4u);
  EXPECT_EQ(reading.papers[3].announce_type(), v1::ANNOUNCE_TYPE_REPLACE);
  EXPECT_EQ(reading.papers[3].version(), 3u);
  EXPECT_EQ(reading.papers[4].announce_type(), v1::ANNOUNCE_TYPE_REPLACE_CROSS);
  // The page does not tell; a replacement is a second version at least.
  EXPECT_EQ(reading.papers[4].version(), 2u);
  EXPECT_EQ(reading.papers[5].arxiv_id(), "math/0611800");
}

TEST(Listing, OfCatchUpIsReadWithoutAbstracts) {
  const Reading reading = Read(Fixture("catchup.html"));
  // The second of the pages: numbers go on, and one is left for a third.
  ASSERT_EQ(reading.outcome, Outcome::kOk) << reading.detail;
  EXPECT_EQ(reading.category, "cs.LG");
  EXPECT_EQ(reading.announced, absl::CivilDay(2026, 6, 23));
  EXPECT_EQ(reading.listing.total, 2003);
  EXPECT_TRUE(reading.listing.more);
  ASSERT_EQ(reading.listing.sections.size(), 1u);
  EXPECT_EQ(reading.listing.sections[0].total, 900);
  EXPECT_EQ(reading.listing.sections[0].shown, 2);
  ASSERT_EQ(reading.papers.size(), 2u);
  EXPECT_EQ(reading.papers[0].abstract(), "");
  EXPECT_FALSE(
      Read(Replaced(Fixture("catchup.html"), "Total of 2003", "Total of 2002")).listing.more);
}

TEST(Listing, TakesEveryFormOfTheHeading) {
  const std::string page = Fixture("listing_new.html");
  for (const std::string heading :
       {"New submissions for Tuesday, 23 June 2026 (showing 2 of 2 entries )",
        "New submissions (showing first 2 of 2 entries)",
        "New submissions (continued, showing 2 of 2 entries)",
        "New submissions (continued, showing last 2 of 2 entries)"}) {
    const Reading reading =
        Read(Replaced(page, "New submissions (showing 2 of 2 entries)", heading));
    EXPECT_EQ(reading.outcome, Outcome::kOk) << heading << ": " << reading.detail;
  }
  // Where only the heading tells the day.
  const std::string old =
      Replaced(Replaced(page, "<h3>Showing new listings for Tuesday, 23 June 2026</h3>", ""),
               "New submissions (showing", "New submissions for Tuesday, 23 June 2026 (showing");
  EXPECT_EQ(Read(old).announced, absl::CivilDay(2026, 6, 23));
}

TEST(Listing, ThatLacksAnEntryIsKnownToBeIncomplete) {
  std::string page = Fixture("listing_new.html");
  const size_t begin = page.find("<dt>", page.find("item1"));
  page.erase(begin, page.find("</dd>", begin) + 5 - begin);
  const Reading reading = Read(page);
  EXPECT_EQ(reading.outcome, Outcome::kIncomplete);
  EXPECT_THAT(reading.detail, testing::HasSubstr("1 of 2 entries"));
  EXPECT_EQ(reading.papers.size(), 5u);
  EXPECT_EQ(reading.listing.sections[0].listed, 1);
}

TEST(Listing, ThatDeclaresOtherThanItHoldsIsIncomplete) {
  const std::string page = Fixture("listing_new.html");
  for (const auto& [old, by] : std::vector<std::pair<std::string, std::string>>{
           {"showing 2 of 2 entries", "showing 3 of 3 entries"},
           {"showing 2 of 2 entries", "showing 2 of 1 entries"},
           {"(showing 2 of 2 entries)", ""},
           {"Total of 6 entries", "Total of 5 entries"},
           {"arXiv:2606.90001", "arXiv:none"}}) {
    std::string changed = Replaced(page, old, by);
    if (by == "arXiv:none") changed = Replaced(changed, "/abs/2606.90001", "/abs/none");
    const Reading reading = Read(changed);
    EXPECT_EQ(reading.outcome, Outcome::kIncomplete) << by << ": " << reading.detail;
    EXPECT_GE(reading.papers.size(), 5u) << by;
  }
}

TEST(Listing, ThatDeclaresPapersAndHoldsNoneIsMissingThem) {
  std::string page = Fixture("listing_new.html");
  for (size_t at = page.find("<dt>"); at != std::string::npos; at = page.find("<dt>")) {
    page.erase(at, page.find("</dd>", at) + 5 - at);
  }
  EXPECT_EQ(Read(page).outcome, Outcome::kMissing);
  EXPECT_TRUE(Read(page).papers.empty());
}

TEST(Listing, OfAQuietDayIsEmpty) {
  const auto quiet = [](const std::string& heading, const std::string& text) {
    return "<!DOCTYPE html><html><body><div id='dlpage'>" + heading + text +
           "</div></body></html>\n";
  };
  const std::string of_day = "<h3>Showing new listings for Saturday, 20 June 2026</h3>";
  const std::string catchup = "<h1>Catchup results for Machine Learning on Sat, 20 Jun 2026</h1>";
  for (const std::string& page :
       {quiet(of_day, "<p>No updates today.</p>"),
        quiet(catchup, "<div>Total of 0 entries</div><p>No updates for Sat, 20 Jun 2026</p>"),
        quiet(catchup, "<div>No further updates for Sat, 20 Jun 2026</div>")}) {
    const Reading reading = Read(page);
    EXPECT_EQ(reading.outcome, Outcome::kEmpty) << page;
    EXPECT_EQ(reading.announced, absl::CivilDay(2026, 6, 20)) << page;
  }
  // Nothing at all is no statement.
  EXPECT_EQ(Read(quiet(of_day, "")).outcome, Outcome::kMissing);
}

TEST(Listing, CutOffYieldsNothing) {
  const std::string page = Fixture("listing_new.html");
  const size_t begin = page.find("</h3>", page.find("Showing new"));
  for (size_t length = begin; length < page.find("</html>"); length += 97) {
    const Reading reading = Read(page.substr(0, length));
    EXPECT_EQ(reading.outcome, Outcome::kTruncated) << length;
    EXPECT_TRUE(reading.papers.empty());
  }
}

TEST(Listing, IsNotEveryPage) {
  for (const std::string page :
       {"<!DOCTYPE html><html><title>Access Denied</title><h1>Denied</h1></html>",
        "<!doctype html><html><body><dl><dt><a title='Abstract'>arXiv:2606.90001</a></dt>"
        "</dl></body></html>",
        "<!DOCTYPE html>"}) {
    EXPECT_EQ(Read(page).outcome, Outcome::kHtml) << page;
    EXPECT_TRUE(Read(page).papers.empty());
  }
}

TEST(Listing, SurvivesFiveMillionTags) {
  std::string page = "<html><h3>Showing new listings for Tuesday, 23 June 2026</h3>";
  for (int i = 0; i < 5'000'000; ++i) page += "<i>";
  EXPECT_TRUE(Read(page).papers.empty());
  EXPECT_FALSE(IsGood(Read(page).outcome));
}

TEST(RecordedListing, IsRead) {
  const auto data = support::Environment("PAPERWIRE_TEST_DATA");
  if (!data) GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_DATA is not set";
  const Reading reading =
      Read(FileAt(fs::path(*data) / "arxiv/listing/list_cs.AI_new_2026-08-12_trimmed.html"));
  ASSERT_EQ(reading.outcome, Outcome::kOk) << reading.detail;
  EXPECT_EQ(reading.announced, absl::CivilDay(2026, 8, 12));
  ASSERT_EQ(reading.papers.size(), 6u);
  ASSERT_EQ(reading.listing.sections.size(), 3u);
  for (const Section& section : reading.listing.sections) EXPECT_EQ(section.listed, 2);
  EXPECT_EQ(reading.papers[0].arxiv_id(), "2608.09949");
  EXPECT_EQ(reading.papers[0].categories(0), "cs.AI");
  EXPECT_EQ(reading.papers[2].version(), 2u);
  for (const v1::Paper& paper : reading.papers) {
    EXPECT_GE(paper.authors_size(), 1) << paper.arxiv_id();
    EXPECT_GT(paper.abstract().size(), 200u) << paper.arxiv_id();
  }
}

}  // namespace
}  // namespace paperwire::ingest
