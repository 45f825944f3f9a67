#include "services/serve/connect.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/serve/http_face.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

using ::testing::HasSubstr;

// A second passes whenever it is looked at.
class HastyClock final : public clock::Clock {
 public:
  clock::WallTime Now() const override {
    const clock::WallTime now = clock_.Now();
    clock_.SleepFor(std::chrono::seconds(1), {});
    return now;
  }
  clock::SteadyTime SteadyNow() const override { return clock_.SteadyNow(); }
  bool SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const override {
    return clock_.SleepFor(duration, std::move(stop));
  }

 private:
  const clock::FakeClock clock_{TuesdayNoon()};
};

class ConnectTest : public testing::Test {
 protected:
  ConnectTest()
      : clock_(TuesdayNoon()),
        feed_clock_(clock_, /*data=*/false),
        requests_(metrics_),
        feed_(snapshots_, statuses_, feed_clock_),
        methods_(feed_),
        gate_({}, clock_, metrics_),
        connect_(methods_, gate_, requests_, {"https://reader.example"}) {
    snapshots_.Swap(MakeSnapshot({MakeEntry("2606.00001", "2026-06-23", {"nlp"})}, "e1"),
                    feed_clock_.Now());
  }

  static http::Request Asking(const std::string& method, const std::string& body,
                              const std::string& type = "application/json") {
    http::Request request;
    request.method = "POST";
    request.path = "/paperwire.v1.FeedService/" + method;
    request.headers["content-type"] = type;
    request.body = body;
    request.peer = "127.0.0.1";
    return request;
  }
  nlohmann::json Json(const http::Request& request, int status) {
    const http::Response response = connect_.Answer(request);
    EXPECT_EQ(response.status, status) << *response.body;
    EXPECT_EQ(response.content_type, "application/json");
    return nlohmann::json::parse(*response.body);
  }
  static std::string Header(const http::Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  clock::FakeClock clock_;
  FeedClock feed_clock_;
  prometheus::Registry metrics_;
  RequestCounter requests_;
  SnapshotHolder snapshots_;
  StatusHolder statuses_;
  Feed feed_;
  FeedMethods methods_;
  Gate gate_;
  Connect connect_;
};

TEST_F(ConnectTest, AnswersJsonWithJson) {
  const auto body = Json(Asking("ListPapers", R"({"pageSize": 5})"), 200);

  EXPECT_EQ(body["totalSize"], 1);
  EXPECT_EQ(body["entries"][0]["paper"]["arxivId"], "2606.00001");
}

TEST_F(ConnectTest, NeitherWorksNorWritesWhatNobodyWaitsFor) {
  const auto gone = [](absl::Time deadline, const clock::Clock& clock) {
    Caller caller;
    caller.deadline = deadline;
    caller.clock = &clock;
    return caller;
  };
  const UnaryMethod& list = *methods_.Find("ListPapers");
  const absl::Time now = absl::FromChrono(clock_.Now());
  EXPECT_TRUE(list.run(v1::ListPapersRequest(), gone(now + absl::Seconds(1), clock_)).ok());
  EXPECT_TRUE(
      absl::IsDeadlineExceeded(list.run(v1::ListPapersRequest(), gone(now, clock_)).status()));
  // In time to be begun, and late when it is done.
  const HastyClock hasty;
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      list.run(v1::ListPapersRequest(), gone(now + absl::Milliseconds(500), hasty)).status()));
}

TEST_F(ConnectTest, NothingIsWrittenAsJsonForWhomNobodyWaits) {
  const HastyClock hasty;
  prometheus::Registry metrics;
  Gate gate({}, hasty, metrics);
  Connect connect(methods_, gate, requests_, {});
  // The gate looks at the time once, a method twice, and before there is JSON it is looked at
  // again.
  const auto ask = [&connect](const char* type, const char* timeout) {
    http::Request request =
        Asking("ListPapers", type == std::string("application/json") ? "{}" : "", type);
    request.headers["connect-timeout-ms"] = timeout;
    return connect.Answer(request).status;
  };
  EXPECT_EQ(ask("application/json", "3500"), 200);
  EXPECT_EQ(ask("application/proto", "2500"), 200);
  EXPECT_EQ(ask("application/json", "2500"), 504);
}

TEST_F(ConnectTest, ARefusalHasTheIdOfItsRequest) {
  http::Request request = Asking("ListPapers", "{}");
  request.headers["x-request-id"] = "mine-1";
  request.headers["connect-timeout-ms"] = "0";
  const http::Response refused = connect_.Answer(request);
  EXPECT_EQ(refused.status, 504);
  EXPECT_EQ(Header(refused, "X-Request-Id"), "mine-1");
}

TEST_F(ConnectTest, AnswersProtoWithProto) {
  v1::GetPaperRequest asked;
  asked.set_arxiv_id("2606.00001");

  const http::Response response =
      connect_.Answer(Asking("GetPaper", asked.SerializeAsString(), "application/proto"));

  EXPECT_EQ(response.content_type, "application/proto");
  v1::GetPaperResponse answer;
  ASSERT_TRUE(answer.ParseFromString(*response.body));
  EXPECT_EQ(answer.entry().paper().arxiv_id(), "2606.00001");
}

TEST_F(ConnectTest, ErrorsHaveTheirCodeMessageAndDetails) {
  const auto body = Json(Asking("ListPapers", R"({"pageSize": -1})"), 400);

  EXPECT_EQ(body["code"], "invalid_argument");
  EXPECT_THAT(body["message"], HasSubstr("page_size"));
  EXPECT_EQ(body["details"][0]["type"], "google.rpc.BadRequest");
  EXPECT_EQ(Json(Asking("GetPaper", R"({"arxivId": "2606.99999"})"), 404)["code"], "not_found");
}

TEST_F(ConnectTest, WhatIsNoRequestIsTheCallersFault) {
  const std::pair<const char*, const char*> bad[] = {
      {"{", ""},
      {"[]", ""},
      {R"({"pageSize": "many"})", "page"},
      {R"({"pageSise": 1})", "pageSise"},
      {R"({"view": "ENTRY_VIEW_HUGE"})", "view"},
      {"{\"pageToken\": \"\xc3\x28\"}", ""},
  };
  for (const auto& [text, names] : bad) {
    const auto body = Json(Asking("ListPapers", text), 400);
    EXPECT_EQ(body["code"], "invalid_argument") << text;
    EXPECT_THAT(body["message"], HasSubstr(names)) << text;
  }
  v1::ListPapersRequest nested;
  nested.mutable_filter()->add_tags_any("nlp");
  std::string bytes = nested.SerializeAsString();
  bytes.replace(bytes.find("nlp"), 3, "\xff\xff\xff");
  EXPECT_THAT(Json(Asking("ListPapers", bytes, "application/proto"), 400)["message"],
              HasSubstr("filter.tags_any: is not UTF-8"));
  EXPECT_THAT(Json(Asking("ListPapers", "\xff", "application/proto"), 400)["message"],
              HasSubstr("request: is no paperwire.v1.ListPapersRequest"));
}

TEST_F(ConnectTest, RefusesWhatIsNoUnaryConnect) {
  EXPECT_EQ(Json(Asking("NoSuchMethod", "{}"), 404)["code"], "unimplemented");
  EXPECT_EQ(Json(Asking("WatchPapers", "{}"), 404)["code"], "unimplemented");
  Json(Asking("ListPapers", "{}", "text/plain"), 415);
  Json(Asking("ListPapers", "{}", "application/connect+json"), 415);
  http::Request packed = Asking("ListPapers", "{}");
  packed.headers["content-encoding"] = "gzip";
  Json(packed, 415);
  http::Request get = Asking("ListPapers", "");
  get.method = "GET";
  Json(get, 405);
  http::Request later = Asking("ListPapers", "{}");
  later.headers["connect-protocol-version"] = "2";
  Json(later, 400);
}

TEST_F(ConnectTest, TimeoutsAreReadAndKept) {
  for (const char* bad : {"soon", "-1", "1.5", "12345678901", ""}) {
    http::Request request = Asking("ListPapers", "{}");
    request.headers["connect-timeout-ms"] = bad;
    EXPECT_EQ(connect_.Answer(request).status, *bad == '\0' ? 200 : 400) << bad;
  }
  http::Request late = Asking("ListPapers", "{}");
  late.headers["connect-timeout-ms"] = "0";
  EXPECT_EQ(Json(late, 504)["code"], "deadline_exceeded");
}

TEST_F(ConnectTest, PagesOfOtherOriginsAreLetInByName) {
  http::Request request = Asking("ListPapers", "{}");
  request.headers["origin"] = "https://reader.example";
  EXPECT_EQ(Header(connect_.Answer(request), "Access-Control-Allow-Origin"),
            "https://reader.example");
  request.method = "OPTIONS";
  EXPECT_EQ(connect_.Answer(request).status, 204);
  EXPECT_THAT(Header(connect_.Answer(request), "Access-Control-Allow-Headers"),
              HasSubstr("Connect-Protocol-Version"));

  request.headers["origin"] = "https://other.example";
  EXPECT_EQ(Header(connect_.Answer(request), "Access-Control-Allow-Origin"), "");
  Connect closed(methods_, gate_, requests_, {});
  request.headers["origin"] = "https://reader.example";
  EXPECT_EQ(Header(closed.Answer(request), "Access-Control-Allow-Origin"), "");
}

TEST_F(ConnectTest, RequestIdsComeBack) {
  http::Request request = Asking("ListPapers", "{}");
  request.headers["x-request-id"] = "mine-1";
  EXPECT_EQ(Header(connect_.Answer(request), "X-Request-Id"), "mine-1");
}

}  // namespace
}  // namespace paperwire::serve
