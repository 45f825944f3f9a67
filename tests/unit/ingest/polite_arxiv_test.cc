#include "services/ingest/polite_arxiv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "prometheus/text_serializer.h"
#include "services/ingest/memory_arxiv_state.h"

namespace paperwire::ingest {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// 2026-06-23T05:30:00Z.
const clock::WallTime kNow = clock::WallTime(seconds(1782192600));
constexpr char kFeed[] = "https://rss.arxiv.org/rss/cs.LG";
constexpr char kOtherFeed[] = "https://rss.arxiv.org/rss/stat.ML";
constexpr char kOai[] = "https://oaipmh.arxiv.org/oai?verb=ListRecords";
constexpr char kBody[] = "<rss><channel/></rss>";

// Answers from a script, good where it is at its end; remembers what it was asked, and when.
class ScriptedClient final : public http::Client {
 public:
  explicit ScriptedClient(const clock::FakeClock& clock) : clock_(clock) {}

  void Answer(int status, std::string body = "", std::map<std::string, std::string> headers = {}) {
    answers_.push_back(http::FetchResponse{
        .status = status, .headers = std::move(headers), .body = std::move(body), .url = ""});
  }
  void Fail(absl::Status status) { answers_.emplace_back(std::move(status)); }

  absl::StatusOr<http::FetchResponse> Fetch(const http::FetchRequest& request) override {
    requests.push_back(request);
    times.push_back(clock_.SteadyNow());
    if (during) during();
    if (answers_.empty()) {
      return http::FetchResponse{.status = 200, .headers = {}, .body = kBody, .url = ""};
    }
    auto answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  // Between the nth request (from 0) and the one before.
  clock::SteadyTime::duration Gap(size_t nth) const { return times.at(nth) - times.at(nth - 1); }

  std::vector<http::FetchRequest> requests;
  std::vector<clock::SteadyTime> times;
  std::function<void()> during;

 private:
  const clock::FakeClock& clock_;
  std::deque<absl::StatusOr<http::FetchResponse>> answers_;
};

class PoliteArxivTest : public testing::Test {
 protected:
  // Another process, or this one started again.
  std::unique_ptr<PoliteArxiv> Process(const std::string& owner = "one") {
    return std::make_unique<PoliteArxiv>(
        client_, state_, clock_,
        PoliteArxiv::Options{
            .endpoints = {{.base_url = "https://rss.arxiv.org"},
                          {.base_url = "https://oaipmh.arxiv.org/oai", .timeout = seconds(120)},
                          {.base_url = "http://127.0.0.1:8080"}},
            .owner = owner,
            .contact = "mailto:someone@example.org"},
        metrics_);
  }
  Answer Ask(const std::string& url = kFeed) { return arxiv_->Ask(url, false, stop_.get_token()); }
  Answer AskAgain(const std::string& url = kFeed) {
    return arxiv_->Ask(url, true, stop_.get_token());
  }
  void Restart() { arxiv_ = Process(); }

  std::string Metrics() { return prometheus::TextSerializer().Serialize(metrics_.Collect()); }

  clock::FakeClock clock_{kNow};
  MemoryArxivState state_{clock_};
  ScriptedClient client_{clock_};
  prometheus::Registry metrics_;
  std::stop_source stop_;
  std::unique_ptr<PoliteArxiv> arxiv_ = Process();
};

TEST_F(PoliteArxivTest, SaysWhoItIsAndWhatItTakes) {
  const Answer answer = Ask();
  EXPECT_EQ(answer.outcome, Outcome::kOk);
  EXPECT_EQ(answer.body, kBody);
  ASSERT_EQ(client_.requests.size(), 1u);
  const http::FetchRequest& request = client_.requests[0];
  EXPECT_THAT(request.headers, Contains(HasSubstr("(mailto:someone@example.org)")));
  EXPECT_THAT(request.headers, Contains(StartsWith("Accept: application/rss+xml")));
  EXPECT_THAT(request.headers, Not(Contains(StartsWith("If-"))));
  EXPECT_EQ(request.connect_timeout, seconds(5));
  EXPECT_EQ(request.total_timeout, seconds(60));
  EXPECT_EQ(request.max_body_bytes, 32u << 20);
  EXPECT_EQ(request.max_redirects, 0);
}

TEST_F(PoliteArxivTest, GivesOaiMoreTime) {
  Ask(kOai);
  EXPECT_EQ(client_.requests[0].total_timeout, seconds(120));
}

TEST_F(PoliteArxivTest, KeepsRequestsThreeSecondsApartOverAllHosts) {
  Ask(kFeed);
  Ask(kOai);
  clock_.Advance(seconds(2));
  Ask(kOtherFeed);
  clock_.Advance(seconds(10));
  Ask(kFeed);
  EXPECT_EQ(client_.Gap(1), seconds(3));
  EXPECT_EQ(client_.Gap(2), seconds(3));
  EXPECT_EQ(client_.Gap(3), seconds(10));
  EXPECT_EQ(arxiv_->requests(), 4u);
}

TEST_F(PoliteArxivTest, KeepsRequestsApartOverARestart) {
  Ask();
  Restart();
  Ask();
  EXPECT_EQ(client_.Gap(1), seconds(3));
}

TEST_F(PoliteArxivTest, LeavesArxivToTheProcessThatHoldsTheLease) {
  Ask();
  const auto other = Process("two");
  const Answer answer = other->Ask(kFeed, false, {});
  EXPECT_EQ(answer.outcome, Outcome::kNotAsked);
  EXPECT_EQ(answer.detail, "another ingest asks arXiv");
  EXPECT_EQ(client_.requests.size(), 1u);

  clock_.Advance(seconds(16));
  EXPECT_EQ(other->Ask(kFeed, false, {}).outcome, Outcome::kOk);
  EXPECT_EQ(Ask().outcome, Outcome::kNotAsked);
}

TEST_F(PoliteArxivTest, AsksNothingWhileTheStoreIsAway) {
  state_.FailWith(absl::UnavailableError("connection refused"));
  const Answer answer = Ask();
  EXPECT_EQ(answer.outcome, Outcome::kNotAsked);
  EXPECT_THAT(answer.detail, HasSubstr("connection refused"));
  EXPECT_TRUE(client_.requests.empty());

  state_.FailWith(absl::OkStatus());
  EXPECT_EQ(Ask().outcome, Outcome::kOk);
}

TEST_F(PoliteArxivTest, WaitsAsLongAsItIsToldAndAsksAgain) {
  client_.Answer(429, "", {{"retry-after", "30"}});
  client_.Answer(503, "", {{"retry-after", "Tue, 23 Jun 2026 05:32:00 GMT"}});
  EXPECT_EQ(Ask().outcome, Outcome::kOk);
  EXPECT_EQ(client_.Gap(1), seconds(30));
  EXPECT_EQ(client_.Gap(2), seconds(90));
}

TEST_F(PoliteArxivTest, WaitsAMinuteWhenItIsNotTold) {
  client_.Answer(200, "Rate exceeded.");
  EXPECT_EQ(Ask().outcome, Outcome::kOk);
  EXPECT_GE(client_.Gap(1), seconds(60));
  EXPECT_LE(client_.Gap(1), seconds(75));
}

TEST_F(PoliteArxivTest, LetsAHostRestThatAsksForMoreThanACycleHas) {
  client_.Answer(429, "Rate exceeded.", {{"retry-after", "3600"}});
  const Answer answer = Ask();
  EXPECT_EQ(answer.outcome, Outcome::kRateLimited);
  EXPECT_THAT(answer.detail, HasSubstr("rss.arxiv.org rests until 06:30 UTC"));

  const Answer next = Ask(kOtherFeed);
  EXPECT_EQ(next.outcome, Outcome::kNotAsked);
  EXPECT_THAT(next.detail, StartsWith("rss.arxiv.org rests until 06:3"));
  EXPECT_THAT(next.detail, HasSubstr("(rate-limited)"));
  EXPECT_EQ(Ask(kOai).outcome, Outcome::kOk);
  ASSERT_EQ(client_.requests.size(), 2u);
}

TEST_F(PoliteArxivTest, RemembersARestOverARestartAndLetsItGrow) {
  for (const int least : {5, 15, 60, 60}) {
    client_.Answer(429);
    if (least == 5) client_.Answer(429);
    EXPECT_EQ(Ask().outcome, Outcome::kRateLimited);
    Restart();
    clock_.Advance(minutes(least) - minutes(3));
    EXPECT_EQ(Ask().outcome, Outcome::kNotAsked);
    clock_.Advance(minutes(least) / 4 + minutes(3));
  }
  EXPECT_EQ(client_.requests.size(), 5u);
  EXPECT_EQ(Ask().outcome, Outcome::kOk);
  EXPECT_EQ(state_.Host("rss.arxiv.org")->limited, 0);

  client_.Answer(429);
  EXPECT_EQ(Ask().outcome, Outcome::kOk);
  EXPECT_LE(client_.Gap(7), seconds(75));
}

TEST_F(PoliteArxivTest, GivesUpAfterTheFifthLimitHoweverShortThePause) {
  for (int i = 0; i < 20; ++i) client_.Answer(429, "", {{"retry-after", "1"}});
  EXPECT_EQ(Ask().outcome, Outcome::kRateLimited);
  EXPECT_EQ(Ask(kOtherFeed).outcome, Outcome::kNotAsked);
  EXPECT_EQ(client_.requests.size(), 5u);
}

TEST_F(PoliteArxivTest, TriesThriceWhatFailsThenLetsTheHostRest) {
  client_.Fail(absl::DeadlineExceededError("nothing in 60 s"));
  client_.Answer(200, "");
  client_.Answer(200, "<rss><channel>");
  const Answer answer = Ask();
  EXPECT_EQ(answer.outcome, Outcome::kTruncated);
  EXPECT_THAT(answer.detail, HasSubstr("rss.arxiv.org rests until 05:3"));
  EXPECT_GE(client_.Gap(1), seconds(10));
  EXPECT_LE(client_.Gap(1), seconds(15));
  EXPECT_GE(client_.Gap(2), seconds(40));
  EXPECT_LE(client_.Gap(2), seconds(60));

  // A minute is waited for; then there is one attempt, and five minutes are not.
  client_.Fail(absl::UnavailableError("reset"));
  EXPECT_EQ(Ask().outcome, Outcome::kUnreachable);
  EXPECT_GE(client_.Gap(3), seconds(60));
  EXPECT_LE(client_.Gap(3), seconds(75));
  EXPECT_EQ(Ask(kOtherFeed).outcome, Outcome::kNotAsked);
  EXPECT_EQ(client_.requests.size(), 4u);

  Restart();
  EXPECT_EQ(Ask().outcome, Outcome::kNotAsked);
  clock_.Advance(minutes(7));
  EXPECT_EQ(Ask().outcome, Outcome::kOk);
  EXPECT_EQ(state_.Host("rss.arxiv.org")->failed, 0);
}

TEST_F(PoliteArxivTest, ComesThroughAStall) {
  client_.Fail(absl::DeadlineExceededError("nothing in 120 s"));
  client_.Answer(502, "<html>bad gateway</html>");
  EXPECT_EQ(Ask(kOai).outcome, Outcome::kOk);
  EXPECT_EQ(client_.requests.size(), 3u);
}

TEST_F(PoliteArxivTest, AsksOnceForWhatAskingAgainCannotMend) {
  client_.Fail(absl::ResourceExhaustedError("body over 33554432 bytes"));
  client_.Answer(404, "<html>");
  EXPECT_EQ(Ask().outcome, Outcome::kTooLarge);
  EXPECT_EQ(Ask().outcome, Outcome::kHttpError);
  EXPECT_EQ(client_.requests.size(), 2u);
}

TEST_F(PoliteArxivTest, StopsForADayAtARefusal) {
  client_.Answer(403, "<html>Access Denied</html>");
  const Answer answer = Ask();
  EXPECT_EQ(answer.outcome, Outcome::kForbidden);
  EXPECT_THAT(answer.detail, HasSubstr("nothing is asked until 2026-06-24 05:30 UTC"));
  EXPECT_THAT(Metrics(), HasSubstr("paperwire_ingest_requests_total{outcome=\"forbidden\"} 1"));

  clock_.Advance(hours(12));
  Restart();
  EXPECT_EQ(Ask(kOai).outcome, Outcome::kNotAsked);
  clock_.Advance(hours(12) - seconds(1));
  const Answer last = Ask();
  EXPECT_EQ(last.outcome, Outcome::kNotAsked);
  EXPECT_THAT(last.detail, HasSubstr("refused"));
  EXPECT_EQ(client_.requests.size(), 1u);

  clock_.Advance(seconds(1));
  EXPECT_EQ(Ask().outcome, Outcome::kOk);
}

TEST_F(PoliteArxivTest, HonoursARefusalThatTheStoreCouldNotBeTold) {
  client_.Answer(403);
  client_.during = [this] { state_.FailWith(absl::UnavailableError("away")); };
  EXPECT_EQ(Ask().outcome, Outcome::kForbidden);
  state_.FailWith(absl::OkStatus());
  EXPECT_EQ(Ask().outcome, Outcome::kNotAsked);
  Restart();
  EXPECT_EQ(Ask().outcome, Outcome::kNotAsked);
}

TEST_F(PoliteArxivTest, HonoursARestThatTheStoreHasLost) {
  client_.Answer(429, "", {{"retry-after", "7200"}});
  Ask();
  state_.Lose();
  EXPECT_EQ(Ask().outcome, Outcome::kNotAsked);
  EXPECT_GT(state_.Host("rss.arxiv.org")->rests, minutes(110));
}

TEST_F(PoliteArxivTest, IsToldThatNothingChangedOnlyAfterKeep) {
  const std::map<std::string, std::string> headers = {
      {"etag", "\"v1\""}, {"last-modified", "Tue, 23 Jun 2026 04:00:00 GMT"}};
  client_.Answer(200, kBody, headers);
  EXPECT_EQ(AskAgain().outcome, Outcome::kOk);
  client_.Answer(200, kBody, headers);
  EXPECT_EQ(AskAgain().outcome, Outcome::kOk);
  EXPECT_THAT(client_.requests.back().headers, Not(Contains(StartsWith("If-"))));

  arxiv_->Keep();
  Restart();
  client_.Answer(304);
  const Answer answer = AskAgain();
  EXPECT_EQ(answer.outcome, Outcome::kUnchanged);
  EXPECT_EQ(answer.body, "");
  EXPECT_THAT(client_.requests.back().headers, Contains("If-None-Match: \"v1\""));
  EXPECT_THAT(client_.requests.back().headers,
              Contains("If-Modified-Since: Tue, 23 Jun 2026 04:00:00 GMT"));
  Ask();
  EXPECT_THAT(client_.requests.back().headers, Not(Contains(StartsWith("If-"))));
  AskAgain(kOtherFeed);
  EXPECT_THAT(client_.requests.back().headers, Not(Contains(StartsWith("If-"))));
}

TEST_F(PoliteArxivTest, ForgetsValidatorsAfterTwoDays) {
  client_.Answer(200, kBody, {{"etag", "\"v1\""}});
  Ask();
  arxiv_->Keep();
  clock_.Advance(hours(49));
  AskAgain();
  EXPECT_THAT(client_.requests.back().headers, Not(Contains(StartsWith("If-"))));
}

TEST_F(PoliteArxivTest, KeepsNothingOfAnAnswerThatWasDroppedOrAskedForInVainSince) {
  client_.Answer(200, kBody, {{"etag", "\"v1\""}});
  Ask(kFeed);
  client_.Answer(200, kBody, {{"etag", "\"v1\""}});
  Ask(kOtherFeed);
  client_.Answer(404);
  Ask(kFeed);
  arxiv_->Keep();
  EXPECT_TRUE(state_.Known(kFeed)->empty());
  EXPECT_FALSE(state_.Known(kOtherFeed)->empty());

  client_.Answer(200, kBody, {{"etag", "\"v2\""}});
  Ask(kOtherFeed);
  arxiv_->Drop();
  arxiv_->Keep();
  EXPECT_EQ(state_.Known(kOtherFeed)->etag, "\"v1\"");
}

TEST_F(PoliteArxivTest, DoesNotTakeA304ItDidNotAskFor) {
  client_.Answer(304);
  EXPECT_EQ(AskAgain().outcome, Outcome::kHttpError);
}

TEST_F(PoliteArxivTest, TakesATurnForEveryHopOfARedirect) {
  client_.Answer(301, "", {{"location", "/rss/cs.LG?a=b"}});
  client_.Answer(302, "moved", {{"location", kOai}});
  EXPECT_EQ(Ask().outcome, Outcome::kOk);
  ASSERT_EQ(client_.requests.size(), 3u);
  EXPECT_EQ(client_.requests[1].url, "https://rss.arxiv.org/rss/cs.LG?a=b");
  EXPECT_EQ(client_.requests[2].url, kOai);
  EXPECT_EQ(client_.Gap(1), seconds(3));
  EXPECT_EQ(client_.Gap(2), seconds(3));
}

TEST_F(PoliteArxivTest, FollowsRedirectsToArxivOnly) {
  for (const char* target : {"https://elsewhere.example/rss", "http://rss.arxiv.org/rss/cs.LG",
                             "ftp://rss.arxiv.org/", "https://rss.arxiv.org:8443/rss",
                             "http://127.0.0.1:8080/rss", "https://u:p@rss.arxiv.org/"}) {
    client_.Answer(301, "", {{"location", target}});
    const Answer answer = Ask();
    EXPECT_EQ(answer.outcome, Outcome::kRedirect) << target;
    EXPECT_THAT(answer.detail, HasSubstr("empty body: not followed")) << target;
  }
  EXPECT_EQ(client_.requests.size(), 6u);
}

TEST_F(PoliteArxivTest, TellsARedirectToNowhereAndACircle) {
  client_.Answer(301);
  EXPECT_THAT(Ask().detail, HasSubstr("empty body: redirected to nowhere"));
  for (int i = 0; i < 10; ++i) client_.Answer(301, "", {{"location", kFeed}});
  const Answer answer = Ask();
  EXPECT_EQ(answer.outcome, Outcome::kRedirect);
  EXPECT_EQ(answer.detail, "more than 3 redirects");
  EXPECT_EQ(client_.requests.size(), 5u);
}

TEST_F(PoliteArxivTest, AsksConfiguredHostsOnly) {
  for (const char* url : {"https://elsewhere.example/", "https://rss.arxiv.org:8443/", "nonsense",
                          "http://127.0.0.1:8081/"}) {
    EXPECT_EQ(Ask(url).outcome, Outcome::kNotAsked) << url;
  }
  EXPECT_TRUE(client_.requests.empty());
  EXPECT_EQ(Ask("http://127.0.0.1:8080/rss/cs.LG").outcome, Outcome::kOk);
}

TEST_F(PoliteArxivTest, AsksNothingMoreOnceItIsStopped) {
  client_.Answer(429);
  client_.during = [this] { stop_.request_stop(); };
  const Answer answer = Ask();
  EXPECT_EQ(answer.outcome, Outcome::kNotAsked);
  EXPECT_EQ(answer.detail, "stopped");
  EXPECT_EQ(client_.requests.size(), 1u);
  EXPECT_EQ(Ask(kOai).outcome, Outcome::kNotAsked);
  EXPECT_EQ(client_.requests.size(), 1u);
}

TEST_F(PoliteArxivTest, TellsOfItsWaits) {
  std::vector<milliseconds> waits;
  PoliteArxiv arxiv(
      client_, state_, clock_,
      {.endpoints = {{.base_url = "https://rss.arxiv.org"}},
       .owner = "one",
       .on_wait = [&](milliseconds wait, const std::string&) { waits.push_back(wait); }},
      metrics_);
  client_.Answer(429, "", {{"retry-after", "30"}});
  arxiv.Ask(kFeed, false, {});
  arxiv.Ask(kFeed, false, {});
  EXPECT_THAT(waits, ElementsAre(seconds(30), seconds(3)));
}

TEST_F(PoliteArxivTest, CountsWhatHappened) {
  EXPECT_THAT(Metrics(), HasSubstr("paperwire_ingest_host_rests_until_timestamp_seconds{"
                                   "host=\"rss.arxiv.org\"} 0"));
  client_.Answer(301, "", {{"location", kFeed}});
  client_.Answer(429, "", {{"retry-after", "600"}});
  client_.during = [this] { clock_.Advance(seconds(2)); };
  Ask();
  const std::string text = Metrics();
  EXPECT_THAT(text, HasSubstr("paperwire_ingest_requests_total{outcome=\"redirect\"} 1"));
  EXPECT_THAT(text, HasSubstr("paperwire_ingest_requests_total{outcome=\"rate-limited\"} 1"));
  EXPECT_THAT(text, HasSubstr("paperwire_ingest_request_seconds_bucket{le=\"1\"} 0"));
  EXPECT_THAT(text, HasSubstr("paperwire_ingest_request_seconds_bucket{le=\"3\"} 2"));
  EXPECT_THAT(text, Not(HasSubstr("{host=\"rss.arxiv.org\"} 0")));
}

}  // namespace
}  // namespace paperwire::ingest
