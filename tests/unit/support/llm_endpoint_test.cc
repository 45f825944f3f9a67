#include "tests/support/llm/llm_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "fmt/format.h"
#include "libs/grounding/gate.h"
#include "libs/http/curl_client.h"
#include "tests/support/certificates.h"
#include "tests/support/hostile_peer.h"
#include "tests/support/llm/card.h"
#include "tests/support/llm/prompt.h"
#include "tests/support/paper_source.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/wait.h"

namespace paperwire::stand_in {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr std::chrono::seconds kPatience{20};

const support::PaperSource& Papers() {
  static const support::PaperSource papers("2026-06-24");
  return papers;
}

json RequestFor(const v1::Paper& paper) {
  const std::string user = fmt::format(
      "The paper stands between two lines that hold 4f0cb21ad9.\n--- 4f0cb21ad9\nTitle: {}\n"
      "Abstract: {}\n--- 4f0cb21ad9\nTitle: none. Abstract: none.",
      paper.title(), paper.abstract());
  return {
      {"model", "m-1"},
      {"messages",
       {{{"role", "system"}, {"content", "Write a card."}}, {{"role", "user"}, {"content", user}}}},
      {"max_tokens", 1500}};
}

http::FetchRequest Call(const LlmEndpoint& endpoint, const json& request) {
  return {.url = endpoint.url() + "/chat/completions",
          .method = "POST",
          .body = request.dump(),
          .headers = {"Content-Type: application/json"},
          .total_timeout = std::chrono::seconds(30),
          .max_body_bytes = 1u << 20};
}

absl::StatusOr<http::FetchResponse> Ask(const LlmEndpoint& endpoint, int paper = 1) {
  http::CurlClient client;
  return client.Fetch(Call(endpoint, RequestFor(Papers().Make(paper))));
}

json Choice(const absl::StatusOr<http::FetchResponse>& answer) {
  if (!answer.ok() || answer->status != 200) return json();
  return json::parse(answer->body, nullptr, false).value("/choices/0"_json_pointer, json());
}

std::string ContentOf(const absl::StatusOr<http::FetchResponse>& answer) {
  const json choice = Choice(answer);
  return choice.is_object() && choice["message"]["content"].is_string()
             ? choice["message"]["content"].get<std::string>()
             : "";
}

// Sends a call and waits for nothing.
support::HostilePeer Send(const LlmEndpoint& endpoint, int paper) {
  support::HostilePeer peer(endpoint.port());
  const std::string body = RequestFor(Papers().Make(paper)).dump();
  EXPECT_TRUE(peer.Send(fmt::format(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{}",
      body.size(), body)));
  return peer;
}

v1::Summary ToSummary(const json& card) {
  v1::Summary summary;
  summary.set_tldr(card.value("tldr", ""));
  for (const json& line : card.value("highlights", json::array())) {
    summary.add_highlights(line.get<std::string>());
  }
  summary.set_summary(card.value("summary", ""));
  summary.set_methodology(card.value("methodology", ""));
  summary.set_results(card.value("results", ""));
  summary.set_implications(card.value("implications", ""));
  return summary;
}

TEST(LlmEndpoint, MakesCardsThatTheGateLeavesAsTheyAre) {
  for (int number = 1; number <= 60; ++number) {
    const v1::Paper paper = Papers().Make(number);
    const Prompt prompt = ReadPrompt(RequestFor(paper));
    ASSERT_EQ(prompt.title, paper.title());
    ASSERT_EQ(prompt.abstract, paper.abstract());
    const v1::Summary made = ToSummary(GoodCard(prompt));
    v1::Summary left = made;
    grounding::Apply(left, paper.title() + "\n" + paper.abstract());
    left.clear_provenance();
    EXPECT_EQ(left.DebugString(), made.DebugString());
    EXPECT_GE(made.highlights_size(), 3);
    EXPECT_FALSE(made.tldr().empty() || made.results().empty() || made.methodology().empty());
  }
}

TEST(LlmEndpoint, InventsOnlyNumbersThatTheGateRefuses) {
  for (int number = 1; number <= 60; ++number) {
    const v1::Paper paper = Papers().Make(number);
    const Prompt prompt = ReadPrompt(RequestFor(paper));
    v1::Summary card = ToSummary(json::parse(Content(prompt, Fault::kOnlyInventions, "")));
    grounding::Apply(card, paper.title() + "\n" + paper.abstract());
    EXPECT_EQ(card.tldr() + card.summary() + card.results(), "");
  }
}

TEST(LlmEndpoint, GivesTheMembersThatTheSchemaNames) {
  const LlmEndpoint endpoint;
  json request = RequestFor(Papers().Make(1));
  const json properties = {{"tldr", {{"type", "string"}}}, {"keywords", {{"type", "array"}}}};
  request["response_format"] = {
      {"type", "json_schema"},
      {"json_schema", {{"name", "card"}, {"schema", {{"properties", properties}}}}}};
  http::CurlClient client;
  const auto answer = client.Fetch(Call(endpoint, request));
  const json card = json::parse(ContentOf(answer), nullptr, false);
  EXPECT_THAT(card, SizeIs(2));
  EXPECT_TRUE(card["tldr"].is_string() && card["keywords"].is_array()) << card;
}

TEST(LlmEndpoint, GivesThePaperItsCallsAndTheModelItsTokens) {
  LlmEndpoint endpoint;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Ask(endpoint, 1).ok());
  ASSERT_TRUE(Ask(endpoint, 2).ok());

  const CallCounts counts = endpoint.counts();
  EXPECT_EQ(counts.calls, 4);
  EXPECT_EQ(counts.answered, 4);
  EXPECT_EQ(counts.most_of_one_paper(), 3);
  EXPECT_THAT(counts.by_paper, SizeIs(2));
  EXPECT_GT(counts.input_tokens, 4 * 100);
  EXPECT_GT(counts.output_tokens, 4 * 100);
  EXPECT_THAT(endpoint.calls(), SizeIs(4));
  EXPECT_EQ(endpoint.calls()[0].title, Papers().Make(1).title());

  endpoint.Forget();
  EXPECT_EQ(endpoint.counts().calls, 0);
  EXPECT_THAT(endpoint.calls(), IsEmpty());
}

TEST(LlmEndpoint, RefusesInTheWordsOfEndpoints) {
  struct Expected {
    const char* order;
    int status;
    const char* in_body;
  };
  LlmEndpoint endpoint;
  for (const Expected& expected : std::vector<Expected>{
           {R"("rate-limited")", 429, "rate_limit_exceeded"},
           {R"("quota-exhausted")", 429, "insufficient_quota"},
           {R"("server-error")", 500, "error"},
           {R"({"fault": "server-error", "always": true, "status": 529})", 529, "error"},
           {R"("overloaded")", 503, "overloaded"},
           {R"("request-timeout")", 408, "timeout"},
           {R"("unauthorized")", 401, "invalid_api_key"},
           {R"("forbidden")", 403, "permission"},
           {R"("no-such-model")", 404, "model_not_found"},
           {R"("bad-request")", 400, "context_length_exceeded"},
           {R"("json-schema-refused")", 400, "response_format"},
           {R"("max-tokens-refused")", 400, "max_completion_tokens"},
           {R"("echoed-secrets")", 400, "Write a card."},
           {R"("html")", 200, "It works!"},
           {R"("wrong-json")", 200, "version"},
           {R"("deep-json")", 200, "[[[[[["},
       }) {
    ASSERT_TRUE(endpoint.Order(fmt::format("{{\"outage\": {}}}", expected.order)).ok());
    const auto answer = Ask(endpoint);
    ASSERT_TRUE(answer.ok()) << expected.order << answer.status();
    EXPECT_EQ(answer->status, expected.status) << expected.order;
    EXPECT_THAT(answer->body, HasSubstr(expected.in_body));
  }
  ASSERT_TRUE(endpoint.Order(R"({"well": true})").ok());
  EXPECT_NE(ContentOf(Ask(endpoint)), "");
}

TEST(LlmEndpoint, SaysWhenToComeBack) {
  LlmEndpoint endpoint;
  endpoint.Misbehave({.fault = Fault::kRateLimited, .retry_after = "7"});
  endpoint.Misbehave({.fault = Fault::kServerError, .retry_after_ms = 250, .should_retry = false});
  EXPECT_EQ(Ask(endpoint)->headers.at("retry-after"), "7");
  const auto second = Ask(endpoint);
  EXPECT_EQ(second->headers.at("retry-after-ms"), "250");
  EXPECT_EQ(second->headers.at("x-should-retry"), "false");
  EXPECT_EQ(Ask(endpoint)->headers.count("retry-after"), 0);
}

TEST(LlmEndpoint, BreaksOffInEachWay) {
  LlmEndpoint endpoint;
  for (const Fault fault : {Fault::kCut, Fault::kReset}) {
    endpoint.Outage({.fault = fault});
    EXPECT_TRUE(absl::IsUnavailable(Ask(endpoint).status())) << Name(fault);
  }
  for (const Fault fault : {Fault::kHuge, Fault::kEndlessWhitespace, Fault::kGzipBomb}) {
    endpoint.Outage({.fault = fault, .bytes = 4u << 20});
    EXPECT_TRUE(absl::IsResourceExhausted(Ask(endpoint).status())) << Name(fault);
  }
  endpoint.Outage({.fault = Fault::kTruncatedJson});
  const auto half = Ask(endpoint);
  ASSERT_TRUE(half.ok()) << half.status();
  EXPECT_FALSE(json::accept(half->body));
  EXPECT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().in_flight == 0; }));
}

TEST(LlmEndpoint, KeepsSilentUntilTheClientLeaves) {
  LlmEndpoint endpoint;
  int64_t left = 0;
  for (const auto& [fault, comes_first] : std::vector<std::pair<Fault, bool>>{
           {Fault::kHang, false}, {Fault::kHangAfterHeaders, true}, {Fault::kDrip, true}}) {
    endpoint.Outage({.fault = fault});
    {
      support::HostilePeer peer = Send(endpoint, 1);
      ASSERT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().in_flight == 1; }));
      EXPECT_EQ(peer.Receives("\r\n\r\n", std::chrono::milliseconds(comes_first ? 10000 : 200)),
                comes_first)
          << Name(fault);
    }
    ++left;
    EXPECT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().left == left; }))
        << Name(fault);
    EXPECT_EQ(endpoint.counts().in_flight, 0);
  }
}

TEST(LlmEndpoint, LetsModelsMisbehaveInsideAGoodAnswer) {
  LlmEndpoint endpoint;
  const auto content = [&](Fault fault) {
    endpoint.Outage({.fault = fault});
    return ContentOf(Ask(endpoint));
  };
  const std::string good = GoodCard(ReadPrompt(RequestFor(Papers().Make(1)))).dump();
  EXPECT_THAT(content(Fault::kThink), AllOf(HasSubstr("</think>"), HasSubstr(good)));
  EXPECT_THAT(content(Fault::kFences), AllOf(HasSubstr("```json"), HasSubstr(good)));
  EXPECT_THAT(content(Fault::kChatter), AllOf(HasSubstr("Sure!"), HasSubstr(good)));
  EXPECT_FALSE(json::parse(content(Fault::kMissingField)).contains("summary"));
  EXPECT_TRUE(json::parse(content(Fault::kExtraField)).contains("confidence"));
  EXPECT_TRUE(json::parse(content(Fault::kWrongType))["highlights"].is_string());
  EXPECT_GT(json::parse(content(Fault::kTooMany))["highlights"].size(), 40);
  EXPECT_GT(content(Fault::kTooLong).size(), 10 * good.size());
  EXPECT_THAT(content(Fault::kInventedNumbers), Not(HasSubstr(good)));
  EXPECT_THAT(content(Fault::kInjectedText), HasSubstr("https://"));
  EXPECT_THAT(content(Fault::kInjectedMarkup), HasSubstr("<script>"));
  EXPECT_THAT(content(Fault::kEchoedPrompt), HasSubstr("Write a card."));
  for (const Fault fault : {Fault::kLength, Fault::kWhitespace, Fault::kThinkOnly, Fault::kProse,
                            Fault::kRefusalProse, Fault::kRubbish}) {
    const std::string text = content(fault);
    EXPECT_FALSE(text.empty() || json::accept(text)) << Name(fault);
  }
  EXPECT_EQ(content(Fault::kEmpty), "");
  EXPECT_EQ(content(Fault::kNoContent), "");
  endpoint.Outage({.fault = Fault::kLength});
  EXPECT_EQ(Choice(Ask(endpoint))["finish_reason"], "length");
  endpoint.Outage({.fault = Fault::kContentFilter});
  EXPECT_EQ(Choice(Ask(endpoint))["finish_reason"], "content_filter");
  endpoint.Outage({.fault = Fault::kRefusal});
  EXPECT_THAT(Choice(Ask(endpoint))["message"]["refusal"].get<std::string>(), HasSubstr("sorry"));
  endpoint.Outage({.fault = Fault::kBadUtf8});
  EXPECT_FALSE(json::accept(Ask(endpoint)->body));
}

TEST(LlmEndpoint, FollowsItsScriptPaperByPaper) {
  LlmEndpoint endpoint;
  endpoint.Misbehave(
      {.fault = Fault::kServerError, .title = Papers().Make(2).title(), .skip = 1, .times = 2});
  std::vector<int> first;
  std::vector<int> second;
  for (int i = 0; i < 4; ++i) {
    first.push_back(Ask(endpoint, 1)->status);
    second.push_back(Ask(endpoint, 2)->status);
  }
  EXPECT_THAT(first, Each(200));
  EXPECT_EQ(second, (std::vector<int>{200, 500, 500, 200}));
}

TEST(LlmEndpoint, DrawsTheSameFaultsInWhateverOrderPapersCome) {
  const auto faults = [](bool backwards) {
    LlmEndpointOptions options;
    options.manner.shares = {{Fault::kRateLimited, 0.3}, {Fault::kServerError, 0.1}};
    options.manner.seed = 11;
    const LlmEndpoint endpoint(options);
    std::map<int, std::vector<int>> answers;
    for (int i = 1; i <= 60; ++i) {
      const int paper = backwards ? 61 - i : i;
      answers[paper] = {Ask(endpoint, paper)->status, Ask(endpoint, paper)->status};
    }
    return std::pair(answers, endpoint.counts().by_fault);
  };
  const auto [answers, counts] = faults(false);
  EXPECT_EQ(answers, faults(true).first);
  EXPECT_GT(counts.at("rate-limited"), 20);
  EXPECT_LT(counts.at("rate-limited"), 55);
  EXPECT_GT(counts.at("server-error"), 3);
  EXPECT_GT(counts.at(""), 50);
}

TEST(LlmEndpoint, HoldsManySlowCallsAtOnce) {
  LlmEndpoint endpoint;
  ASSERT_TRUE(endpoint.Order(R"({"delay_ms": 3600000})").ok());
  std::vector<support::HostilePeer> peers;
  for (int i = 0; i < 300; ++i) peers.push_back(Send(endpoint, i));
  EXPECT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().in_flight == 300; }));
  EXPECT_EQ(endpoint.counts().most_in_flight, 300);
  peers.clear();
  EXPECT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().left == 300; }));
}

TEST(LlmEndpoint, TurnsAwayWhatIsOverItsCapacity) {
  LlmEndpoint endpoint;
  Manner manner = endpoint.manner();
  manner.capacity = 1;
  manner.delay = std::chrono::hours(1);
  endpoint.SetManner(manner);
  const support::HostilePeer slow = Send(endpoint, 1);
  ASSERT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().in_flight == 1; }));
  manner.delay = std::chrono::milliseconds(0);
  endpoint.SetManner(manner);
  EXPECT_EQ(Ask(endpoint, 2)->status, 429);
}

TEST(LlmEndpoint, KnowsOnlyTheFormsItIsToldToKnow) {
  LlmEndpoint endpoint;
  ASSERT_TRUE(endpoint
                  .Order(R"({"json_schema_refused": 500, "json_object_refused": 422,
                             "wants_max_completion_tokens": true, "tells_usage": false})")
                  .ok());
  http::CurlClient client;
  json request = RequestFor(Papers().Make(1));
  request["response_format"] = {{"type", "json_schema"}};
  EXPECT_EQ(client.Fetch(Call(endpoint, request))->status, 500);
  request["response_format"] = {{"type", "json_object"}};
  EXPECT_EQ(client.Fetch(Call(endpoint, request))->status, 422);
  request.erase("response_format");
  EXPECT_THAT(client.Fetch(Call(endpoint, request))->body, HasSubstr("max_completion_tokens"));
  request.erase("max_tokens");
  const auto answer = client.Fetch(Call(endpoint, request));
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, Not(HasSubstr("usage")));
}

TEST(LlmEndpoint, WantsItsKeyAndItsModel) {
  LlmEndpointOptions options;
  options.manner.api_key = "key-1";
  options.manner.model = "m-1";
  const LlmEndpoint endpoint(options);
  http::CurlClient client;
  EXPECT_EQ(Ask(endpoint)->status, 401);
  http::FetchRequest call = Call(endpoint, RequestFor(Papers().Make(1)));
  call.headers.emplace_back("Authorization: Bearer key-1");
  EXPECT_EQ(client.Fetch(call)->status, 200);
  json request = RequestFor(Papers().Make(1));
  request["model"] = "m-2";
  call.body = request.dump();
  EXPECT_EQ(client.Fetch(call)->status, 404);
}

TEST(LlmEndpoint, SpeaksAnthropicsWordsToo) {
  const LlmEndpoint endpoint;
  http::FetchRequest call = Call(endpoint, RequestFor(Papers().Make(1)));
  call.url = endpoint.url() + "/messages";
  http::CurlClient client;
  const json answer = json::parse(client.Fetch(call)->body);
  EXPECT_EQ(answer["stop_reason"], "end_turn");
  EXPECT_TRUE(json::accept(answer["content"][0]["text"].get<std::string>()));
  EXPECT_GT(answer["usage"]["output_tokens"], 0);
}

TEST(LlmEndpoint, RefusesConnectionsWhileClosedAndListensAgainOnItsPort) {
  LlmEndpoint endpoint;
  const uint16_t port = endpoint.port();
  endpoint.Outage({.fault = Fault::kHang});
  support::HostilePeer waiting = Send(endpoint, 1);
  ASSERT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().in_flight == 1; }));

  endpoint.Close();
  EXPECT_TRUE(waiting.IsClosedWithin(std::chrono::seconds(10)));
  EXPECT_TRUE(absl::IsUnavailable(Ask(endpoint).status()));

  endpoint.Well();
  EXPECT_EQ(endpoint.port(), port);
  EXPECT_EQ(Ask(endpoint)->status, 200);
  EXPECT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().in_flight == 0; }));
}

TEST(LlmEndpoint, ShowsTheCertificateThatItIsGiven) {
  const support::Authority known;
  const support::Authority unknown;
  const support::ScratchFolder folder;
  const std::string ca_file = folder.path("ca.pem");
  std::ofstream(ca_file) << known.certificate();
  http::CurlClient client({.ca_file = ca_file});
  const auto status_with = [&](const support::Certificate& certificate) {
    LlmEndpointOptions options;
    options.certificate = certificate.certificate;
    options.key = certificate.key;
    const LlmEndpoint endpoint(options);
    return client.Fetch(Call(endpoint, RequestFor(Papers().Make(1)))).status();
  };
  EXPECT_TRUE(status_with(known.Sign("localhost")).ok());
  EXPECT_FALSE(status_with(known.Sign("localhost", /*expired=*/true)).ok());
  EXPECT_FALSE(status_with(unknown.Sign("localhost")).ok());
}

TEST(LlmEndpoint, IsSteeredOverHttp) {
  const LlmEndpoint endpoint;
  http::CurlClient client;
  http::FetchRequest control = {.url = fmt::format("http://127.0.0.1:{}/_control", endpoint.port()),
                                .method = "POST"};
  const auto order = [&](const std::string& body) {
    control.body = body;
    return client.Fetch(control)->status;
  };
  EXPECT_EQ(order(R"({"outage": {"fault": "server-error", "status": 502}})"), 200);
  EXPECT_EQ(Ask(endpoint)->status, 502);
  EXPECT_EQ(order(R"({"well": true, "misbehave": [{"fault": "overloaded", "times": 1}]})"), 200);
  EXPECT_EQ(Ask(endpoint)->status, 503);
  EXPECT_EQ(Ask(endpoint)->status, 200);
  EXPECT_EQ(order(R"({"shares": {"server-error": 1.0}})"), 200);
  EXPECT_EQ(Ask(endpoint)->status, 500);
  EXPECT_EQ(order(R"({"shares": {}})"), 200);
  EXPECT_EQ(Ask(endpoint)->status, 200);

  control.method = "GET";
  EXPECT_EQ(json::parse(client.Fetch(control)->body)["calls"], 5);
  control.method = "POST";
  for (const char* wrong : {"", "[]", R"({"outage": "none"})", R"({"shares": {"x": 1}})",
                            R"({"delay_ms": "slow"})", R"({"unheard-of": 1})"}) {
    EXPECT_EQ(order(wrong), 400) << wrong;
  }
}

TEST(LlmEndpoint, NamesEveryFault) {
  std::map<std::string, Fault> names;
  for (const Fault fault : AllFaults()) {
    names.emplace(Name(fault), fault);
    EXPECT_EQ(ParseFault(Name(fault)), fault);
  }
  EXPECT_EQ(names.size(), AllFaults().size());
  EXPECT_THAT(names, Not(testing::Contains(Pair("unknown", testing::_))));
  EXPECT_EQ(AllFaults().size(), static_cast<size_t>(Fault::kBadUtf8) + 1);
}

}  // namespace
}  // namespace paperwire::stand_in
