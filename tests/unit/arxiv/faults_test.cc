// Every misbehaviour, as a client sees it.
#include <gmock/gmock.h>

#include "absl/strings/match.h"
#include "libs/http/curl_client.h"
#include "tests/unit/arxiv/asked.h"

namespace paperwire::arxiv {
namespace {

using ingest::Outcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FaultsTest : public ::testing::Test {
 protected:
  // Of a page that gets `fault` once and is good afterwards.
  Outcome OutcomeOf(Fault fault, const std::string& path) {
    arxiv_.Misbehave({.fault = fault});
    const Outcome outcome = ingest::Read(Body(arxiv_.url() + path)).outcome;
    EXPECT_EQ(ingest::Read(Body(arxiv_.url() + path)).outcome, Outcome::kOk) << path;
    EXPECT_EQ(arxiv_.Count(fault), ++taken_[fault]);
    return outcome;
  }

  clock::FakeClock clock_{Moment(kWednesdayMorning)};
  ArxivStandIn arxiv_{JuneWorld(), clock_, {.oai_page_size = 25, .oai_cdn = false}};
  const std::string rss_ = "/rss/cs.LG";
  const std::string oai_ = "/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=2026-06-20";
  std::map<Fault, int> taken_;
};

TEST_F(FaultsTest, BodiesThatAreNoAnswer) {
  for (const std::string& path : {rss_, oai_}) {
    EXPECT_EQ(OutcomeOf(Fault::kRateExceeded200, path), Outcome::kRateLimited);
    EXPECT_EQ(OutcomeOf(Fault::kEmptyBody, path), Outcome::kNoBody);
    EXPECT_EQ(OutcomeOf(Fault::kHtml, path), Outcome::kHtml);
    EXPECT_EQ(OutcomeOf(Fault::kTruncated, path), Outcome::kTruncated);
  }
  EXPECT_EQ(OutcomeOf(Fault::kNoResults, rss_), Outcome::kEmpty);
  EXPECT_EQ(OutcomeOf(Fault::kNoResults, oai_), Outcome::kOaiNoRecords);
}

TEST_F(FaultsTest, StatusesComeWithTheirHeadersAndBodies) {
  const std::vector<std::pair<Fault, int>> cases = {
      {Fault::kRateExceeded, 429}, {Fault::kAccessDenied, 403}, {Fault::kNotAcceptable, 406},
      {Fault::kUnavailable, 503},  {Fault::kServerError, 500},  {Fault::kNotFound, 404},
  };
  for (const auto& [fault, status] : cases) {
    arxiv_.Misbehave({.fault = fault, .retry_after = "120"});
    const auto response = Fetch(arxiv_.url() + rss_);
    ASSERT_TRUE(response.ok()) << Name(fault);
    EXPECT_EQ(response->status, status);
    EXPECT_EQ(response->headers.at("retry-after"), "120");
    if (fault == Fault::kRateExceeded) {
      EXPECT_EQ(response->body, "Rate exceeded.");
    }
    if (fault == Fault::kAccessDenied) {
      EXPECT_THAT(response->body, HasSubstr("Access Denied"));
    }
  }
  arxiv_.Misbehave({.fault = Fault::kRateExceeded});
  EXPECT_FALSE(Fetch(arxiv_.url() + rss_)->headers.contains("retry-after"));
}

TEST_F(FaultsTest, ARedirectWithoutABody) {
  arxiv_.Misbehave({.fault = Fault::kEmptyRedirect});
  http::CurlClient client;
  const auto followed = client.Fetch({.url = arxiv_.url() + rss_});
  ASSERT_TRUE(followed.ok()) << followed.status();
  EXPECT_EQ(followed->status, 200);
  ASSERT_EQ(arxiv_.requests().size(), 2U);
  EXPECT_EQ(arxiv_.requests()[0].status, 301);
  EXPECT_EQ(arxiv_.requests()[0].fault, "empty-redirect");
}

TEST_F(FaultsTest, ConnectionsThatStallBreakAndReset) {
  http::CurlClient client;
  arxiv_.Misbehave({.fault = Fault::kStall});
  const auto stalled =
      client.Fetch({.url = arxiv_.url() + rss_, .total_timeout = std::chrono::milliseconds(200)});
  EXPECT_EQ(stalled.status().code(), absl::StatusCode::kDeadlineExceeded);
  arxiv_.Misbehave({.fault = Fault::kStall, .delay = std::chrono::milliseconds(60)});
  EXPECT_EQ(ingest::Read(Body(arxiv_.url() + rss_)).outcome, Outcome::kOk);
  for (const Fault fault : {Fault::kCut, Fault::kReset}) {
    arxiv_.Misbehave({.fault = fault});
    EXPECT_EQ(Fetch(arxiv_.url() + rss_).status().code(), absl::StatusCode::kUnavailable)
        << Name(fault);
  }
  EXPECT_EQ(arxiv_.requests().back().status, 0);
  EXPECT_EQ(ingest::Read(Body(arxiv_.url() + rss_)).outcome, Outcome::kOk);
}

TEST_F(FaultsTest, AStaleFeedHoldsYesterdaysBatchForOneCategoryOnly) {
  arxiv_.Misbehave(
      {.fault = Fault::kStale, .endpoint = "rss", .category = "cs.LG", .times = kAlways});
  const ingest::Reading stale = ingest::Read(Body(arxiv_.url() + rss_));
  EXPECT_EQ(stale.announced, absl::CivilDay(2026, 6, 24));
  EXPECT_EQ(IdsOf(stale.papers),
            IdsOf(arxiv_.world().ListedOn("cs.LG", absl::CivilDay(2026, 6, 23))));
  const ingest::Reading other = ingest::Read(Body(arxiv_.url() + "/rss/stat.ML"));
  EXPECT_EQ(IdsOf(other.papers),
            IdsOf(arxiv_.world().ListedOn("stat.ML", absl::CivilDay(2026, 6, 24))));
  arxiv_.Behave();
  const ingest::Reading good = ingest::Read(Body(arxiv_.url() + rss_));
  EXPECT_EQ(IdsOf(good.papers),
            IdsOf(arxiv_.world().ListedOn("cs.LG", absl::CivilDay(2026, 6, 24))));
}

TEST_F(FaultsTest, ADateBehindItsBatchAndNewPapersLeftOut) {
  const std::vector<std::string> all =
      IdsOf(arxiv_.world().ListedOn("cs.LG", absl::CivilDay(2026, 6, 24)));
  arxiv_.Misbehave({.fault = Fault::kDateBehind});
  const ingest::Reading behind = ingest::Read(Body(arxiv_.url() + rss_));
  EXPECT_EQ(behind.announced, absl::CivilDay(2026, 6, 23));
  EXPECT_EQ(IdsOf(behind.papers), all);
  arxiv_.Misbehave({.fault = Fault::kDropNew, .count = 2});
  EXPECT_EQ(ingest::Read(Body(arxiv_.url() + rss_)).papers.size(), all.size() - 2);
}

TEST_F(FaultsTest, ABatchIsRepeatedOnSaturday) {
  clock::FakeClock clock(Moment("2026-06-20T12:00:00Z"));
  ArxivStandIn arxiv(JuneWorld(), clock);
  arxiv.Misbehave({.fault = Fault::kRepeat, .endpoint = "rss"});
  const ingest::Reading reading = ingest::Read(Body(arxiv.url() + rss_));
  EXPECT_EQ(reading.announced, absl::CivilDay(2026, 6, 20));
  EXPECT_EQ(IdsOf(reading.papers),
            IdsOf(arxiv.world().ListedOn("cs.LG", absl::CivilDay(2026, 6, 19))));
}

TEST_F(FaultsTest, LaterPagesAreEmptyAndTokensBad) {
  arxiv_.Misbehave({.fault = Fault::kEmptyPage, .endpoint = "oai"});
  const std::string first = Body(arxiv_.url() + oai_);
  EXPECT_EQ(ingest::Read(first).outcome, Outcome::kOk);
  const std::string next = arxiv_.url() + "/oai?verb=ListRecords&resumptionToken=" + TokenOf(first);
  EXPECT_THAT(ingest::Read(Body(next)).papers, IsEmpty());
  arxiv_.Misbehave({.fault = Fault::kBadToken});
  EXPECT_EQ(ingest::Read(Body(arxiv_.url() + oai_)).outcome, Outcome::kOk);
  EXPECT_THAT(Body(next), HasSubstr("'badResumptionToken'"));
  EXPECT_EQ(ingest::Read(Body(next)).outcome, Outcome::kOk);
  const std::string query = arxiv_.url() + "/api/query?search_query=cat:cs.LG&max_results=5&start=";
  arxiv_.Misbehave({.fault = Fault::kEmptyPage, .endpoint = "query"});
  EXPECT_EQ(ingest::Read(Body(query + "0")).outcome, Outcome::kOk);
  EXPECT_EQ(ingest::Read(Body(query + "5")).outcome, Outcome::kMissing);
}

TEST_F(FaultsTest, AnEmptyResultOfAQuery) {
  arxiv_.Misbehave({.fault = Fault::kNoResults, .endpoint = "query"});
  const std::string url = arxiv_.url() + "/api/query?search_query=cat:cs.LG&max_results=5";
  EXPECT_THAT(Body(url), HasSubstr("<opensearch:totalResults>0<"));
  EXPECT_EQ(ingest::Read(Body(url)).outcome, Outcome::kOk);
}

TEST_F(FaultsTest, RecordsAreHiddenFromAHarvest) {
  ArxivStandIn arxiv(JuneWorld(), clock_);
  const std::vector<std::string> all = IdsOf(ingest::Read(Body(arxiv.url() + oai_)).papers);
  arxiv.Misbehave({.fault = Fault::kHide, .count = 4});
  EXPECT_EQ(ingest::Read(Body(arxiv.url() + oai_)).papers.size(), all.size() - 4);
}

TEST_F(FaultsTest, WhoeverSendsNoAcceptIsRefused) {
  ArxivStandIn arxiv(JuneWorld(), clock_, {.needs_accept = true});
  EXPECT_EQ(Fetch(arxiv.url() + rss_, {"Accept:"})->status, 406);
  EXPECT_EQ(Fetch(arxiv.url() + rss_)->status, 200);
}

TEST_F(FaultsTest, FaultsAreForTheirRequestsAndCounted) {
  arxiv_.Misbehave({.fault = Fault::kUnavailable, .category = "stat.ML", .skip = 1, .times = 2});
  arxiv_.Misbehave({.fault = Fault::kServerError, .host = "elsewhere"});
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(Fetch(arxiv_.url() + "/rss/stat.ML")->status);
  EXPECT_THAT(statuses, ElementsAre(200, 503, 503, 200));
  arxiv_.Misbehave({.fault = Fault::kUnavailable, .category = "stat.ML"});
  EXPECT_EQ(Fetch(arxiv_.url() + rss_)->status, 200);
  EXPECT_EQ(Fetch(arxiv_.url() + oai_ + "&set=stat:stat:ML")->status, 503);
  EXPECT_EQ(Fetch(arxiv_.url() + rss_, {"Host: elsewhere"})->status, 500);
}

TEST_F(FaultsTest, AnswersArePackedForWhoAsks) {
  const auto plain = Fetch(arxiv_.url() + rss_, {"Accept-Encoding: identity"});
  const auto packed = Fetch(arxiv_.url() + rss_, {"Accept-Encoding: gzip"});
  ASSERT_TRUE(plain.ok() && packed.ok());
  EXPECT_FALSE(plain->headers.contains("content-encoding"));
  EXPECT_EQ(packed->headers.at("content-encoding"), "gzip");
  EXPECT_EQ(packed->body, plain->body);
}

TEST_F(FaultsTest, RequestsAreKeptAndTheirMannersJudged) {
  http::CurlClient polite({.user_agent = "paperwire (mailto:someone@example.org)"});
  ASSERT_TRUE(polite.Fetch({.url = arxiv_.url() + rss_}).ok());
  clock_.Advance(std::chrono::seconds(3));
  ASSERT_TRUE(polite.Fetch({.url = arxiv_.url() + oai_}).ok());
  EXPECT_THAT(BadManners(arxiv_.requests()), IsEmpty());
  EXPECT_EQ(arxiv_.requests()[1].endpoint, "oai");
  EXPECT_EQ(arxiv_.requests()[1].target, oai_);
  EXPECT_EQ(arxiv_.requests()[0].connection, arxiv_.requests()[1].connection);
  clock_.Advance(std::chrono::milliseconds(2999));
  ASSERT_TRUE(Fetch(arxiv_.url() + rss_, {"Accept:"}).ok());
  EXPECT_THAT(
      BadManners(arxiv_.requests()),
      ElementsAre(HasSubstr("2999 ms after"), HasSubstr("no contact"), HasSubstr("no Accept")));
  arxiv_.ForgetRequests();
  EXPECT_THAT(arxiv_.requests(), IsEmpty());
}

TEST_F(FaultsTest, TheControlEndpointSteers) {
  clock::FakeClock clock(Moment(kWednesdayMorning));
  ArxivStandIn arxiv(JuneWorld(), clock, {.set_now = [&clock](absl::Time now) {
                       clock.Advance(std::chrono::duration_cast<std::chrono::milliseconds>(
                           absl::ToChronoTime(now) - clock.Now()));
                     }});
  http::CurlClient client;
  const auto post = [&](const std::string& order) {
    return client.Fetch({.url = arxiv.url() + "/_control", .method = "POST", .body = order})
        ->status;
  };
  EXPECT_EQ(post(R"({"misbehave": {"fault": "unavailable", "endpoint": "rss", "times": 1}})"), 200);
  EXPECT_EQ(Fetch(arxiv.url() + rss_)->status, 503);
  EXPECT_EQ(post(R"({"now": "2026-06-20T12:00:00Z"})"), 200);
  EXPECT_EQ(ingest::Read(Body(arxiv.url() + rss_)).outcome, Outcome::kEmpty);
  EXPECT_EQ(post(R"({"misbehave": {"fault": "nonsense"}})"), 400);
  EXPECT_EQ(post("nonsense"), 400);
  const std::string requests = Body(arxiv.url() + "/_control/requests");
  EXPECT_THAT(requests, HasSubstr("\"fault\": \"unavailable\""));
  EXPECT_EQ(arxiv.requests().size(), 2U);
}

}  // namespace
}  // namespace paperwire::arxiv
