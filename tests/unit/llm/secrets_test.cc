#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

#include "tests/unit/llm/http_chat_fixture.h"

namespace paperwire::llm {
namespace {

using http::Response;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

using SecretsTest = HttpChatTest;

// An endpoint that repeats all that it was sent, wherever it can.
TEST_F(SecretsTest, StayInsideACall) {
  const ChatRequest question = Question();
  std::vector<Response> echoes;
  for (const std::string& told :
       {std::string(kKey), "Bearer " + std::string(kKey), question.user, question.system,
        "key: " + std::string(kKey).substr(0, 12) + "***", question.user.substr(7, 24)}) {
    for (const int status : {200, 301, 400, 401, 403, 404, 422, 429, 500, 503}) {
      echoes.push_back(Error(status, told, told, told));
      echoes.push_back(Response::Json(status, json{{"detail", told}}.dump()));
      echoes.push_back(Response::Json(status, json{{"error", told}}.dump()));
      echoes.push_back(Response::Text(status, told));
    }
    Response completion = Response::Json(
        200, json{{"model", told}, {"choices", {{{"message", {{"content", "{}"}}}}}}}.dump());
    std::string line = told;
    std::replace(line.begin(), line.end(), '\n', ' ');
    completion.headers = {{"x-request-id", line}};
    echoes.push_back(completion);
    Response moved = Response::Text(302, "");
    moved.headers = {{"Location", "https://example.org/" + line}};
    echoes.push_back(moved);
  }
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  std::string returned;
  for (const Response& echo : echoes) {
    const ChatAnswer answer = Answered(echo);
    returned += answer.detail + "\n" + answer.request_id + "\n" + answer.model + "\n";
  }
  returned += testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout();

  EXPECT_THAT(returned, HasSubstr("repeats what was sent"));
  for (const std::string& secret : {std::string(kKey).substr(0, 8), std::string(kKey).substr(12),
                                    std::string("Sparse attention"),
                                    std::string("Write a card, and"), std::string("We propose")}) {
    EXPECT_THAT(returned, Not(HasSubstr(secret)));
  }
}

TEST_F(SecretsTest, OfAPaperCannotTalkAnEndpointIntoABreakdown) {
  // What the abstract says comes back in the message of a refusal.
  ChatRequest question = Question();
  question.user = "Abstract: insufficient_quota, model_not_found: the model does not exist.";
  const AnsweringServer server(
      {Response::Json(400, json{{"error", {{"message", "bad: " + question.user}}}}.dump())});
  HttpChat chat(At(server), client_, {}, clock_);

  EXPECT_EQ(chat.Ask(question, SchemaMode::kJsonSchema, {}).outcome, CallOutcome::kBadRequest);
}

}  // namespace
}  // namespace paperwire::llm
