#include "libs/llm/http_chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "tests/unit/foundation/raw_socket.h"
#include "tests/unit/llm/http_chat_fixture.h"

namespace paperwire::llm {
namespace {

using http::Response;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(HttpChatTest, BringsWhatTheModelWroteAndWhatItCost) {
  Response good = Response::Json(200, kGood);
  good.headers.emplace_back("x-request-id", "req_7");

  const ChatAnswer answer = Answered(good);

  EXPECT_EQ(answer.outcome, CallOutcome::kAnswered);
  EXPECT_EQ(answer.content, "{\"a\":1}");
  EXPECT_EQ(answer.model, "m-1");
  EXPECT_EQ(answer.request_id, "req_7");
  EXPECT_EQ(answer.usage.input_tokens, 12);
  EXPECT_EQ(answer.usage.output_tokens, 5);
  EXPECT_FALSE(answer.usage.estimated);
  EXPECT_THAT(answer.detail, IsEmpty());
}

TEST_F(HttpChatTest, AsksInTheWordsOfChatCompletions) {
  const AnsweringServer server({Response::Json(200, kGood)});
  Endpoint endpoint = At(server);
  endpoint.organization = "org-1";
  endpoint.project = "proj-1";
  HttpChat chat(endpoint, client_, {}, clock_);

  chat.Ask(Question(), SchemaMode::kJsonSchema, {});

  const http::Request request = server.requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/v1/chat/completions");
  EXPECT_EQ(request.headers.at("authorization"), std::string("Bearer ") + kKey);
  EXPECT_EQ(request.headers.at("openai-organization"), "org-1");
  EXPECT_EQ(request.headers.at("openai-project"), "proj-1");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  const json body = BodyOf(server);
  EXPECT_EQ(body["model"], "m-1");
  EXPECT_EQ(body["max_tokens"], 700);
  EXPECT_EQ(body["temperature"], 0);
  EXPECT_EQ(body["stream"], false);
  EXPECT_EQ(body["messages"][0]["role"], "system");
  EXPECT_EQ(body["messages"][0]["content"], Question().system);
  EXPECT_EQ(body["messages"][1]["role"], "user");
  EXPECT_EQ(body["messages"][1]["content"], Question().user);
  EXPECT_EQ(body["response_format"]["type"], "json_schema");
  EXPECT_EQ(body["response_format"]["json_schema"]["name"], "card");
  EXPECT_EQ(body["response_format"]["json_schema"]["strict"], true);
  EXPECT_EQ(body["response_format"]["json_schema"]["schema"], json::parse(Question().schema));
}

TEST_F(HttpChatTest, TellsTheSchemaInThePromptWhereTheEndpointIsToldNone) {
  for (const SchemaMode mode : {SchemaMode::kJsonObject, SchemaMode::kPromptOnly}) {
    const AnsweringServer server({Response::Json(200, kGood)});
    EXPECT_EQ(Ask(server, mode).mode, mode);

    const json body = BodyOf(server);
    EXPECT_THAT(body["messages"][0]["content"].get<std::string>(),
                AllOf(HasSubstr(Question().system), HasSubstr(Question().schema)));
    EXPECT_EQ(body.contains("response_format"), mode == SchemaMode::kJsonObject);
    if (mode == SchemaMode::kJsonObject) {
      EXPECT_EQ(body["response_format"], (json{{"type", "json_object"}}));
    }
  }
}

TEST_F(HttpChatTest, SendsNoKeyWhereThereIsNone) {
  const AnsweringServer server({Response::Json(200, kGood)});
  HttpChat chat({.base_url = server.url(), .model = "m-1"}, client_, {}, clock_);

  chat.Ask(Question(), SchemaMode::kPromptOnly, {});

  EXPECT_FALSE(server.requests().front().headers.contains("authorization"));
}

TEST_F(HttpChatTest, TellsHowAnAnswerEnded) {
  const json card = {{"content", "{}"}};
  const struct {
    json message;
    json reason;
    CallOutcome outcome;
  } cases[] = {
      {card, "stop", CallOutcome::kAnswered},
      {card, nullptr, CallOutcome::kAnswered},
      {card, "length", CallOutcome::kTruncated},
      {card, "MAX_TOKENS", CallOutcome::kTruncated},
      {card, "content_filter", CallOutcome::kFiltered},
      {card, "SAFETY", CallOutcome::kFiltered},
      {card, "error", CallOutcome::kServerError},
      {{{"content", nullptr}, {"refusal", "I will not."}}, "stop", CallOutcome::kRefused},
      {{{"content", "{}"}, {"refusal", "I will not."}}, "length", CallOutcome::kRefused},
      {{{"content", {{{"type", "refusal"}, {"refusal", "No."}}}}}, "stop", CallOutcome::kRefused},
      {{{"content", ""}}, "stop", CallOutcome::kEmpty},
      {{{"content", nullptr}}, "stop", CallOutcome::kEmpty},
      {{{"content", " \n\t"}}, "stop", CallOutcome::kEmpty},
      {{{"content", " \n"}}, "length", CallOutcome::kTruncated},
      {{{"content", nullptr}, {"reasoning_content", "Hm."}}, "stop", CallOutcome::kEmpty},
      {json::object(), "tool_calls", CallOutcome::kEmpty},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(OutcomeName(Answered(Completion(each.message, each.reason)).outcome),
              OutcomeName(each.outcome))
        << each.message << " " << each.reason;
  }
}

TEST_F(HttpChatTest, ReadsContentInParts) {
  const json parts = {{{"type", "text"}, {"text", "{\"a\""}}, {{"type", "text"}, {"text", ":1}"}}};

  EXPECT_EQ(Answered(Completion({{"content", parts}}, "stop")).content, "{\"a\":1}");
}

TEST_F(HttpChatTest, LeavesWhatTheModelWroteAsItIs) {
  const std::string text = "<think>so</think>\n```json\n{}\n```";

  EXPECT_EQ(Answered(Completion({{"content", text}}, "stop")).content, text);
}

TEST_F(HttpChatTest, EstimatesTheTokensThatAreNotTold) {
  const size_t prompt =
      Question().system.size() + Question().user.size() + Question().schema.size();
  for (const char* usage : {"", R"("usage":null,)", R"("usage":{"prompt_tokens":-5},)",
                            R"("usage":{"prompt_tokens":1e30,"completion_tokens":"7"},)"}) {
    const ChatAnswer answer = Answered(Response::Json(
        200, std::string("{") + usage + R"("choices":[{"message":{"content":"123456789"}}]})"));
    EXPECT_TRUE(answer.usage.estimated) << usage;
    EXPECT_EQ(answer.usage.input_tokens, static_cast<int64_t>((prompt + 3) / 4)) << usage;
    EXPECT_EQ(answer.usage.output_tokens, 3) << usage;
  }
}

TEST_F(HttpChatTest, TellsRefusalsOfTheEndpointApart) {
  const struct {
    Response response;
    CallOutcome outcome;
  } cases[] = {
      {Error(401, "Incorrect API key provided."), CallOutcome::kUnauthorized},
      {Error(403, "Your project may not use this."), CallOutcome::kUnauthorized},
      {Error(403, "Input was flagged by moderation"), CallOutcome::kFiltered},
      {Error(402, "Insufficient Balance"), CallOutcome::kQuotaExhausted},
      {Error(429, "Slow down.", "rate_limit_exceeded"), CallOutcome::kRateLimited},
      {Error(429, "You exceeded your current quota.", "insufficient_quota"),
       CallOutcome::kQuotaExhausted},
      {Error(400, "Your credit balance is too low."), CallOutcome::kQuotaExhausted},
      {Error(404, "The model `m-1` does not exist.", "model_not_found"), CallOutcome::kNoSuchModel},
      {Error(404, "model \"m-1\" not found, try pulling it first"), CallOutcome::kNoSuchModel},
      {Error(400, "m-1 is not a valid model ID"), CallOutcome::kNoSuchModel},
      {Error(403, "Project has no access.", "model_not_found"), CallOutcome::kNoSuchModel},
      {Response::Json(404, R"({"detail":"Not Found"})"), CallOutcome::kNotAnEndpoint},
      {Error(404, "File Not Found", 404, "not_found_error"), CallOutcome::kNotAnEndpoint},
      {Response::Html(404, "<html>nginx</html>"), CallOutcome::kNotAnEndpoint},
      {Response::Html(200, "<!doctype html><html>Welcome</html>"), CallOutcome::kNotAnEndpoint},
      {Response::Text(200, "pong"), CallOutcome::kNotAnEndpoint},
      {Response::Text(200, ""), CallOutcome::kNotAnEndpoint},
      {Response::Json(200, R"({"status":"ok"})"), CallOutcome::kNotAnEndpoint},
      {Response::Json(200, R"({"choices":[]})"), CallOutcome::kNotAnEndpoint},
      {Response::Json(200, R"({"choices":[{"text":"old"}]})"), CallOutcome::kNotAnEndpoint},
      {Response::Json(200, R"("text")"), CallOutcome::kNotAnEndpoint},
      {Response::Json(200, R"({"error":"Unexpected endpoint or method: POST /x"})"),
       CallOutcome::kNotAnEndpoint},
      {Response::Json(200, std::string(kGood).substr(0, 60)), CallOutcome::kServerError},
      {Response::Json(200, R"({"error":{"message":"upstream","code":502}})"),
       CallOutcome::kServerError},
      {Response::Json(200, R"({"error":{"message":"too many","code":429}})"),
       CallOutcome::kRateLimited},
      {Response::Json(405, R"({"detail":"Method Not Allowed"})"), CallOutcome::kNotAnEndpoint},
      {Error(400, "This model's maximum context length is 128 tokens.", "context_length_exceeded"),
       CallOutcome::kBadRequest},
      {Response::Text(400, "The plain HTTP request was sent to HTTPS port"),
       CallOutcome::kNotAnEndpoint},
      {Error(400, "held back", "content_filter"), CallOutcome::kFiltered},
      {Error(408, "too slow"), CallOutcome::kTimeout},
      {Error(409, "busy"), CallOutcome::kServerError},
      {Error(413, "too large"), CallOutcome::kBadRequest},
      {Error(500, "oops"), CallOutcome::kServerError},
      {Response::Html(502, "<html>Bad Gateway</html>"), CallOutcome::kServerError},
      {Error(529, "Overloaded", nullptr, "overloaded_error"), CallOutcome::kServerError},
  };
  for (const auto& each : cases) {
    const ChatAnswer answer = Answered(each.response);
    EXPECT_EQ(OutcomeName(answer.outcome), OutcomeName(each.outcome))
        << each.response.status << " " << *each.response.body;
    EXPECT_THAT(answer.detail, AllOf(Not(IsEmpty()), Not(HasSubstr("\n"))));
    const bool clean = each.response.status >= 300 && each.response.status < 500;
    if (clean) {
      EXPECT_EQ(answer.usage.input_tokens, 0);
    }
  }
}

TEST_F(HttpChatTest, SaysWhatTheEndpointSays) {
  EXPECT_EQ(Answered(Error(400, "This model's maximum\ncontext length is 128 tokens.")).detail,
            "the request is refused (status 400): This model's maximum context length is 128 "
            "tokens.");
  EXPECT_EQ(Answered(Response::Html(404, "<html>x</html>")).detail,
            "what answers is no such endpoint (status 404): a web page");
  Response moved = Response::Text(308, "");
  moved.headers.emplace_back("Location", "https://other.example.org/v1?token=1");
  EXPECT_EQ(Answered(moved).detail,
            "what answers is no such endpoint (status 308): it sends callers to "
            "https://other.example.org/v1");
  EXPECT_LT(Answered(Error(400, std::string(100000, 'x'))).detail.size(), 300);
}

TEST_F(HttpChatTest, KnowsARefusedSchemaByItsName) {
  const Response refusals[] = {
      Error(400, "'response_format.type' : value is not one of the allowed values ['text']"),
      Error(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported"),
      Response::Json(422, R"({"detail":[{"loc":["body","response_format","type"],"msg":"no"}]})"),
      Response::Json(500, R"({"error":{"message":"1 validation error: json_schema"}})"),
      Response::Text(400, "unknown field response_format"),
      Error(400, "failed to parse grammar"),
      Response::Json(200, R"({"error":"'response_format.type' must be 'text'"})"),
  };
  for (const Response& refusal : refusals) {
    EXPECT_EQ(OutcomeName(Answered(refusal).outcome), "schema-unsupported") << *refusal.body;
    EXPECT_EQ(OutcomeName(Answered(refusal, SchemaMode::kJsonObject).outcome),
              "schema-unsupported");
    EXPECT_NE(OutcomeName(Answered(refusal, SchemaMode::kPromptOnly).outcome), "schema-unsupported")
        << "nothing was asked of it";
  }
}

TEST_F(HttpChatTest, WhatRepeatsTheRequestRefusesNoSchema) {
  const Response others[] = {
      Response::Json(422, R"({"detail":[{"loc":["body","max_tokens"],"msg":"too many","input":)"
                          R"({"response_format":{"type":"json_schema"}}}]})"),
      Error(400,
            "[{'loc': ('body', 'max_tokens'), 'msg': 'too many', 'input': "
            "{'response_format': {'type': 'json_schema'}}}]"),
      Error(400, "not allowed: Write a card, and nothing else than that card. json_schema"),
      Response::Json(400, R"({"error":{"message":"too long"},"request":{"response_format":1}})"),
      Response::Text(400, R"(bad {"messages":[],"response_format":{"type":"json_schema"}})"),
  };
  for (const Response& other : others) {
    EXPECT_NE(OutcomeName(Answered(other).outcome), "schema-unsupported") << *other.body;
  }
  EXPECT_EQ(OutcomeName(
                Answered(Response::Json(
                             400, R"({"error":{"message":"not known","param":"response_format"}})"))
                    .outcome),
            "schema-unsupported");
}

TEST_F(HttpChatTest, WhatMayHaveBeenPaidForIsNotFree) {
  const struct {
    Response response;
    bool input;
    int64_t output;
  } cases[] = {
      {Response::Json(200, R"({"choices":[{"message":{"con)"), true, 700},
      {Response::Json(200, R"({"id":"1"})"), true, 700},
      {Response::Text(502, "bad gateway"), true, 700},
      {Error(504, "upstream timed out"), true, 700},
      {Response::Text(503, "upstream reset before headers"), true, 700},
      {Error(500, "out of memory"), true, 0},
      {Response::Json(200, R"({"error":{"message":"gone","code":502}})"), true, 700},
      {Error(429, "slow down"), false, 0},
      {Error(400, "no"), false, 0},
      {Error(401, "no"), false, 0},
  };
  for (const auto& each : cases) {
    const ChatAnswer answer = Answered(each.response);
    EXPECT_EQ(answer.usage.input_tokens > 0, each.input) << *each.response.body;
    EXPECT_EQ(answer.usage.output_tokens, each.output) << *each.response.body;
  }
}

TEST_F(HttpChatTest, NoughtIsNotBelievedOfAnAnswer) {
  const ChatAnswer answer = Answered(Response::Json(
      200, R"({"choices":[{"message":{"content":"{\"a\":1}"},"finish_reason":"stop"}],)"
           R"("usage":{"prompt_tokens":0,"completion_tokens":0}})"));
  EXPECT_TRUE(answer.usage.estimated);
  EXPECT_GT(answer.usage.input_tokens, 0);
  EXPECT_GT(answer.usage.output_tokens, 0);
}

TEST_F(HttpChatTest, ARefusalInPlainTextMayBeAboutTheRequestAlone) {
  for (const int status : {400, 403, 413}) {
    EXPECT_TRUE(Answered(Response::Text(status, "<html>no</html>")).may_be_the_request) << status;
    EXPECT_FALSE(Answered(Error(status, "no")).may_be_the_request) << status;
  }
  EXPECT_FALSE(Answered(Response::Text(401, "no")).may_be_the_request);
  EXPECT_FALSE(Answered(Response::Text(404, "no")).may_be_the_request);
}

TEST_F(HttpChatTest, ReadsWhenToComeBack) {
  const struct {
    std::vector<std::pair<std::string, std::string>> headers;
    std::optional<milliseconds> after;
  } cases[] = {
      {{}, std::nullopt},
      {{{"Retry-After", "7"}}, seconds(7)},
      {{{"Retry-After", "0.5"}}, milliseconds(500)},
      {{{"Retry-After", "7"}, {"retry-after-ms", "250"}}, milliseconds(250)},
      {{{"retry-after-ms", "nonsense"}, {"Retry-After", "7"}}, seconds(7)},
      {{{"Retry-After", "Sun, 22 Nov 2026 00:01:30 GMT"}}, seconds(90)},
      {{{"Retry-After", "Sat, 21 Nov 2026 00:01:30 GMT"}}, seconds(0)},
      {{{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}}, std::chrono::hours(24)},
      {{{"Retry-After", "-1"}}, std::nullopt},
      {{{"Retry-After", "soon"}}, std::nullopt},
      {{{"Retry-After", "1e300"}}, std::chrono::hours(24)},
      {{{"Retry-After", "inf"}}, std::nullopt},
  };
  for (const auto& each : cases) {
    Response busy = Error(429, "Slow down.");
    busy.headers = each.headers;
    EXPECT_EQ(Answered(busy).retry_after, each.after)
        << (each.headers.empty() ? "" : each.headers.front().second);
  }
  Response advised = Error(400, "hm");
  EXPECT_EQ(Answered(advised).should_retry, std::nullopt);
  advised.headers = {{"x-should-retry", "true"}};
  EXPECT_EQ(Answered(advised).should_retry, true);
  advised.headers = {{"x-should-retry", "false"}};
  EXPECT_EQ(Answered(advised).should_retry, false);
}

TEST_F(HttpChatTest, LearnsWhatTheLimitOfTokensIsCalledAndRemembersIt) {
  const AnsweringServer server(
      {Error(400,
             "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
             "'max_completion_tokens' instead."),
       Error(400, "Unsupported value: 'temperature' does not support 0 with this model."),
       Response::Json(200, kGood)});
  HttpChat chat(At(server), client_, {}, clock_);

  EXPECT_EQ(chat.Ask(Question(), SchemaMode::kJsonSchema, {}).outcome, CallOutcome::kAnswered);
  EXPECT_EQ(chat.Ask(Question(), SchemaMode::kJsonSchema, {}).outcome, CallOutcome::kAnswered);

  ASSERT_EQ(server.requests().size(), 4);
  for (const size_t call : {2, 3}) {
    const json body = BodyOf(server, call);
    EXPECT_EQ(body["max_completion_tokens"], 700);
    EXPECT_FALSE(body.contains("max_tokens"));
    EXPECT_FALSE(body.contains("temperature"));
  }
}

TEST_F(HttpChatTest, LearnsOnceFromTheSameRefusal) {
  const AnsweringServer server({Error(400, "Use 'max_completion_tokens' instead.")});

  EXPECT_EQ(Ask(server).outcome, CallOutcome::kBadRequest);

  EXPECT_EQ(server.requests().size(), 2);
}

TEST_F(HttpChatTest, TakesNoMoreThanAQuarterOfAMegabyte) {
  const ChatAnswer answer = Answered(Response::Text(200, std::string(262145, 'x')));

  EXPECT_EQ(answer.outcome, CallOutcome::kTooLarge);
  EXPECT_THAT(answer.detail, HasSubstr("body over 262144 bytes"));
  EXPECT_EQ(answer.usage.output_tokens, 700) << "it was written, and is paid for";
}

TEST_F(HttpChatTest, SaysWhereNobodyAnswers) {
  const std::string url = AnsweringServer({Response::Text(200, "")}).url();
  HttpChat chat({.base_url = url, .model = "m-1"}, client_, {}, clock_);

  const ChatAnswer answer = chat.Ask(Question(), SchemaMode::kJsonSchema, {});

  EXPECT_EQ(answer.outcome, CallOutcome::kUnreachable);
  EXPECT_THAT(answer.detail, HasSubstr(url));
  EXPECT_EQ(answer.usage.input_tokens, 0);
}

TEST_F(HttpChatTest, CountsAnAnswerThatBreaksOffAsPaidFor) {
  const foundation_test::RawServer server(
      [](const foundation_test::RawSocket& socket, const std::string& /*request*/) {
        socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"choices\"");
        shutdown(socket.descriptor(), SHUT_WR);
        socket.ReadAll();
      });
  HttpChat chat({.base_url = server.Url("/v1"), .model = "m-1"}, client_, {}, clock_);

  const ChatAnswer answer = chat.Ask(Question(), SchemaMode::kJsonSchema, {});

  EXPECT_EQ(answer.outcome, CallOutcome::kUnreachable);
  EXPECT_EQ(answer.usage.output_tokens, 700);
  EXPECT_TRUE(answer.usage.estimated);
}

TEST_F(HttpChatTest, RefusesToShowItsKeyToTheNetwork) {
  HttpChat chat({.base_url = "http://api.example.org/v1", .model = "m", .api_key = kKey}, client_,
                {}, clock_);

  const ChatAnswer answer = chat.Ask(Question(), SchemaMode::kJsonSchema, {});

  EXPECT_EQ(answer.outcome, CallOutcome::kUnreachable);
  EXPECT_THAT(answer.detail, HasSubstr("http without TLS"));
}

TEST_F(HttpChatTest, StopsWhenToldTo) {
  const AnsweringServer server({Response::Json(200, kGood)});
  HttpChat chat(At(server), client_, {}, clock_);
  std::stop_source stop;
  stop.request_stop();

  EXPECT_EQ(chat.Ask(Question(), SchemaMode::kJsonSchema, stop.get_token()).outcome,
            CallOutcome::kCancelled);
}

TEST_F(HttpChatTest, SpeaksAnthropicsWords) {
  const AnsweringServer server({Response::Json(
      200, R"({"type":"message","model":"m-1","content":[{"type":"thinking","thinking":"hm"},)"
           R"({"type":"text","text":"{\"a\":"},{"type":"text","text":"1}"}],)"
           R"("stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":4}})")});

  const ChatAnswer answer = Ask(server, SchemaMode::kJsonSchema, WireFormat::kAnthropic);

  EXPECT_EQ(answer.outcome, CallOutcome::kAnswered);
  EXPECT_EQ(answer.content, "{\"a\":1}");
  EXPECT_EQ(answer.model, "m-1");
  EXPECT_EQ(answer.usage.input_tokens, 9);
  EXPECT_EQ(answer.usage.output_tokens, 4);
  EXPECT_EQ(answer.mode, SchemaMode::kPromptOnly);
  const http::Request request = server.requests().front();
  EXPECT_EQ(request.path, "/v1/messages");
  EXPECT_EQ(request.headers.at("x-api-key"), kKey);
  EXPECT_TRUE(request.headers.contains("anthropic-version"));
  EXPECT_FALSE(request.headers.contains("authorization"));
  const json body = BodyOf(server);
  EXPECT_EQ(body["max_tokens"], 700);
  EXPECT_THAT(body["system"].get<std::string>(), HasSubstr(Question().schema));
  EXPECT_EQ(body["messages"].size(), 1);
  EXPECT_EQ(body["messages"][0]["content"], Question().user);
}

TEST_F(HttpChatTest, TellsHowAnAnswerOfAnthropicsEnded) {
  const auto ended = [this](const std::string& reason, const json& content) {
    const json body = {{"type", "message"}, {"content", content}, {"stop_reason", reason}};
    return Answered(Response::Json(200, body.dump()), SchemaMode::kPromptOnly,
                    WireFormat::kAnthropic)
        .outcome;
  };
  const json text = {{{"type", "text"}, {"text", "{}"}}};
  EXPECT_EQ(ended("max_tokens", text), CallOutcome::kTruncated);
  EXPECT_EQ(ended("refusal", text), CallOutcome::kRefused);
  EXPECT_EQ(ended("refusal", json::array()), CallOutcome::kRefused);
  EXPECT_EQ(ended("end_turn", json::array()), CallOutcome::kEmpty);
  EXPECT_EQ(Answered(Response::Json(529, R"({"type":"error","error":{"type":"overloaded_error",)"
                                         R"("message":"Overloaded"}})"),
                     SchemaMode::kPromptOnly, WireFormat::kAnthropic)
                .outcome,
            CallOutcome::kServerError);
}

}  // namespace
}  // namespace paperwire::llm
