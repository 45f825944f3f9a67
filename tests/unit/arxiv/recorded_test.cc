// The stand-in beside what arXiv sent, where the recorded data is.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "fmt/format.h"
#include "pugixml.hpp"
#include "tests/support/environment.h"
#include "tests/unit/arxiv/asked.h"

namespace paperwire::arxiv {
namespace {

using ::testing::IsSubsetOf;

std::string ReadFile(const std::string& name) {
  std::ifstream stream(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Every path of elements with its attributes' names: "rss/channel/item/guid[isPermaLink]". White
// space, values and order are left out.
void Collect(pugi::xml_node node, const std::string& above, std::set<std::string>& shapes) {
  for (const pugi::xml_node child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    std::string path = above + "/" + child.name();
    std::string shape = path;
    for (const pugi::xml_attribute attribute : child.attributes()) {
      shape += fmt::format("[{}]", attribute.name());
    }
    shapes.insert(shape);
    Collect(child, path, shapes);
  }
}

std::set<std::string> Shapes(const std::string& xml) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_buffer(xml.data(), xml.size())) << xml.substr(0, 200);
  std::set<std::string> shapes;
  Collect(document, "", shapes);
  return shapes;
}

class RecordedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto data = support::Environment("PAPERWIRE_TEST_DATA");
    if (!data) GTEST_SKIP() << "PAPERWIRE_TEST_DATA is not set";
    folder_ = *data + "/arxiv";
  }

  std::string folder_;
};

TEST_F(RecordedTest, TheShapesAreArxivs) {
  clock::FakeClock clock(Moment(kWednesdayMorning));
  ArxivStandIn arxiv(JuneWorld(60), clock, {.oai_page_size = 50});
  const std::string id =
      arxiv.world().Ids({"cs.LG"}, absl::CivilDay(2026, 6, 23), AnnounceType::kNew)[0];
  const std::string record = "/oai?verb=GetRecord&identifier=oai:arXiv.org:" + id;
  const std::string server = "/oai/new-server/";
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"/rss/cs.LG", "/rss/reconstructed/rss_cs.LG_2026-06-23.xml"},
      {"/atom/cs.LG", "/rss/atom_cs.AI_2025-08-20_86entries.xml"},
      {"/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=2026-06-20",
       server + "ListRecords_arXivRaw_all_p1.xml"},
      {"/oai?verb=ListRecords&metadataPrefix=arXiv&from=2026-06-20",
       server + "ListRecords_arXiv_all_p1.xml"},
      {"/oai?verb=ListRecords&metadataPrefix=oai_dc&from=2026-06-20",
       server + "ListRecords_oai_dc_all_p1.xml"},
      {record + "&metadataPrefix=arXivRaw", server + "GetRecord_arXivRaw_0806.4129.xml"},
      {"/oai?verb=ListSets", server + "ListSets.xml"},
      {"/oai?verb=ListMetadataFormats", server + "ListMetadataFormats.xml"},
      {"/oai?verb=Nonsense", server + "error_badVerb.xml"},
      {"/api/query?search_query=cat:cs.LG&max_results=50",
       "/atom/arxivpy/q_testing_s0_m100_cfe7536492ca.xml"},
  };
  for (const auto& [path, file] : pairs) {
    const std::set<std::string> recorded = Shapes(ReadFile(folder_ + file));
    const std::set<std::string> ours = Shapes(Body(arxiv.url() + path));
    EXPECT_FALSE(recorded.empty()) << file;
    // Papers differ in what they have: the recorded file may have more.
    std::set<std::string> optional;
    for (const char* name : {"DOI", "journal_reference", "doi", "journal-ref", "comments",
                             "comment", "journal_ref", "affiliation", "link", "suffix"}) {
      for (const std::string& shape : ours) {
        if (shape.find(name) != std::string::npos) optional.insert(shape);
      }
    }
    for (const std::string& shape : ours) {
      if (optional.contains(shape)) continue;
      EXPECT_TRUE(recorded.contains(shape)) << path << " has " << shape << ", not in " << file;
    }
  }
}

TEST_F(RecordedTest, JuneIsWholeAndOnItsDays) {
  World world;
  const absl::Status status = AddRecordedJune(folder_, world);
  ASSERT_TRUE(status.ok()) << status;
  clock::FakeClock clock(Moment("2026-06-23T05:30:00Z"));
  ArxivStandIn arxiv(world, clock);
  for (const std::string category : {"cs.LG", "stat.ML"}) {
    const std::string file = folder_ + "/rss/reconstructed/rss_" + category + "_2026-06-23.xml";
    const ingest::Reading recorded = ingest::Read(ReadFile(file));
    const ingest::Reading ours = ingest::Read(Body(arxiv.url() + "/rss/" + category));
    ASSERT_EQ(recorded.outcome, ingest::Outcome::kOk);
    ASSERT_EQ(ours.outcome, ingest::Outcome::kOk) << ours.detail;
    std::map<std::string, const v1::Paper*> by_id;
    for (const v1::Paper& paper : ours.papers) by_id[paper.arxiv_id()] = &paper;
    EXPECT_THAT(IdsOf(recorded.papers), IsSubsetOf(IdsOf(ours.papers)));
    for (const v1::Paper& paper : recorded.papers) {
      const v1::Paper* other = by_id[paper.arxiv_id()];
      ASSERT_NE(other, nullptr);
      EXPECT_EQ(other->announce_type(), paper.announce_type()) << paper.arxiv_id();
      EXPECT_EQ(other->version(), paper.version());
      EXPECT_EQ(other->announced(), paper.announced());
    }
  }
  // The crawls of the 20th and the 22nd repeat the 19th; the holiday's papers are in the 23rd's.
  EXPECT_TRUE(world.ListedOn("cs", absl::CivilDay(2026, 6, 20)).empty());
  EXPECT_TRUE(world.ListedOn("cs", absl::CivilDay(2026, 6, 22)).empty());
}

TEST_F(RecordedTest, EveryPaperOfJuneIsInTheFeedsAndInTheHarvestOfItsDay) {
  World world;
  ASSERT_TRUE(AddRecordedJune(folder_, world).ok());
  for (const absl::CivilDay day : world.Days()) {
    clock::FakeClock clock(absl::ToChronoTime(AnnouncedAt(day) + absl::Hours(6)));
    ArxivStandIn arxiv(world, clock, {.oai_page_size = 100});
    // The reconstructed feeds announce the same replacements on each of their days.
    const ingest::Reading feed = ingest::Read(Body(arxiv.url() + "/rss/cs.LG"));
    std::vector<v1::Paper> papers(feed.papers.begin(), feed.papers.end());
    std::erase_if(papers, [](const v1::Paper& paper) { return paper.version() > 1; });
    const std::vector<std::string> announced = IdsOf(papers);
    const std::vector<std::string> harvested = IdsOf(HarvestAll(
        arxiv.url(), fmt::format("metadataPrefix=arXivRaw&set=cs:cs:LG&from={}-{:02}-{:02}",
                                 day.year(), day.month(), day.day())));
    EXPECT_FALSE(announced.empty()) << day;
    EXPECT_THAT(announced, IsSubsetOf(harvested)) << day;
  }
}

}  // namespace
}  // namespace paperwire::arxiv
