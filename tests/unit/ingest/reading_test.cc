#include "services/ingest/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "services/ingest/file_source.h"
#include "services/ingest/input.h"
#include "tests/support/environment.h"
#include "tests/unit/ingest/fixture.h"

namespace paperwire::ingest {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

TEST(Reading, TakesAnRssFeedApart) {
  const Reading reading = Read(Fixture("rss.xml"));
  // One item has no identifier: what was read is good, and known not to be all.
  ASSERT_EQ(reading.outcome, Outcome::kIncomplete) << reading.detail;
  EXPECT_EQ(reading.format, "rss");
  EXPECT_EQ(reading.category, "cs.LG");
  EXPECT_EQ(reading.passed_over, 1);
  ASSERT_EQ(reading.papers.size(), 2u);
  const v1::Paper& paper = reading.papers[0];
  EXPECT_EQ(paper.arxiv_id(), "2606.90001");
  EXPECT_EQ(paper.version(), 1u);
  EXPECT_EQ(paper.title(), "A Paper on $x^2$ by Erdős");
  EXPECT_EQ(paper.abstract(), "We show that 3 < 4. Code: https://github.com/example/code.");
  EXPECT_THAT(paper.categories(), ElementsAre("cs.LG", "stat.ML"));
  EXPECT_EQ(paper.announced(), "2026-06-23");
  EXPECT_EQ(paper.announce_type(), v1::ANNOUNCE_TYPE_NEW);
  ASSERT_EQ(paper.authors_size(), 2);
  EXPECT_EQ(paper.authors(0).affiliations(0), "Place, Town");
  EXPECT_EQ(paper.authors(1).name(), "Søren Sample");
  EXPECT_EQ(paper.code_url(), "https://github.com/example/code");
  EXPECT_EQ(paper.abs_url(), "https://arxiv.org/abs/2606.90001");
  EXPECT_EQ(paper.pdf_url(), "https://arxiv.org/pdf/2606.90001v1");
  EXPECT_EQ(reading.papers[1].announce_type(), v1::ANNOUNCE_TYPE_CROSS);
  EXPECT_EQ(reading.papers[1].version(), 2u);
  EXPECT_EQ(reading.papers[1].dois(0), "10.1234/example");
}

TEST(Reading, MatchesNamespacesNotPrefixes) {
  const Reading reading = Read(Fixture("atom.xml"));
  ASSERT_EQ(reading.outcome, Outcome::kOk) << reading.detail;
  EXPECT_EQ(reading.format, "atom");
  EXPECT_EQ(reading.category, "stat.ML");
  EXPECT_EQ(reading.papers[0].announced(), "2026-06-23");
  EXPECT_EQ(reading.papers[0].abstract(), "We show that 3 < 4.");
  EXPECT_EQ(reading.papers[0].authors_size(), 2);
}

TEST(Reading, TakesAQueryApart) {
  const Reading reading = ReadDated("query.xml", Fixture("query.xml"));
  ASSERT_EQ(reading.outcome, Outcome::kOk) << reading.detail;
  const v1::Paper& paper = reading.papers[0];
  EXPECT_EQ(reading.format, "query");
  EXPECT_EQ(paper.title(), "A Second Version");
  EXPECT_EQ(paper.version(), 2u);
  EXPECT_THAT(paper.categories(), ElementsAre("cs.LG", "stat.ML"));
  EXPECT_EQ(paper.venue(), "ICML 2026");
  // Submitted on a Friday before the freeze.
  EXPECT_EQ(paper.announced(), "2026-06-15");
}

TEST(Reading, TakesOaiApart) {
  const Reading raw = ReadDated("", Fixture("oai_raw.xml"));
  ASSERT_EQ(raw.outcome, Outcome::kOk) << raw.detail;
  ASSERT_EQ(raw.papers.size(), 1u);
  EXPECT_EQ(raw.papers[0].version(), 2u);
  EXPECT_TRUE(raw.papers[0].withdrawn());
  EXPECT_EQ(raw.papers[0].authors(0).name(), "José Example");
  EXPECT_EQ(raw.papers[0].announced(), "2026-06-09");
  const Reading dc = Read(Fixture("oai_dc.xml"));
  ASSERT_EQ(dc.papers.size(), 1u);
  EXPECT_EQ(dc.papers[0].arxiv_id(), "math/0611800");
  EXPECT_EQ(dc.papers[0].authors(0).name(), "Anna Example");
  EXPECT_THAT(dc.papers[0].categories(), ElementsAre("math.AG", "hep-th"));
  EXPECT_EQ(dc.papers[0].comment(), "12 pages");
}

TEST(Reading, TakesJsonLinesApart) {
  const Reading reading = ReadDated(
      "day/2026-06-23.jsonl",
      "{\"id\":\"2606.90006v3\",\"title\":\"T\",\"summary\":\"S\",\"authors\":[\"A\",\"B\"],"
      "\"categories\":[\"cs.LG\",\"x\"]}\n\n"
      "{\"id\":\"2606.90007\",\"title\":\"T\",\"abstract\":\"S\",\"announced\":\"2026-06-22\","
      "\"version\":2,\"comment\":null}\n");
  ASSERT_EQ(reading.outcome, Outcome::kOk) << reading.detail;
  ASSERT_EQ(reading.papers.size(), 2u);
  EXPECT_EQ(reading.papers[0].version(), 3u);
  EXPECT_EQ(reading.papers[0].announced(), "2026-06-23");
  EXPECT_EQ(reading.papers[1].announced(), "2026-06-22");
  EXPECT_EQ(reading.papers[1].version(), 2u);
}

TEST(Reading, NamesTheBadLine) {
  const std::string good = "{\"id\":\"2606.90006\",\"title\":\"T\",\"abstract\":\"S\"}\n";
  EXPECT_EQ(Read(good + "{\"id\":").detail, "line 2: not JSON");
  EXPECT_EQ(Read(good + "{\"title\":\"T\"}").detail, "line 2: no \"id\"");
  const auto papers = ReadPapers("x.jsonl", good + good + "{\"id\":\"2606.90006\"}");
  EXPECT_EQ(papers.status().message(), "x.jsonl: bad-line: line 3: no \"title\"");
  EXPECT_EQ(ReadPapers("x.jsonl", good + good)->size(), 1u);
  EXPECT_EQ(ReadDated("x.jsonl", good).outcome, Outcome::kNoDate);
}

TEST(Reading, TellsApartWhatIsNoFeed) {
  const std::string rss = Fixture("rss.xml");
  const std::string rss_empty = R"(<rss version="2.0"><channel><title>cs.LG updates on arXiv.org
      </title><pubDate>Sat, 20 Jun 2026 00:00:00 -0400</pubDate></channel></rss>)";
  const std::string rss_error = R"(<rss version="2.0"><channel><title>Feed error for query: x
      </title><description>Bad subject class</description></channel></rss>)";
  std::string deep = "<rss>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (int i = 0; i < 100; ++i) deep += "</a>";
  deep += "</rss>";
  const std::vector<std::pair<std::string, Outcome>> cases = {
      {"", Outcome::kNoBody},
      {" \n", Outcome::kNoBody},
      {"Rate exceeded.", Outcome::kRateLimited},
      {"<!DOCTYPE html><html><title>Access Denied</title></html>", Outcome::kHtml},
      {"<html><body/></html>", Outcome::kHtml},
      {"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", Outcome::kDoctype},
      {"<?xml version='1.0'?><!-- x --><!doctype rss><rss/>", Outcome::kDoctype},
      {rss.substr(0, rss.size() / 2), Outcome::kTruncated},
      {rss.substr(0, rss.size() - 3), Outcome::kTruncated},
      {rss.substr(0, rss.rfind("</channel>")), Outcome::kTruncated},
      {"<?xml version='1.0'", Outcome::kTruncated},
      {"<rss><channel></rss>", Outcome::kNotXml},
      {"hello", Outcome::kNotXml},
      {"<x/>", Outcome::kUnknown},
      {deep, Outcome::kTooLarge},
      {rss_empty, Outcome::kEmpty},
      {rss_error, Outcome::kErrorFeed},
      {Fixture("query_error.xml"), Outcome::kErrorFeed},
      {Fixture("oai_error.xml"), Outcome::kOaiError},
      {std::string((32u << 20) + 1, ' '), Outcome::kTooLarge},
  };
  for (const auto& [bytes, outcome] : cases) {
    const Reading reading = Read(bytes);
    EXPECT_EQ(Slug(reading.outcome), Slug(outcome)) << bytes.substr(0, 80);
    EXPECT_TRUE(reading.papers.empty()) << bytes.substr(0, 80);
  }
}

TEST(Reading, KnowsAnAnswerThatLacksItsEntries) {
  std::string query = Fixture("query.xml");
  query.erase(query.find("  <entry>"), query.find("</feed>") - query.find("  <entry>"));
  EXPECT_EQ(Read(query).outcome, Outcome::kMissing);
}

TEST(Reading, RefusesTenThousandAndMoreEntries) {
  std::string feed = "<rss><channel><title>cs.LG updates on arXiv.org</title>";
  for (int i = 0; i < 10200; ++i) feed += "<item/>";
  EXPECT_EQ(Read(feed + "</channel></rss>").outcome, Outcome::kTooLarge);
}

TEST(SampleDay, HoldsTwelvePapersInTwoFeeds) {
  MemorySeenSet seen;
  const Harvest harvest =
      SampleSource().Collect({.now = absl::UnixEpoch(), .batches = {}, .seen = seen}, {}).value();
  ASSERT_EQ(harvest.readings.size(), 2u);
  std::map<std::string, int> types;
  std::map<std::string, int> ids;
  for (const Reading& reading : harvest.readings) {
    ASSERT_EQ(reading.outcome, Outcome::kOk) << reading.detail;
    EXPECT_EQ(reading.passed_over, 0);
    for (const v1::Paper& paper : reading.papers) {
      EXPECT_EQ(paper.source(), "sample");
      EXPECT_EQ(paper.announced(), "2026-01-14");
      ++ids[paper.arxiv_id()];
      ++types[v1::AnnounceType_Name(paper.announce_type())];
    }
  }
  EXPECT_EQ(ids.size(), 12u);
  EXPECT_EQ(types["ANNOUNCE_TYPE_REPLACE"], 1);
}

// Every recorded answer there is: file, outcome, papers; and the counts that are known.
TEST(RecordedAnswers, HaveTheirKnownOutcomes) {
  const auto data = support::Environment("PAPERWIRE_TEST_DATA");
  if (!data) GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_DATA is not set";
  const std::map<std::string, std::pair<std::string, size_t>> known = {
      {"rss/reconstructed/rss_cs.LG_2026-06-23.xml", {"ok", 464}},
      {"rss/reconstructed/rss_cs.LG_2026-06-24.xml", {"ok", 143}},
      {"rss/reconstructed/rss_cs.LG_2026-06-25.xml", {"ok", 219}},
      {"rss/reconstructed/rss_stat.ML_2026-06-23.xml", {"ok", 20}},
      {"rss/reconstructed/atom_cs.LG_2026-06-23.xml", {"ok", 464}},
      {"rss/reconstructed/atom_cs.LG_2026-06-25.xml", {"ok", 219}},
      {"rss/reconstructed/rss_cs.LG_EMPTY_saturday_2026-06-20.xml", {"empty", 0}},
      {"rss/reconstructed/atom_cs.LG_EMPTY_saturday_2026-06-20.xml", {"empty", 0}},
      {"rss/reconstructed/rss_ERROR_http400_cs.XX.xml", {"error-feed", 0}},
      {"rss/atom_cs.AI_2025-08-20_86entries.xml", {"ok", 86}},
      {"rss/atom_cs.AI_2025-08-20_TRUNCATED_as_committed.xml", {"truncated", 0}},
      {"rss/atom_cs.AI_2025-08-20_trimmed.xml", {"ok", 7}},
      {"rss/rss_cs.LG_2026-04-27_trimmed.xml", {"ok", 3}},
      {"rss/rss_csLG+csAI+csCL+statML_2026-09-24_trimmed.xml", {"ok", 3}},
      {"atom/arxivpy/q_testing_s0_m100_cfe7536492ca.xml", {"ok", 100}},
      {"atom/arxivpy/id_0000.0000_s0_m100_8b51d9633a68.xml", {"empty", 0}},
      {"atom/arxivpy/id_abc_s0_m100_b79c8dcf6bc3.xml", {"error-feed", 0}},
      {"atom/old_format_empty.xml", {"empty", 0}},
      {"oai/ListRecords_arXiv_set-cs_2016-03-01_1000rec_token.xml", {"ok", 1000}},
      {"oai/new-server/ListRecords_oai_dc_all_p1.xml", {"ok", 100}},
      {"oai/new-server/ListRecords_arXivRaw_all_p6.xml", {"ok", 3}},
      {"oai/new-server/error_noRecordsMatch.xml", {"no-records-match", 0}},
      {"oai/new-server/error_badResumptionToken.xml", {"bad-resumption-token", 0}},
      {"oai/new-server/Identify.xml", {"no-papers-asked", 0}},
  };
  const fs::path root = fs::path(*data) / "arxiv";
  size_t held = 0;
  for (const char* folder : {"rss", "atom", "oai", "listing", "papers", "taxonomy"}) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      const std::string name = fs::relative(file, root).string();
      const Reading reading = Read(FileAt(file));
      std::printf("%s → %s %s %zu%s%s\n", name.c_str(), reading.format.c_str(),
                  std::string(Slug(reading.outcome)).c_str(), reading.papers.size(),
                  reading.detail.empty() ? "" : ": ", reading.detail.substr(0, 80).c_str());
      const bool has_papers =
          reading.outcome == Outcome::kOk || reading.outcome == Outcome::kIncomplete;
      EXPECT_EQ(has_papers, !reading.papers.empty()) << name;
      const auto expected = known.find(name);
      if (expected == known.end()) continue;
      ++held;
      EXPECT_EQ(Slug(reading.outcome), expected->second.first) << name;
      EXPECT_EQ(reading.papers.size(), expected->second.second) << name;
    }
  }
  EXPECT_EQ(held, known.size());
}

}  // namespace
}  // namespace paperwire::ingest
