#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/llm/llm_endpoint.h"
#include "tests/support/scratch_folder.h"
#include "tests/unit/tools/run_paperwire.h"
#include "tools/paperwire/example_paper.h"

namespace paperwire::cli {
namespace {

using nlohmann::json;
using stand_in::Fault;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

constexpr char kKey[] = "sk-live-0123456789abcdef";

class LlmCommand : public testing::Test {
 protected:
  // `llm check` of the endpoint.
  Ran Check(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"llm",         "check", "--llm-base-url", endpoint_.url(),
                                      "--llm-model", "m-1",   "--llm-api-key",  kKey};
    words.insert(words.end(), more.begin(), more.end());
    return RunPaperwire(words);
  }

  Ran CheckDuring(Fault fault) {
    endpoint_.Outage({.fault = fault});
    return Check(fault == Fault::kHang
                     ? std::vector<std::string>{"--llm-first-byte-timeout", "500ms"}
                     : std::vector<std::string>{});
  }

  std::string PaperFile() const {
    const std::string path = folder_.path("papers.jsonl");
    std::ofstream(path) << json{{"id", "2606.01234"},
                                {"title", "Sparse Attention on Small Machines"},
                                {"abstract", ExamplePaper().abstract()}}
                               .dump()
                        << '\n';
    return path;
  }

  stand_in::LlmEndpoint endpoint_;
  support::ScratchFolder folder_;
};

// One line on standard error, nothing on standard output, no key.
void ExpectComplaint(const Ran& ran, int code, const std::string& says) {
  EXPECT_EQ(ran.code, code) << ran.err;
  EXPECT_THAT(ran.err,
              AllOf(HasSubstr(says), MatchesRegex("paperwire: [^\n]*\n"), Not(HasSubstr(kKey))));
  EXPECT_THAT(ran.out, IsEmpty());
}

TEST_F(LlmCommand, CheckSaysWhatWorksAndShowsACard) {
  const Ran ran = Check({"--llm-input-price", "1", "--llm-output-price", "4"});

  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.err, IsEmpty());
  for (const char* part :
       {"1 127.0.0.1:", "/m-1", " answers", "json_schema", "latency", "tokens in", "cost     $0.0",
        "card     as asked", "Highlights", "Lanterns"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
  EXPECT_EQ(endpoint_.counts().calls, 1);
}

TEST_F(LlmCommand, CheckAllowsAsMuchOutputAsTheServicesDo) {
  EXPECT_EQ(Check({"--llm-max-output-tokens", "777"}).code, kExitOk);
  EXPECT_EQ(json::parse(endpoint_.calls().back().body)["max_tokens"], 777);
}

TEST_F(LlmCommand, CheckSaysWhichFormIsKnown) {
  endpoint_.SetManner({.json_schema_refused = 400});
  EXPECT_THAT(Check().out, HasSubstr("json_object (json_schema is refused there)"));

  endpoint_.SetManner({.json_schema_refused = 500, .json_object_refused = 422});
  EXPECT_THAT(Check().out, HasSubstr("the prompt says it"));
}

TEST_F(LlmCommand, CheckSpeaksAnthropicsWordsToo) {
  const Ran ran = Check({"--llm-format", "anthropic"});

  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(endpoint_.calls().back().path, HasSubstr("/messages"));
}

TEST_F(LlmCommand, CheckNamesAWrongKey) {
  endpoint_.SetManner({.api_key = "another"});

  ExpectComplaint(Check(), kExitNoPermission, "unauthorized: the key is refused (status 401)");
  EXPECT_THAT(Check().err, HasSubstr("(--llm-api-key)"));
}

TEST_F(LlmCommand, CheckNamesAModelThatIsNotThere) {
  endpoint_.SetManner({.model = "another"});

  ExpectComplaint(Check(), config::kExitConfig, "no-such-model: ");
}

TEST_F(LlmCommand, CheckNamesWhatAnswersInstead) {
  ExpectComplaint(CheckDuring(Fault::kHtml), config::kExitConfig,
                  "not-an-endpoint: what answers is a web page (--llm-base-url)");
  ExpectComplaint(CheckDuring(Fault::kRedirect), config::kExitConfig,
                  "it sends callers to http://example.invalid/");
  ExpectComplaint(CheckDuring(Fault::kWrongJson), config::kExitConfig, "not-an-endpoint: ");
}

TEST_F(LlmCommand, CheckNamesAnEndpointThatDoesNotWork) {
  ExpectComplaint(CheckDuring(Fault::kHang), kExitUnavailable, "no first byte within 500ms");
  ExpectComplaint(CheckDuring(Fault::kReset), kExitUnavailable, "unreachable: ");
  ExpectComplaint(CheckDuring(Fault::kServerError), kExitUnavailable, "server-error: ");
  ExpectComplaint(CheckDuring(Fault::kQuotaExhausted), kExitUnavailable, "quota-exhausted: ");
  endpoint_.Close();
  ExpectComplaint(Check(), kExitUnavailable, "Couldn't connect to server");
}

TEST_F(LlmCommand, CheckNamesAModelThatMakesNoCard) {
  ExpectComplaint(CheckDuring(Fault::kRefusal), kExitNegative, "refused: the model refused");
  const Ran prose = CheckDuring(Fault::kProse);
  EXPECT_EQ(prose.code, kExitNegative);
  EXPECT_THAT(prose.out, HasSubstr("card     none: the answer is not what was asked for"));
}

TEST_F(LlmCommand, CheckNamesTroubleWithTls) {
  const support::Authority authority;
  const auto certificate = authority.Sign("endpoint");
  const stand_in::LlmEndpoint secure(
      {.certificate = certificate.certificate, .key = certificate.key});
  const std::string ca = folder_.path("ca.pem");
  std::ofstream(ca) << authority.certificate();
  const std::vector<std::string> words = {"llm",        "check",       "--llm-base-url",
                                          secure.url(), "--llm-model", "m-1"};
  ASSERT_THAT(secure.url(), HasSubstr("https://"));

  ExpectComplaint(RunPaperwire(words), kExitUnavailable, "TLS: ");
  auto trusting = words;
  trusting.insert(trusting.end(), {"--llm-ca-file", ca});
  EXPECT_EQ(RunPaperwire(trusting).code, kExitOk);
}

TEST_F(LlmCommand, CheckRefusesWhatTheSettingsSayWrong) {
  const auto check = [](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"llm", "check", "--llm-model", "m-1"};
    words.insert(words.end(), more.begin(), more.end());
    return RunPaperwire(words);
  };
  ExpectComplaint(check({}), config::kExitConfig, "--llm-base-url: not given");
  ExpectComplaint(check({"--llm-base-url", "http://api.example.org/v1"}), config::kExitConfig,
                  "--llm-base-url: http to api.example.org");
  ExpectComplaint(check({"--llm-base-url", "https://192.168.1.1/v1"}), config::kExitConfig,
                  "--llm-allow-private");
}

TEST_F(LlmCommand, CheckAsksEveryModelOfTheList) {
  stand_in::LlmEndpoint closed;
  closed.Close();
  const Ran ran =
      RunPaperwire({"llm", "check", "--llm-base-url", closed.url(), "--llm-model", "a",
                    "--llm-2-base-url", endpoint_.url(), "--llm-2-model", "b", "--json"});

  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.err, HasSubstr("paperwire: 1 127.0.0.1:"));
  std::istringstream lines(ran.out);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(json::parse(line)["answer"]["outcome"], "unreachable");
  ASSERT_TRUE(std::getline(lines, line));
  const json second = json::parse(line);
  EXPECT_EQ(second["position"], 2);
  EXPECT_EQ(second["answer"]["outcome"], "answered");
  EXPECT_EQ(second["card"], "as asked");
  EXPECT_EQ(second["summary"]["highlights"].size(), 3);
}

TEST_F(LlmCommand, PreviewShowsWhatIsSentAndWhatComesBack) {
  const Ran ran =
      RunPaperwire({"llm", "preview", "2606.01234", "--from", PaperFile(), "--llm-base-url",
                    endpoint_.url(), "--llm-model", "m-1", "--llm-api-key", kKey});

  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  for (const char* part :
       {"--- system\n", "--- user\n", "Sparse Attention on Small Machines", "--- schema",
        "--- answer of 127.0.0.1:", "\"tldr\":", "--- card: as asked"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
  EXPECT_THAT(ran.out, Not(HasSubstr(kKey)));
}

TEST_F(LlmCommand, PreviewShowsASecondQuestionToo) {
  endpoint_.Misbehave({.fault = Fault::kProse});

  const Ran ran = RunPaperwire({"llm", "preview", "--from", PaperFile(), "--llm-base-url",
                                endpoint_.url(), "--llm-model", "m-1", "--json"});

  const json look = json::parse(ran.out);
  ASSERT_EQ(look["turns"].size(), 2);
  EXPECT_NE(look["turns"][0]["request"]["user"], look["turns"][1]["request"]["user"]);
  EXPECT_EQ(look["card"], "after a second question");
}

TEST_F(LlmCommand, PreviewSendsNothingWithoutAnEndpointOrWhenToldNotTo) {
  const Ran without = RunPaperwire({"llm", "preview", "--from", PaperFile()});
  EXPECT_EQ(without.code, kExitOk);
  EXPECT_THAT(without.out, HasSubstr("--- user\n"));
  EXPECT_THAT(without.err, HasSubstr("nothing was sent"));

  const Ran dry = RunPaperwire({"llm", "preview", "--from", PaperFile(), "--dry-run",
                                "--llm-base-url", endpoint_.url(), "--llm-model", "m-1"});
  EXPECT_EQ(dry.code, kExitOk);
  EXPECT_EQ(endpoint_.counts().calls, 0);
}

TEST_F(LlmCommand, PreviewShowsNothingThatATerminalObeys) {
  const std::string path = folder_.path("papers.jsonl");
  std::ofstream(path) << json{{"id", "2606.01234"},
                              {"title", "A \x1b[31mred\x1b[0m title"},
                              {"abstract", "We propose \x1b]0;owned\x07 a thing of 3 parts."}}
                             .dump()
                      << '\n';
  endpoint_.Outage({.fault = Fault::kEchoedPrompt});

  const Ran ran = RunPaperwire(
      {"llm", "preview", "--from", path, "--llm-base-url", endpoint_.url(), "--llm-model", "m-1"});

  EXPECT_THAT(ran.out, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07"))));
}

TEST_F(LlmCommand, PreviewNamesAPaperThatIsNotThere) {
  ExpectComplaint(RunPaperwire({"llm", "preview", "2606.99999", "--from", PaperFile()}),
                  kExitNegative, "no paper 2606.99999");
  ExpectComplaint(RunPaperwire({"llm", "preview", "--from", "no/such/file"}), kExitNoInput,
                  "no/such/file");
  ExpectComplaint(RunPaperwire({"llm"}), kExitUsage, "llm wants one of");
  ExpectComplaint(RunPaperwire({"llm", "preview"}), kExitUsage, "llm wants one of");
}

}  // namespace
}  // namespace paperwire::cli
