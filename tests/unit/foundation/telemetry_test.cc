#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "libs/http/curl_client.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/ops_server.h"
#include "prometheus/counter.h"

namespace paperwire::telemetry {
namespace {

using testing::HasSubstr;

// What one Log call wrote to standard error.
std::string Captured(const LogSettings& settings, const std::function<void()>& log) {
  StartLogging("ser\"vice", settings);
  testing::internal::CaptureStderr();
  log();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, WritesOneJsonObjectALine) {
  const std::string line = Captured({.format = "json"}, [] {
    Log(Level::kWarning, "paper kept",
        {{"paper", "2606.01234"}, {"count", 3}, {"share", 0.5}, {"late", true}, {"ts", "mine"}});
  });

  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["level"], "warning");
  EXPECT_EQ(json["service"], "ser\"vice");
  EXPECT_EQ(json["event"], "paper kept");
  EXPECT_EQ(json["paper"], "2606.01234");
  EXPECT_EQ(json["count"], 3);
  EXPECT_EQ(json["share"], 0.5);
  EXPECT_EQ(json["late"], true);
  EXPECT_EQ(json["ts_"], "mine");
  EXPECT_THAT(json["ts"].get<std::string>(),
              testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z"));
}

TEST(Log, StaysValidJsonWhateverTheTextIs) {
  const std::string nasty = std::string("a\"b\\c\nd\te\0f\x1b[31m", 15) + "\xff\xfe%v %n \xc3\xa9" +
                            "\xed\xa0\x80\xf0\x9f\x98\x80\xe2\x82";
  const std::string line = Captured({.format = "json"}, [&] {
    Log(Level::kError, nasty, {{"text", nasty}, {nasty, "x"}, {"nan", 0.0 / 0.0}});
  });

  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  const auto json = nlohmann::json::parse(line);
  const std::string text = json["text"];
  EXPECT_THAT(text, HasSubstr("a\"b\\c\nd\te"));
  EXPECT_THAT(text, HasSubstr("\xef\xbf\xbd\xef\xbf\xbd%v %n \xc3\xa9"));
  EXPECT_THAT(text, HasSubstr("\xf0\x9f\x98\x80\xef\xbf\xbd"));
}

TEST(Log, WritesTextThatCannotBeForged) {
  const std::string line = Captured({.format = "text"}, [] {
    Log(Level::kInfo, "started", {{"port", 80}, {"title", "two words\nINFO forged"}});
  });

  EXPECT_THAT(line, HasSubstr("started port=80 title=\"two words\\nINFO forged\"\n"));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST(Log, KeepsBackWhatIsBelowItsLevel) {
  const std::string text = Captured({.level = "warning", .format = "text"}, [] {
    Log(Level::kInfo, "quiet");
    Log(Level::kError, "loud");
  });

  EXPECT_THAT(text, testing::Not(HasSubstr("quiet")));
  EXPECT_THAT(text, HasSubstr("loud"));
}

TEST(Health, IsReadyWhenEveryPartIs) {
  Health health;
  EXPECT_TRUE(health.ready());

  health.SetReady("kafka", true);
  health.SetReady("redis", false, "no answer");
  EXPECT_FALSE(health.ready());
  EXPECT_EQ(health.Report(), "kafka: ready\nredis: not ready: no answer\n");

  health.SetReady("redis", true);
  EXPECT_TRUE(health.ready());

  health.SetDraining();
  EXPECT_FALSE(health.ready());
}

TEST(Health, LivesWhileEveryCheckSaysSo) {
  Health health;
  bool turning = true;
  health.AddLiveCheck("loop", [&turning] { return turning; });
  EXPECT_TRUE(health.live());

  turning = false;

  EXPECT_FALSE(health.live());
  EXPECT_THAT(health.Report(), HasSubstr("loop: has stopped"));
  EXPECT_TRUE(health.ready()) << "readiness is another question";
}

class OpsPort : public testing::Test {
 protected:
  OpsPort() {
    auto server = OpsServer::Start("127.0.0.1:0", metrics_, health_);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  http::FetchResponse Get(const std::string& path) {
    http::FetchRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(server_->port()) + path;
    auto response = client_.Fetch(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : http::FetchResponse{};
  }

  prometheus::Registry metrics_;
  Health health_;
  std::unique_ptr<OpsServer> server_;
  http::CurlClient client_;
};

TEST_F(OpsPort, ShowsTheMetricsOfTheRegistryAndTheProcess) {
  prometheus::BuildCounter()
      .Name("paperwire_test_papers_total")
      .Help("Papers.")
      .Register(metrics_)
      .Add({{"outcome", "kept"}})
      .Increment(3);

  const http::FetchResponse response = Get("/metrics");

  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.headers.at("content-type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(response.body, HasSubstr("paperwire_test_papers_total{outcome=\"kept\"} 3"));
  EXPECT_THAT(response.body, testing::ContainsRegex("process_resident_memory_bytes [1-9]"));
}

TEST_F(OpsPort, AnswersReadyzByHealth) {
  EXPECT_EQ(Get("/readyz").status, 200);

  health_.SetReady("kafka", false, "no broker answers");

  const http::FetchResponse response = Get("/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "kafka: not ready: no broker answers\n");
  EXPECT_EQ(Get("/livez").status, 200);
}

TEST_F(OpsPort, AnswersLivezByTheChecks) {
  health_.AddLiveCheck("loop", [] { return false; });

  EXPECT_EQ(Get("/livez").status, 503);
  EXPECT_EQ(Get("/elsewhere").status, 404);
}

}  // namespace
}  // namespace paperwire::telemetry
