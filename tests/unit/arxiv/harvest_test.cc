// OAI-PMH as ingest reads it, and as the protocol has it.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "tests/unit/arxiv/asked.h"

namespace paperwire::arxiv {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class HarvestTest : public ::testing::Test {
 protected:
  clock::FakeClock clock_{Moment(kWednesdayMorning)};
  ArxivStandIn arxiv_{JuneWorld(), clock_, {.oai_page_size = 25}};
  std::string oai_ = arxiv_.url() + "/oai?";

  absl::Time now() const { return absl::FromChrono(clock_.Now()); }

  // What the world has of a set since a day.
  std::vector<std::string> Expected(const std::string& category, absl::CivilDay from) {
    std::vector<std::string> ids;
    for (const Record& record : arxiv_.world().Records(now(), absl::Minutes(150))) {
      const auto& all = record.paper.categories;
      if (std::find(all.begin(), all.end(), category) == all.end()) continue;
      if (absl::ToCivilDay(record.modified, absl::UTCTimeZone()) < from) continue;
      ids.push_back(record.paper.id);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }
};

TEST_F(HarvestTest, AllPagesTogetherAreTheWorld) {
  for (const char* prefix : {"arXivRaw", "arXiv", "oai_dc"}) {
    int pages = 0;
    const std::vector<v1::Paper> papers = HarvestAll(
        arxiv_.url(), std::string("set=cs:cs:LG&from=2026-06-18&metadataPrefix=") + prefix, &pages);
    EXPECT_EQ(IdsOf(papers), Expected("cs.LG", absl::CivilDay(2026, 6, 18))) << prefix;
    EXPECT_EQ(pages, static_cast<int>((papers.size() + 24) / 25));
    EXPECT_GE(pages, 3);
  }
}

TEST_F(HarvestTest, EveryPageReadsAsOkAndRawTellsTheVersions) {
  World& world = arxiv_.world();
  const std::string id = world.Ids({"cs.LG"}, absl::CivilDay(2026, 6, 18), AnnounceType::kNew)[0];
  const int version = world.Replace(id, absl::CivilDay(2026, 6, 24), true);
  const std::string page =
      Body(oai_ + "verb=GetRecord&metadataPrefix=arXivRaw&identifier=oai:arXiv.org:" + id);
  const ingest::Reading reading = ingest::Read(page);
  EXPECT_EQ(reading.outcome, ingest::Outcome::kOk) << reading.detail;
  ASSERT_EQ(reading.papers.size(), 1U);
  EXPECT_EQ(static_cast<int>(reading.papers[0].version()), version);
  EXPECT_TRUE(reading.papers[0].withdrawn());
  EXPECT_THAT(page, HasSubstr("<size>0kb</size>"));
  EXPECT_THAT(page, HasSubstr("<source_type>I</source_type>"));
  EXPECT_THAT(page, HasSubstr("<datestamp>2026-06-24</datestamp>"));
}

TEST_F(HarvestTest, TokensAreTheQuotedQueryAndEndWithAnEmptyElement) {
  const std::string first =
      Body(oai_ + "verb=ListRecords&metadataPrefix=arXivRaw&from=2026-06-23&set=cs");
  EXPECT_EQ(
      TokenOf(first),
      "verb%3DListRecords%26metadataPrefix%3DarXivRaw%26from%3D2026-06-23%26set%3Dcs%26skip%3D25");
  EXPECT_THAT(first, HasSubstr("expirationDate='2026-06-25T00:00:00Z'"));
  std::string last = Body(oai_ + "verb=ListIdentifiers&metadataPrefix=arXivRaw&from=2026-06-24");
  EXPECT_THAT(last, Not(HasSubstr("resumptionToken")));
  last =
      Body(oai_ +
           "verb=ListRecords&resumptionToken=verb%253DListRecords%2526metadataPrefix%253DarXivRaw"
           "%2526from%253D2026-06-24%2526skip%253D25");
  EXPECT_THAT(last, HasSubstr("<resumptionToken/>"));
  // Left as it is, not quoted again, it works too; decoded it does not.
  EXPECT_EQ(ingest::Read(Body(oai_ + "verb=ListRecords&resumptionToken=" + TokenOf(first))).outcome,
            ingest::Outcome::kOk);
  EXPECT_THAT(
      Body(oai_ +
           "verb=ListRecords&resumptionToken=verb=ListRecords&metadataPrefix=arXivRaw&skip=25"),
      HasSubstr("'badArgument'"));
}

TEST_F(HarvestTest, EveryProtocolErrorIsAnAnswerWithStatus200) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"verb=Nonsense", "'badVerb'"},
      {"", "'badVerb'"},
      {"verb=ListRecords", "metadataPrefix required."},
      {"verb=ListRecords&metadataPrefix=marc", "'cannotDisseminateFormat'"},
      {"verb=ListRecords&metadataPrefix=arXivRaw&set=cs:LG", "Set does not exist"},
      {"verb=ListRecords&metadataPrefix=arXivRaw&from=2026-06-25", "greater than or equal"},
      {"verb=ListRecords&metadataPrefix=arXivRaw&from=2026-06-23T00:00:00Z", "YYYY-MM-DD"},
      {"verb=ListRecords&metadataPrefix=arXivRaw&from=2001-01-01", "start date too early"},
      {"verb=ListRecords&metadataPrefix=arXivRaw&until=2026-06-30", "'badArgument'"},
      {"verb=ListRecords&resumptionToken=nonsense", "'badResumptionToken'"},
      {"verb=ListRecords&resumptionToken=x&set=cs", "'badArgument'"},
      {"verb=GetRecord&metadataPrefix=arXiv&identifier=oai:arXiv.org:9912.99999",
       "'idDoesNotExist'"},
      {"verb=GetRecord&metadataPrefix=arXiv&identifier=oai:arxiv.org:2606.00001",
       "'idDoesNotExist'"},
      {"verb=ListRecords&metadataPrefix=arXivRaw&set=econ", "'noRecordsMatch'"},
  };
  for (const auto& [query, words] : cases) {
    const std::string body = Body(oai_ + query);
    EXPECT_THAT(body, HasSubstr(words)) << query;
    const ingest::Reading reading = ingest::Read(body);
    EXPECT_THAT(reading.papers, IsEmpty()) << query;
    EXPECT_THAT(body, HasSubstr("<error code='" + reading.oai.error_code + "'>")) << query;
  }
}

TEST_F(HarvestTest, RecordsComeHoursAfterTheirAnnouncement) {
  clock::FakeClock clock(Moment("2026-06-24T02:29:59Z"));
  ArxivStandIn arxiv(JuneWorld(), clock, {.oai_cdn = false});
  const std::string url =
      arxiv.url() + "/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=2026-06-24";
  EXPECT_EQ(ingest::Read(Body(url)).outcome, ingest::Outcome::kOaiNoRecords);
  clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(ingest::Read(Body(url)).outcome, ingest::Outcome::kOk);
}

TEST_F(HarvestTest, TheCdnKeepsNoRecordsMatchUntilUtcMidnight) {
  clock::FakeClock clock(Moment("2026-06-24T00:30:00Z"));
  ArxivStandIn arxiv(JuneWorld(), clock);
  const std::string base =
      arxiv.url() + "/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=2026-06-";
  EXPECT_EQ(ingest::Read(Body(base + "24")).outcome, ingest::Outcome::kOaiNoRecords);
  clock.Advance(std::chrono::hours(5));
  EXPECT_EQ(ingest::Read(Body(base + "24")).outcome, ingest::Outcome::kOaiNoRecords);
  EXPECT_EQ(ingest::Read(Body(base + "23")).outcome, ingest::Outcome::kOk);
  clock.Advance(std::chrono::hours(19));
  EXPECT_EQ(ingest::Read(Body(base + "24")).outcome, ingest::Outcome::kOk);
}

TEST_F(HarvestTest, ARecordThatIsEditedMovesToTheEndAndThoseAfterItForward) {
  const std::string query = "from=2026-06-18&set=cs:cs:LG&metadataPrefix=arXivRaw";
  arxiv_.Misbehave({.fault = Fault::kTokenShift, .endpoint = "oai", .count = 3});
  const std::vector<std::string> shifted = IdsOf(HarvestAll(arxiv_.url(), query));
  const std::set<std::string> unique(shifted.begin(), shifted.end());
  const std::vector<std::string> all = Expected("cs.LG", absl::CivilDay(2026, 6, 18));
  EXPECT_EQ(shifted.size(), all.size());
  EXPECT_EQ(unique.size(), all.size() - 3);
  EXPECT_EQ(IdsOf(HarvestAll(arxiv_.url(), query)), all);
}

TEST_F(HarvestTest, IdentifySetsAndFormats) {
  EXPECT_THAT(Body(oai_ + "verb=Identify"), HasSubstr("<granularity>YYYY-MM-DD</granularity>"));
  const std::string sets = Body(oai_ + "verb=ListSets");
  for (const char* set : {">cs<", ">cs:cs<", ">cs:cs:LG<", ">stat:stat:ML<", ">physics:hep-th<"}) {
    EXPECT_THAT(sets, HasSubstr(set));
  }
  EXPECT_THAT(Body(oai_ + "verb=ListMetadataFormats"), HasSubstr(">arXivRaw<"));
}

}  // namespace
}  // namespace paperwire::arxiv
