#include "services/serve/site.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/serve/wording.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SiteTest : public testing::Test {
 protected:
  SiteTest()
      : clock_(TuesdayNoon()),
        feed_clock_(clock_, /*data=*/false),
        requests_(metrics_),
        feed_(snapshots_, statuses_, feed_clock_),
        site_(feed_, snapshots_, statuses_, feed_clock_, requests_) {}

  void Load(const std::vector<v1::Entry>& entries) {
    snapshots_.Swap(MakeSnapshot(entries), feed_clock_.Now());
    v1::GetStatusResponse status;
    status.set_state(v1::FEED_STATE_FRESH);
    status.set_sentence("Tuesday's batch is served.");
    status.set_newest_announced("2026-06-23");
    status.set_papers_today(static_cast<uint32_t>(entries.size()));
    status.set_update_hours(8);
    status.set_history_days(7);
    v1::LedgerDay* day = status.add_days();
    day->set_announced("2026-06-23");
    day->set_declared(195);
    day->set_served(193);
    day->set_pending(2);
    v1::UnservedPaper* unserved = day->add_unserved();
    unserved->set_arxiv_id("2606.07777");
    unserved->set_kind(v1::UNSERVED_KIND_PENDING);
    unserved->set_reason("in new-paper");
    status_ = status;
    statuses_.Set(status);
  }
  http::Response Ask(const std::string& path,
                     std::vector<std::pair<std::string, std::string>> query = {},
                     const std::string& method = "GET") {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = std::move(query);
    return site_.Answer(request);
  }
  std::string Body(const std::string& path) { return *Ask(path).body; }

  clock::FakeClock clock_;
  FeedClock feed_clock_;
  prometheus::Registry metrics_;
  RequestCounter requests_;
  SnapshotHolder snapshots_;
  StatusHolder statuses_;
  v1::GetStatusResponse status_;
  Feed feed_;
  Site site_;
};

TEST_F(SiteTest, IsNotReadyBeforeTheFirstSnapshot) {
  EXPECT_EQ(Ask("/").status, 503);
  EXPECT_EQ(Ask("/api/v1/status").status, 503);
  EXPECT_EQ(Ask("/about").status, 200);
}

TEST_F(SiteTest, TheFrontPageShowsFiguresStateLedgerAndCards) {
  Load({MakeEntry("2606.00001", "2026-06-23", {"theory"}),
        MakeEntry("2606.00002", "2026-06-22", {"nlp"})});

  const std::string html = Body("/");

  EXPECT_THAT(html, HasSubstr("papers today"));
  EXPECT_THAT(html, HasSubstr("193 of 195 announced papers · 2 pending"));
  EXPECT_THAT(html, HasSubstr("Tuesday&#39;s batch is served."));
  EXPECT_THAT(html, HasSubstr("On the paper 2606.00001"));
  EXPECT_THAT(html, Not(HasSubstr("On the paper 2606.00002")));
  EXPECT_THAT(html, HasSubstr("href=\"/d/2026-06-22\""));
  EXPECT_THAT(html, HasSubstr("Not stated in the abstract."));
  EXPECT_THAT(html, HasSubstr("Made by the embedded summarizer (roles-1)"));
  EXPECT_THAT(html, HasSubstr("https://arxiv.org/abs/2606.00001v1"));
}

TEST_F(SiteTest, DaysTagsAndPapersHaveTheirOwnPages) {
  Load({MakeEntry("2606.00001", "2026-06-23", {"theory"}),
        MakeEntry("2606.00002", "2026-06-22", {"nlp"}),
        MakeEntry("math/0611800", "2026-06-22", {"nlp"})});

  EXPECT_THAT(Body("/d/2026-06-22"), HasSubstr("On the paper 2606.00002"));
  EXPECT_THAT(Body("/t/nlp"), HasSubstr("On the paper 2606.00002"));
  EXPECT_THAT(Body("/t/nlp"), Not(HasSubstr("On the paper 2606.00001")));
  EXPECT_THAT(Body("/p/2606.00001"), HasSubstr("We study gradient noise."));
  EXPECT_THAT(Body("/p/math/0611800"), HasSubstr("On the paper math/0611800"));
  EXPECT_THAT(Body("/status"), HasSubstr("2606.07777"));
  EXPECT_THAT(Body("/about"),
              HasSubstr("Thank you to arXiv for use of its open access interoperability."));
  EXPECT_EQ(Ask("/d/2026-06-23", {{"tag", "nlp"}}).status, 200);
}

TEST_F(SiteTest, ListsAreNarrowedByPrimaryCategoryAndKeyword) {
  v1::Entry graph = MakeEntry("2606.00001", "2026-06-23", {"theory"});
  graph.mutable_summary()->add_keywords("graph neural networks");
  v1::Entry vision = MakeEntry("2606.00002", "2026-06-23", {"theory"});
  vision.mutable_paper()->set_categories(0, "cs.CV");
  vision.mutable_paper()->add_categories("cs.LG");
  Load({graph, vision});

  const std::string by_keyword = *Ask("/t/theory", {{"keyword", "Graph Neural Network"}}).body;
  EXPECT_THAT(by_keyword, HasSubstr("On the paper 2606.00001"));
  EXPECT_THAT(by_keyword, Not(HasSubstr("On the paper 2606.00002")));
  EXPECT_THAT(by_keyword, HasSubstr("1 paper, with the keyword Graph Neural Network"));
  // The narrower list goes along to the tags.
  EXPECT_THAT(by_keyword, HasSubstr("keyword=Graph%20Neural%20Network"));
  const std::string by_category = *Ask("/d/2026-06-23", {{"category", "cs.LG"}}).body;
  EXPECT_THAT(by_category, HasSubstr("On the paper 2606.00001"));
  EXPECT_THAT(by_category, Not(HasSubstr("On the paper 2606.00002")));
  EXPECT_THAT(by_category, HasSubstr("<span>All tags</span> <span class=\"count\">1</span>"));
  EXPECT_THAT(by_category, HasSubstr("href=\"/d/2026-06-23?category=cs.LG\""));
  for (const char* wordless : {"-", " ", " - / "}) {
    EXPECT_EQ(Ask("/t/theory", {{"keyword", wordless}}).status, 400) << wordless;
  }
  EXPECT_THAT(*Ask("/t/theory", {{"keyword", "<script>"}}).body, Not(HasSubstr("<script>")));
  EXPECT_EQ(Ask("/t/theory", {{"keyword", std::string(201, 'x')}}).status, 400);
  EXPECT_EQ(Ask("/t/theory", {{"keyword", "graph"}, {"page", "2"}}).status, 404);
}

TEST_F(SiteTest, ANarrowedListLeadsToOtherDaysAsNarrow) {
  v1::Entry graph = MakeEntry("2606.00001", "2026-06-23", {"theory"});
  graph.mutable_summary()->add_keywords("graphs");
  v1::Entry older = MakeEntry("2606.00003", "2026-06-22", {"nlp"});
  older.mutable_summary()->add_keywords("graphs");
  Load({graph, MakeEntry("2606.00002", "2026-06-23"), older, MakeEntry("2606.00004", "2026-06-22"),
        MakeEntry("2606.00005", "2026-06-22")});

  const std::string narrowed =
      *Ask("/d/2026-06-23", {{"tag", "theory"}, {"category", "cs.LG"}, {"keyword", "graph"}}).body;
  EXPECT_THAT(narrowed, HasSubstr("<a href=\"/d/2026-06-22?category=cs.LG&amp;keyword=graph\">"
                                  "<span>Mon 22 June</span> <span class=\"count\">1</span></a>"));
  EXPECT_THAT(Body("/d/2026-06-23"), HasSubstr("<a href=\"/d/2026-06-22\"><span>Mon 22 June</span> "
                                               "<span class=\"count\">3</span></a>"));
}

TEST_F(SiteTest, WhatIsNoTextIsNotRepeated) {
  Load({MakeEntry("2606.00001", "2026-06-23", {"theory"})});

  EXPECT_THAT(*Ask("/t/\xff").body, HasSubstr("nknown tag &#39;\uFFFD&#39;"));
  for (const char* name : {"category", "keyword", "tag"}) {
    const std::string html = *Ask("/d/2026-06-23", {{name,
                                                     "a\xff"
                                                     "b"}})
                                  .body;
    EXPECT_THAT(html, Not(HasSubstr("\xff"))) << name;
    EXPECT_THAT(html, Not(HasSubstr("%FF"))) << name;
    EXPECT_THAT(html, HasSubstr("a\uFFFDb")) << name;
  }
}

TEST_F(SiteTest, WhatIsNotThereIsNotFoundInOurOwnWords) {
  Load({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00004", "2026-06-16")});

  for (const char* path :
       {"/nothing", "/d/2026-06-21", "/d/yesterday", "/t/astrology", "/t/", "/p/2606.09999",
        "/p/../../etc/passwd", "/p/2606.00004", "/d/2026-06-16", "/p/"}) {
    const http::Response response = Ask(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(*response.body, HasSubstr("Nothing here")) << path;
  }
  EXPECT_EQ(Ask("/", {{"page", "2"}}).status, 404);
  EXPECT_EQ(Ask("/", {{"page", "-1"}}).status, 404);
  EXPECT_EQ(Ask("/", {{"page", "99999999999"}}).status, 404);
}

TEST_F(SiteTest, OnlyReadingIsAllowed) {
  Load({MakeEntry("2606.00001", "2026-06-23")});

  const http::Response response = Ask("/", {}, "POST");

  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.headers,
              testing::Contains(std::pair<std::string, std::string>("Allow", "GET, HEAD")));
  EXPECT_EQ(Ask("/", {}, "HEAD").status, 200);
}

TEST_F(SiteTest, HostileFieldsStayText) {
  v1::Entry entry = MakeEntry("2606.00001", "2026-06-23");
  const std::string attack = "\"'><script>alert(1)</script>&<img src=x onerror=alert(1)>";
  entry.mutable_paper()->set_title(attack);
  entry.mutable_paper()->set_abstract(attack);
  entry.mutable_paper()->mutable_authors(0)->set_name(attack);
  entry.mutable_paper()->set_categories(0, attack);
  entry.mutable_paper()->set_venue(attack);
  entry.mutable_paper()->set_code_url("javascript:alert(1)");
  entry.mutable_paper()->set_abs_url("javascript:alert(1)");
  entry.mutable_paper()->set_html_url("javascript:alert(1)");
  entry.mutable_summary()->set_summary(attack);
  entry.mutable_summary()->set_tldr(attack);
  entry.mutable_summary()->set_highlights(0, attack);
  entry.mutable_summary()->mutable_provenance()->set_model(attack);
  entry.mutable_tags(0)->set_name(attack);
  entry.mutable_tags(0)->set_slug("x\" onmouseover=\"alert(1)");
  Load({entry});

  for (const char* path : {"/", "/p/2606.00001"}) {
    const std::string html = Body(path);
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;")) << path;
    EXPECT_THAT(html, Not(HasSubstr("<script"))) << path;
    EXPECT_THAT(html, Not(HasSubstr("<img"))) << path;
    EXPECT_THAT(html, Not(HasSubstr("javascript:"))) << path;
    EXPECT_THAT(html, Not(HasSubstr("\" onmouseover"))) << path;
  }
}

TEST_F(SiteTest, ACodeLinkWithAQuoteCannotLeaveItsAttribute) {
  v1::Entry entry = MakeEntry("2606.00001", "2026-06-23");
  entry.mutable_paper()->set_code_url("https://example.org/\"onclick=\"alert(1)");
  Load({entry});

  EXPECT_THAT(Body("/"), Not(HasSubstr("\"onclick")));
}

TEST_F(SiteTest, MarksRevisedWithdrawnAndFallbackCards) {
  v1::Entry entry = MakeEntry("2606.00001", "2026-06-23");
  entry.mutable_paper()->set_withdrawn(true);
  entry.mutable_paper()->set_revised(true);
  entry.mutable_paper()->set_version(2);
  entry.mutable_summary()->mutable_provenance()->set_fallback_reason(
      v1::FALLBACK_REASON_BUDGET_EXHAUSTED);
  Load({entry});

  const std::string html = Body("/");

  EXPECT_THAT(html, HasSubstr("Withdrawn by its authors"));
  EXPECT_THAT(html, HasSubstr("Revised: v2"));
  EXPECT_THAT(html, HasSubstr("had no budget left for the day"));
}

TEST_F(SiteTest, FoldsAuthorsAfterEight) {
  v1::Entry entry = MakeEntry("2606.00001", "2026-06-23");
  for (int i = 2; i <= 12; ++i)
    entry.mutable_paper()->add_authors()->set_name("N" + std::to_string(i));
  Load({entry});

  const std::string html = Body("/");

  EXPECT_THAT(html, HasSubstr("and 4 more"));
  EXPECT_THAT(html, HasSubstr(", N9, N10, N11, N12"));
}

TEST_F(SiteTest, SaysWhenItShowsTheSampleOrIsStale) {
  Load({MakeEntry("2606.00001", "2026-06-23")});
  EXPECT_THAT(Body("/"), Not(HasSubstr("Sample day")));

  status_.set_sample(true);
  status_.set_stale(true);
  status_.set_stale_reason("connection refused");
  statuses_.Set(status_);

  EXPECT_THAT(Body("/"), HasSubstr("Sample day"));
  EXPECT_THAT(Body("/"), HasSubstr("connection refused"));
}

TEST_F(SiteTest, APageIsMadeOnceAndSharedUntilTheSnapshotChanges) {
  Load({MakeEntry("2606.00001", "2026-06-23")});
  const auto first = Ask("/").body;
  EXPECT_EQ(Ask("/").body, first);

  snapshots_.Swap(MakeSnapshot({MakeEntry("2606.00005", "2026-06-23")}), feed_clock_.Now());

  EXPECT_NE(Ask("/").body, first);
  EXPECT_EQ(Ask("/").body, Ask("/").body);
  EXPECT_THAT(Body("/"), HasSubstr("2606.00005"));
}

TEST_F(SiteTest, AnswersNotModifiedToItsOwnTag) {
  Load({MakeEntry("2606.00001", "2026-06-23")});
  const http::Response first = Ask("/");
  http::Request again;
  again.method = "GET";
  again.path = "/";
  for (const auto& [name, value] : first.headers) {
    if (name == "ETag") again.headers["if-none-match"] = value;
  }

  EXPECT_EQ(site_.Answer(again).status, 304);
}

TEST_F(SiteTest, TheStyleSheetMayBeKeptUnderItsHash) {
  Load({MakeEntry("2606.00001", "2026-06-23")});
  const std::string html = Body("/");
  const size_t at = html.find("/style.css?v=");
  ASSERT_NE(at, std::string::npos);
  const std::string hash = html.substr(at + 13, html.find('"', at) - at - 13);

  const auto header = [](const http::Response& response) { return response.headers.at(0).second; };
  EXPECT_THAT(header(Ask("/style.css", {{"v", hash}})), HasSubstr("immutable"));
  EXPECT_THAT(header(Ask("/style.css", {{"v", "old"}})), Not(HasSubstr("immutable")));
  EXPECT_EQ(Ask("/favicon.svg").content_type, "image/svg+xml");
}

TEST_F(SiteTest, TheStatusIsThereAsJson) {
  Load({MakeEntry("2606.00001", "2026-06-23")});

  const http::Response response = Ask("/api/v1/status");

  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_THAT(*response.body, HasSubstr("\"newestAnnounced\":\"2026-06-23\""));
}

TEST(SecurityHeaders, AllowNoScript) {
  bool found = false;
  for (const auto& [name, value] : SecurityHeaders()) {
    if (name != "Content-Security-Policy") continue;
    found = true;
    EXPECT_THAT(value, HasSubstr("default-src 'none'"));
    EXPECT_THAT(value, Not(HasSubstr("script-src")));
    EXPECT_THAT(value, Not(HasSubstr("unsafe")));
  }
  EXPECT_TRUE(found);
}

TEST(Wording, CountsAndDates) {
  EXPECT_EQ(Counted(1, "paper", "papers"), "1 paper");
  EXPECT_EQ(Counted(1234567, "paper", "papers"), "1,234,567 papers");
  EXPECT_EQ(LongDate("2026-06-23"), "Tuesday 23 June 2026");
  EXPECT_EQ(ShortDate("nonsense"), "nonsense");
}

}  // namespace
}  // namespace paperwire::serve
