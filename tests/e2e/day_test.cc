// A day of papers, from recorded feeds to gRPC and the page.
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/paths.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::seconds;

// The day's papers of RSS files, read without any of our code: unique ids announced as new, or as
// cross at version 1.
std::set<std::string> NewIds(const std::vector<std::string>& files) {
  static const std::regex guid_pattern("oai:arXiv\\.org:([^<]+)v([0-9]+)</guid>");
  static const std::regex type_pattern("announce_type>(new|cross)<");
  std::set<std::string> ids;
  for (const auto& file : files) {
    const std::string xml = support::ReadFile(file);
    for (size_t from = xml.find("<item>"); from != std::string::npos;
         from = xml.find("<item>", from + 1)) {
      const std::string item = xml.substr(from, xml.find("</item>", from) - from);
      std::smatch guid;
      std::smatch type;
      if (!std::regex_search(item, guid, guid_pattern) ||
          !std::regex_search(item, type, type_pattern))
        continue;
      if (type[1] == "new" || guid[2] == "1") ids.insert(guid[1]);
    }
  }
  return ids;
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".xml") files.push_back(entry.path());
  }
  return files;
}

class DayTest : public support::StackTest {
 protected:
  void ExpectWholeCards(const std::vector<v1::Entry>& entries) {
    for (const auto& entry : entries) {
      const std::string id = entry.paper().arxiv_id();
      EXPECT_FALSE(entry.paper().title().empty()) << id;
      EXPECT_FALSE(entry.paper().abstract().empty()) << id;
      EXPECT_GE(entry.paper().authors_size(), 1) << id;
      EXPECT_GE(entry.paper().categories_size(), 1) << id;
      EXPECT_GE(entry.tags_size(), 1) << id;
      EXPECT_LE(entry.tags_size(), 3) << id;
      EXPECT_GE(entry.summary().highlights_size(), 1) << id;
      EXPECT_LE(entry.summary().highlights_size(), 4) << id;
      EXPECT_FALSE(entry.summary().summary().empty()) << id;
      EXPECT_EQ(entry.summary().provenance().summarizer(), v1::SUMMARIZER_KIND_EMBEDDED) << id;
      EXPECT_FALSE(entry.summary().provenance().model().empty()) << id;
      EXPECT_FALSE(entry.tag_provenance().model().empty()) << id;
      EXPECT_GT(entry.revision().value(), 0u) << id;
    }
  }

  // Every paper is on the pages of its day, each as one card.
  void ExpectOnThePage(const std::vector<v1::Entry>& entries) {
    const auto front = support::HttpGet(stack().http_port(), "/");
    EXPECT_EQ(front.status, 200) << front.head;
    EXPECT_NE(front.head.find("text/html"), std::string::npos) << front.head;
    int on_front = 0;
    for (const auto& entry : entries) {
      const std::string& id = entry.paper().arxiv_id();
      if (front.body.find(id) != std::string::npos) ++on_front;
      const auto page = support::HttpGet(stack().http_port(), "/p/" + id);
      EXPECT_EQ(page.status, 200) << id;
      EXPECT_NE(page.body.find(entry.tags(0).name()), std::string::npos) << id;
    }
    EXPECT_GT(on_front, 0);
  }

  // The day in `folder` reaches every reader whole, and only once.
  void RunDay(const std::string& name, const std::string& folder) {
    const std::set<std::string> expected = NewIds(FilesIn(folder));
    ASSERT_GT(expected.size(), 5u);
    ASSERT_TRUE(stack().StartServices().ok());

    support::Stopwatch watch;
    const auto cycle = stack().Ingest(folder);
    ASSERT_TRUE(cycle.ok()) << cycle.status();
    EXPECT_EQ(cycle->exit_code, 0) << cycle->output;
    const int count = static_cast<int>(expected.size());
    EXPECT_TRUE(stack().WaitForCount(count, seconds(60)));
    const double served_after = watch.seconds();
    const auto ledger = stack().WaitForLedger(count, seconds(60));
    const auto entries = stack().feed().ListAll(v1::ENTRY_VIEW_FULL);
    ASSERT_TRUE(entries.ok()) << entries.status();

    std::set<std::string> listed;
    for (const auto& entry : *entries) listed.insert(entry.paper().arxiv_id());
    EXPECT_EQ(listed, expected);
    EXPECT_EQ(entries->size(), expected.size());
    EXPECT_EQ(ledger.declared, count) << ledger.ToString();
    EXPECT_TRUE(ledger.balanced && ledger.missing == 0 && ledger.dead_lettered == 0)
        << ledger.ToString();
    ExpectWholeCards(*entries);
    ExpectOnThePage(*entries);

    // The same day again changes nothing: neither the list nor the change stream.
    const int64_t changes = stack().ChangeCount();
    const auto again = stack().Ingest(folder);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->exit_code, 0) << again->output;
    const auto still = stack().WaitForLedger(count, seconds(30));
    EXPECT_EQ(still.served, count) << still.ToString();
    EXPECT_EQ(stack().ChangeCount(), changes);
    std::printf("DAY %s: %d papers, all on gRPC and the page after %.1f s; ledger: %s\n",
                name.c_str(), count, served_after, ledger.ToString().c_str());
  }
};

TEST_F(DayTest, TheSampleDayReachesGrpcAndThePage) {
  RunDay("sample", support::SourceDir() + "/services/ingest/sample");
}

TEST_F(DayTest, ARecordedDayReachesGrpcAndThePage) {
  const auto data = support::Environment("PAPERWIRE_TEST_DATA");
  if (!data) GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_DATA is not set";
  // Only these two of the recorded days: copied, because ingest reads a whole folder.
  const std::string day = stack().MakeFolder("recorded");
  for (const char* name : {"rss_cs.LG_2026-06-24.xml", "rss_stat.ML_2026-06-24.xml"}) {
    std::filesystem::copy_file(*data + "/arxiv/rss/reconstructed/" + name, day + "/" + name);
  }
  RunDay("2026-06-24 (cs.LG, stat.ML)", day);
}

}  // namespace
}  // namespace paperwire
