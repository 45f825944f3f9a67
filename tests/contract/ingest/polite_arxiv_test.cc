// Two ingests and one Redis: what one is asked for the other honours.

#include "services/ingest/polite_arxiv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/redis/client.h"
#include "services/ingest/arxiv_lease.h"
#include "services/ingest/redis_arxiv_state.h"
#include "tests/support/redis_process.h"
#include "tests/support/wait.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kFeed[] = "https://rss.arxiv.org/rss/cs.LG";

// Always the same answer.
class SteadyClient final : public http::Client {
 public:
  absl::StatusOr<http::FetchResponse> Fetch(const http::FetchRequest&) override {
    ++requests;
    return http::FetchResponse{.status = status,
                               .headers = {{"etag", "\"v1\""}},
                               .body = status == 200 ? "<rss></rss>" : "",
                               .url = ""};
  }
  int status = 200;
  int requests = 0;
};

// One ingest, as a process has it.
struct Ingest {
  explicit Ingest(const std::string& url, milliseconds interval = milliseconds(0))
      : redis(redis::Client::Create({.url = url}).value()),
        arxiv(client, state, clock,
              {.endpoints = {{.base_url = "https://rss.arxiv.org"}},
               .owner = lease.owner(),
               .request_interval = interval},
              metrics) {}

  Answer Ask() { return arxiv.Ask(kFeed, true, {}); }

  clock::SystemClock clock;
  std::unique_ptr<redis::Client> redis;
  RedisArxivState state{*redis, "test", "cluster"};
  ArxivLease lease{state, clock, {.ttl = seconds(60), .prolong_every = milliseconds(20)}};
  SteadyClient client;
  prometheus::Registry metrics;
  PoliteArxiv arxiv;
};

class TwoIngests : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    redis_ = tests::RedisProcess::Start().value();
    one_ = std::make_unique<Ingest>(redis_->Url());
    two_ = std::make_unique<Ingest>(redis_->Url());
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<Ingest> one_;
  std::unique_ptr<Ingest> two_;
};

TEST_F(TwoIngests, TheSecondLeavesOrWaitsForTheFirst) {
  ASSERT_TRUE(one_->lease.Acquire(std::nullopt, {}).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(two_->lease.Acquire(milliseconds(50), {})));
  EXPECT_EQ(two_->Ask().detail, "another ingest asks arXiv");

  absl::Status acquired = absl::UnknownError("waiting");
  std::jthread waiting([&] { acquired = two_->lease.Acquire(std::nullopt, {}); });
  EXPECT_EQ(one_->Ask().outcome, Outcome::kOk);
  one_->lease.Release();
  waiting.join();
  EXPECT_TRUE(acquired.ok()) << acquired;
  EXPECT_EQ(two_->Ask().outcome, Outcome::kOk);
  EXPECT_EQ(two_->client.requests, 1);
}

TEST_F(TwoIngests, OneThatLostTheRightStopsAsking) {
  ASSERT_TRUE(one_->lease.Acquire(std::nullopt, {}).ok());
  ASSERT_EQ(one_->Ask().outcome, Outcome::kOk);
  ASSERT_TRUE(two_->redis->Call({"SET", "{test}:arxiv:lease", two_->lease.owner()}).ok());
  EXPECT_EQ(one_->Ask().outcome, Outcome::kNotAsked);
  EXPECT_EQ(one_->client.requests, 1);
}

TEST_F(TwoIngests, TheNextHonoursWhatTheLastWasAskedFor) {
  one_->client.status = 429;
  // The first rest, of a minute, would be waited for.
  ASSERT_TRUE(one_->state.SetHost("rss.arxiv.org", {.limited = 1}).ok());
  EXPECT_EQ(one_->Ask().outcome, Outcome::kRateLimited);
  ASSERT_TRUE(one_->state.DropLease(one_->lease.owner()).ok());

  const Answer answer = two_->Ask();
  EXPECT_EQ(answer.outcome, Outcome::kNotAsked);
  EXPECT_THAT(answer.detail, StartsWith("rss.arxiv.org rests until"));
  EXPECT_EQ(two_->client.requests, 0);
}

TEST_F(TwoIngests, ARefusalStopsAllOfThemAndOutlivesARestartOfRedis) {
  one_->client.status = 403;
  EXPECT_EQ(one_->Ask().outcome, Outcome::kForbidden);
  ASSERT_TRUE(one_->state.DropLease(one_->lease.owner()).ok());
  redis_->Stop();
  EXPECT_THAT(two_->Ask().detail, HasSubstr("Redis"));
  ASSERT_TRUE(redis_->Restart().ok());

  Answer answer;
  // The client is back when its back-off is over.
  EXPECT_TRUE(support::WaitUntil(seconds(30), [&] {
    answer = two_->Ask();
    return answer.detail.find("Redis") == std::string::npos;
  }));
  EXPECT_THAT(answer.detail, HasSubstr("arXiv has refused us"));
  EXPECT_EQ(two_->client.requests, 0);
}

TEST_F(TwoIngests, ValidatorsAreSharedOnceTheyAreKept) {
  ASSERT_EQ(one_->Ask().outcome, Outcome::kOk);
  EXPECT_TRUE(two_->state.Known(kFeed)->empty());
  one_->arxiv.Keep();
  EXPECT_EQ(two_->state.Known(kFeed)->etag, "\"v1\"");
}

}  // namespace
}  // namespace paperwire::ingest
