// What becomes of a call, for each misbehaviour of the endpoint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "libs/clock/clock.h"
#include "libs/llm/http_chat.h"
#include "libs/llm/ladder.h"
#include "tests/support/certificates.h"
#include "tests/support/llm/llm_endpoint.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/wait.h"

namespace paperwire::llm {
namespace {

using stand_in::Fault;
using stand_in::LlmEndpoint;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kKey[] = "sk-test-4f9a77c2e81b";
constexpr char kSecretOfPrompt[] = "quokkas of the northern shore";
constexpr std::chrono::seconds kPatience{30};

ChatRequest Question(int number = 1) {
  return {.system = "Write a card of what stands between the marks.",
          .user = "----- 7fd1e5a09b\nTitle: On quokkas, study " + std::to_string(number) +
                  "\n\nAbstract: The " + kSecretOfPrompt +
                  " are few. We count them with a drone. The count takes 3 hours and finds 41 "
                  "animals. Counting on foot takes longer. The method suits other islands.\n"
                  "----- 7fd1e5a09b\n",
          .schema_name = "card",
          .schema = R"({"type": "object", "properties": {"tldr": {"type": "string"},
                        "highlights": {"type": "array"}, "summary": {"type": "string"}}})"};
}

// What a call may never tell, however the endpoint behaves.
void ExpectNoSecret(const ChatAnswer& answer) {
  for (const std::string& told : {answer.detail, answer.model, answer.request_id}) {
    EXPECT_THAT(told, Not(HasSubstr("sk-test")));
    EXPECT_THAT(told, Not(HasSubstr("quokka")));
    EXPECT_THAT(told, Not(HasSubstr("\n")));
  }
}

class HttpChatFaults : public testing::Test {
 protected:
  HttpChat ChatWith(const LlmEndpoint& endpoint, Timeouts timeouts = Patient()) {
    return {
        {.base_url = endpoint.url(), .model = "m-1", .api_key = kKey}, client_, timeouts, clock_};
  }
  ChatAnswer Ask(const LlmEndpoint& endpoint, Timeouts timeouts = Patient()) {
    return ChatWith(endpoint, timeouts).Ask(Question(), SchemaMode::kJsonSchema, {});
  }
  // Whatever the machine is busy with.
  static Timeouts Patient() {
    return {.connect = kPatience, .first_byte = kPatience, .total = kPatience};
  }

  clock::SystemClock clock_;
  http::MultiClient client_{{.user_agent = "paperwire-test"}};
};

// Every fault is named here: a new one without an outcome does not compile.
CallOutcome OutcomeOf(Fault fault) {
  switch (fault) {
    case Fault::kRateLimited:
      return CallOutcome::kRateLimited;
    case Fault::kQuotaExhausted:
      return CallOutcome::kQuotaExhausted;
    case Fault::kServerError:
    case Fault::kOverloaded:
    case Fault::kTruncatedJson:
    case Fault::kBadUtf8:
      return CallOutcome::kServerError;
    case Fault::kRequestTimeout:
    case Fault::kHang:
    case Fault::kHangAfterHeaders:
    case Fault::kDrip:
      return CallOutcome::kTimeout;
    case Fault::kUnauthorized:
    case Fault::kForbidden:
      return CallOutcome::kUnauthorized;
    case Fault::kNoSuchModel:
      return CallOutcome::kNoSuchModel;
    case Fault::kBadRequest:
    case Fault::kMaxTokensRefused:
    case Fault::kEchoedSecrets:
      return CallOutcome::kBadRequest;
    case Fault::kJsonSchemaRefused:
      return CallOutcome::kSchemaUnsupported;
    case Fault::kRedirect:
    case Fault::kHtml:
    case Fault::kWrongJson:
    case Fault::kDeepJson:
      return CallOutcome::kNotAnEndpoint;
    case Fault::kCut:
    case Fault::kReset:
      return CallOutcome::kUnreachable;
    case Fault::kHuge:
    case Fault::kGzipBomb:
    case Fault::kEndlessWhitespace:
      return CallOutcome::kTooLarge;
    case Fault::kLength:
    case Fault::kWhitespace:
    case Fault::kThinkOnly:
    case Fault::kRubbish:
      return CallOutcome::kTruncated;
    case Fault::kContentFilter:
      return CallOutcome::kFiltered;
    case Fault::kRefusal:
      return CallOutcome::kRefused;
    case Fault::kEmpty:
    case Fault::kNoContent:
      return CallOutcome::kEmpty;
    case Fault::kRefusalProse:
    case Fault::kThink:
    case Fault::kFences:
    case Fault::kProse:
    case Fault::kChatter:
    case Fault::kMissingField:
    case Fault::kExtraField:
    case Fault::kWrongType:
    case Fault::kTooLong:
    case Fault::kTooMany:
    case Fault::kEchoedPrompt:
    case Fault::kInventedNumbers:
    case Fault::kOnlyInventions:
    case Fault::kInjectedText:
    case Fault::kInjectedMarkup:
    case Fault::kForeign:
      return CallOutcome::kAnswered;
  }
  return CallOutcome::kCancelled;
}

bool NeverEnds(Fault fault) {
  return fault == Fault::kHang || fault == Fault::kHangAfterHeaders || fault == Fault::kDrip;
}

TEST_F(HttpChatFaults, HaveEachItsOutcomeAndTellNoSecret) {
  LlmEndpoint endpoint;
  const Timeouts impatient{
      .connect = kPatience, .first_byte = milliseconds(250), .total = milliseconds(500)};
  for (const Fault fault : stand_in::AllFaults()) {
    SCOPED_TRACE(std::string(stand_in::Name(fault)));
    endpoint.Outage({.fault = fault, .pause = milliseconds(20)});
    const ChatAnswer answer = Ask(endpoint, NeverEnds(fault) ? impatient : Patient());
    EXPECT_EQ(OutcomeName(answer.outcome), OutcomeName(OutcomeOf(fault)));
    EXPECT_LE(answer.content.size(), 256u << 10);
    EXPECT_GE(answer.usage.input_tokens, 0);
    // What a model did is told by the outcome.
    EXPECT_EQ(answer.detail.empty(), fault >= Fault::kLength && fault != Fault::kBadUtf8);
    ExpectNoSecret(answer);
    EXPECT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().in_flight == 0; }));
  }
  endpoint.Well();
  const ChatAnswer answer = Ask(endpoint);
  EXPECT_EQ(answer.outcome, CallOutcome::kAnswered);
  EXPECT_THAT(answer.content, HasSubstr("41 animals"));
  EXPECT_EQ(answer.usage.output_tokens, static_cast<int64_t>(answer.content.size() / 4 + 1));
  EXPECT_FALSE(answer.usage.estimated);
}

TEST_F(HttpChatFaults, OfEndlessBodiesTakeALittleOnly) {
  LlmEndpoint endpoint;
  endpoint.Outage({.fault = Fault::kHuge, .bytes = 4ull << 30});
  EXPECT_EQ(Ask(endpoint).outcome, CallOutcome::kTooLarge);
  EXPECT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().left == 1; }));
  // What the sockets of both sides hold is on its way already.
  EXPECT_LT(endpoint.counts().bytes, 64 << 20);
}

TEST_F(HttpChatFaults, SayWhenToComeBack) {
  LlmEndpoint endpoint;
  endpoint.Misbehave({.fault = Fault::kRateLimited, .retry_after = "7"});
  endpoint.Misbehave({.fault = Fault::kRateLimited, .retry_after = "7", .retry_after_ms = 300});
  endpoint.Misbehave({.fault = Fault::kServerError, .should_retry = false});
  EXPECT_EQ(Ask(endpoint).retry_after, milliseconds(7000));
  EXPECT_EQ(Ask(endpoint).retry_after, milliseconds(300));
  EXPECT_EQ(Ask(endpoint).should_retry, false);
}

TEST_F(HttpChatFaults, OfTheSchemaAreLearnedOnce) {
  for (const int status : {400, 422, 500}) {
    LlmEndpoint endpoint;
    stand_in::Manner manner;
    manner.json_schema_refused = status;
    manner.json_object_refused = status;
    manner.wants_max_completion_tokens = true;
    endpoint.SetManner(manner);
    HttpChat chat = ChatWith(endpoint);
    Ladder ladder;
    LadderedChat laddered(chat, ladder);
    for (int i = 0; i < 3; ++i) {
      const ChatAnswer answer = laddered.Ask(Question(), SchemaMode::kJsonSchema, {});
      EXPECT_EQ(answer.outcome, CallOutcome::kAnswered) << status << answer.detail;
      EXPECT_EQ(answer.mode, SchemaMode::kPromptOnly);
    }
    // Two forms and one name are refused once each.
    EXPECT_EQ(endpoint.counts().calls, 3 + 3) << status;
  }
}

TEST_F(HttpChatFaults, OfCertificatesShowNoQuestion) {
  const support::Authority known;
  const support::Authority unknown;
  const support::ScratchFolder folder;
  const std::string ca_file = folder.path("ca.pem");
  std::ofstream(ca_file) << known.certificate();
  http::MultiClient client({.ca_file = ca_file});
  const auto ask = [&](const support::Certificate& certificate, int64_t& calls) {
    const LlmEndpoint endpoint({.certificate = certificate.certificate, .key = certificate.key});
    HttpChat chat({.base_url = endpoint.url(), .model = "m-1", .api_key = kKey}, client, Patient(),
                  clock_);
    const ChatAnswer answer = chat.Ask(Question(), SchemaMode::kJsonSchema, {});
    ExpectNoSecret(answer);
    calls = endpoint.counts().calls;
    return answer.outcome;
  };
  int64_t calls = 0;
  EXPECT_EQ(ask(known.Sign("localhost"), calls), CallOutcome::kAnswered);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(ask(known.Sign("localhost", /*expired=*/true), calls), CallOutcome::kUnreachable);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(ask(unknown.Sign("localhost"), calls), CallOutcome::kUnreachable);
  EXPECT_EQ(calls, 0);
}

TEST_F(HttpChatFaults, MixedAmongSixtyFourCallsAtOnceDisturbNoOther) {
  stand_in::LlmEndpointOptions options;
  options.manner.delay_spread = milliseconds(300);
  options.manner.shares = {{Fault::kRateLimited, 0.2}, {Fault::kServerError, 0.1},
                           {Fault::kReset, 0.1},       {Fault::kTruncatedJson, 0.1},
                           {Fault::kHuge, 0.05},       {Fault::kCut, 0.05}};
  LlmEndpoint endpoint(options);
  HttpChat chat = ChatWith(endpoint);
  std::vector<ChatAnswer> answers(64);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 64; ++i) {
      threads.emplace_back([&answers, &chat, i] {
        answers[static_cast<size_t>(i)] = chat.Ask(Question(i), SchemaMode::kJsonSchema, {});
      });
    }
  }
  std::map<std::string, int64_t> outcomes;
  for (const ChatAnswer& answer : answers) ++outcomes[std::string(OutcomeName(answer.outcome))];
  const auto faults = endpoint.counts().by_fault;
  const auto count = [&](const char* fault) {
    const auto found = faults.find(fault);
    return found == faults.end() ? 0 : found->second;
  };
  EXPECT_EQ(outcomes["answered"], count(""));
  EXPECT_EQ(outcomes["rate-limited"], count("rate-limited"));
  EXPECT_EQ(outcomes["server-error"], count("server-error") + count("truncated-json"));
  EXPECT_EQ(outcomes["unreachable"], count("reset") + count("cut"));
  EXPECT_EQ(outcomes["too-large"], count("huge"));
  EXPECT_GT(count(""), 10);
  EXPECT_GT(count("rate-limited"), 3);
}

TEST_F(HttpChatFaults, ThatNeverEndAreLeftAtOnceWhenToldToStop) {
  LlmEndpoint endpoint;
  endpoint.Outage({.fault = Fault::kHang});
  HttpChat chat =
      ChatWith(endpoint, {.first_byte = std::chrono::hours(1), .total = std::chrono::hours(1)});
  std::stop_source stop;
  ChatAnswer answer;
  {
    std::jthread asking(
        [&] { answer = chat.Ask(Question(), SchemaMode::kJsonSchema, stop.get_token()); });
    ASSERT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().in_flight == 1; }));
    stop.request_stop();
  }
  EXPECT_EQ(answer.outcome, CallOutcome::kCancelled);
  EXPECT_TRUE(support::WaitUntil(kPatience, [&] { return endpoint.counts().left == 1; }));
}

}  // namespace
}  // namespace paperwire::llm
