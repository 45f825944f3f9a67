#include "libs/llm/llm_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/scratch_folder.h"

namespace paperwire::llm {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Settings : public testing::Test {
 protected:
  ~Settings() override { unsetenv("PAPERWIRE_LLM_API_KEY_FILE"); }

  // What the program says to such a command line, before it looks at what goes together.
  config::Settings::Outcome Parse(std::vector<const char*> words) {
    config::Settings settings("program", "Does things.");
    llm_.Declare(settings);
    words.insert(words.begin(), "program");
    return settings.Parse(static_cast<int>(words.size()), words.data());
  }

  absl::StatusOr<std::vector<Endpoint>> Endpoints(const std::vector<const char*>& words) {
    llm_ = {};
    const config::Settings::Outcome outcome = Parse(words);
    EXPECT_TRUE(outcome.run) << outcome.output;
    return llm_.Endpoints();
  }

  // The one line of a refusal.
  std::string Refusal(const std::vector<const char*>& words) {
    const absl::Status status = Endpoints(words).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
    return std::string(status.message());
  }

  LlmSettings llm_;
  support::ScratchFolder folder_;
};

TEST_F(Settings, NameNoModelUnlessTold) {
  EXPECT_THAT(*Endpoints({}), IsEmpty());
  EXPECT_THAT(*Endpoints({"--llm-model", "m", "--llm-api-key", "k"}), IsEmpty());
}

TEST_F(Settings, NameModelsInTheirOrder) {
  const auto endpoints =
      Endpoints({"--llm-base-url",     "https://api.example.org/v1/",
                 "--llm-model",        "big",
                 "--llm-api-key",      "k1",
                 "--llm-organization", "org",
                 "--llm-project",      "p",
                 "--llm-input-price",  "2.5",
                 "--llm-output-price", "10",
                 "--llm-3-base-url",   "http://127.0.0.1:8080/v1/chat/completions",
                 "--llm-3-model",      "small",
                 "--llm-3-format",     "anthropic"});

  ASSERT_TRUE(endpoints.ok()) << endpoints.status();
  ASSERT_THAT(*endpoints, SizeIs(2));
  const Endpoint& big = endpoints->front();
  EXPECT_EQ(big.base_url, "https://api.example.org/v1");
  EXPECT_EQ(big.Name(), "api.example.org/big");
  EXPECT_EQ(big.api_key, "k1");
  EXPECT_EQ(big.organization, "org");
  EXPECT_EQ(big.project, "p");
  EXPECT_EQ(big.format, WireFormat::kOpenAi);
  EXPECT_EQ(big.input_price, 2.5);
  EXPECT_EQ(big.output_price, 10);
  const Endpoint& small = endpoints->back();
  EXPECT_EQ(small.base_url, "http://127.0.0.1:8080/v1");
  EXPECT_EQ(small.api_key, "");
  EXPECT_EQ(small.format, WireFormat::kAnthropic);
}

TEST_F(Settings, NeedNeitherKeyNorFlagForAModelOnThisMachine) {
  for (const char* url : {"http://127.0.0.1:11434/v1", "http://localhost:8080", "http://[::1]:1"}) {
    EXPECT_TRUE(Endpoints({"--llm-base-url", url, "--llm-model", "m"}).ok()) << url;
  }
}

TEST_F(Settings, WantAModelForAUrl) {
  EXPECT_THAT(Refusal({"--llm-base-url", "https://api.example.org/v1"}),
              HasSubstr("--llm-model: not given"));
  EXPECT_THAT(Refusal({"--llm-2-base-url", "https://api.example.org/v1"}),
              HasSubstr("--llm-2-model: not given"));
}

TEST_F(Settings, RefuseWhatIsNoBaseUrl) {
  for (const char* url : {"api.example.org/v1", "ftp://example.org", "https://u:p@example.org/v1",
                          "https://example.org/v1?key=1", "https://", "https://example.org/#v1"}) {
    EXPECT_THAT(Refusal({"--llm-base-url", url, "--llm-model", "m"}),
                AllOf(HasSubstr("--llm-base-url: "), Not(HasSubstr("u:p"))))
        << url;
  }
}

TEST_F(Settings, RefuseHttpBeyondThisMachineUnlessAllowed) {
  const char* url = "http://api.example.org/v1";

  EXPECT_THAT(
      Refusal({"--llm-base-url", url, "--llm-model", "m"}),
      AllOf(HasSubstr("--llm-base-url: http to api.example.org"), HasSubstr("--llm-allow-http")));
  EXPECT_TRUE(Endpoints({"--llm-base-url", url, "--llm-model", "m", "--llm-allow-http"}).ok());
}

TEST_F(Settings, RefuseAddressesOfTheLocalNetworkUnlessAllowed) {
  for (const char* url : {"https://10.1.2.3/v1", "https://169.254.169.254", "https://[fd00::1]/v1",
                          "https://192.168.0.10:8443"}) {
    EXPECT_THAT(Refusal({"--llm-base-url", url, "--llm-model", "m"}),
                AllOf(HasSubstr("--llm-base-url: "), HasSubstr("--llm-allow-private")))
        << url;
    EXPECT_TRUE(Endpoints({"--llm-base-url", url, "--llm-model", "m", "--llm-allow-private"}).ok());
  }
}

TEST_F(Settings, RefuseAKeyThatNoHeaderCanHold) {
  for (const char* key : {"two words", "line\r\nX-Forged: 1", "caf\xc3\xa9"}) {
    EXPECT_THAT(Refusal({"--llm-base-url", "https://api.example.org/v1", "--llm-model", "m",
                         "--llm-api-key", key}),
                AllOf(HasSubstr("--llm-api-key: "), Not(HasSubstr(key))));
  }
}

TEST_F(Settings, RefuseLimitsThatContradictEachOther) {
  const auto refusal = [this](std::vector<const char*> words) {
    words.insert(words.end(), {"--llm-base-url", "http://127.0.0.1:1", "--llm-model", "m"});
    return Refusal(words);
  };
  EXPECT_THAT(refusal({"--llm-daily-tokens", "200", "--llm-daily-tokens-hard", "100"}),
              HasSubstr("--llm-daily-tokens-hard: 100 is below --llm-daily-tokens, 200"));
  EXPECT_THAT(refusal({"--llm-daily-dollars", "2", "--llm-daily-dollars-hard", "1",
                       "--llm-input-price", "1"}),
              HasSubstr("--llm-daily-dollars-hard: 1 is below --llm-daily-dollars, 2"));
  EXPECT_THAT(refusal({"--llm-daily-dollars", "2"}), HasSubstr("--llm-daily-dollars: no model"));
  EXPECT_THAT(refusal({"--llm-first-byte-timeout", "90s"}),
              HasSubstr("--llm-first-byte-timeout: above --llm-total-timeout"));
  EXPECT_THAT(refusal({"--llm-connect-timeout", "2s", "--llm-total-timeout", "1s",
                       "--llm-first-byte-timeout", "1s"}),
              HasSubstr("--llm-connect-timeout: above"));
  EXPECT_THAT(refusal({"--llm-ca-file", "/nowhere/ca.pem"}), HasSubstr("--llm-ca-file: "));
  EXPECT_THAT(refusal({"--llm-proxy", "host:3128"}), HasSubstr("--llm-proxy: "));
  EXPECT_THAT(refusal({"--llm-2-base-url", "http://127.0.0.1:1/", "--llm-2-model", "m"}),
              HasSubstr("--llm-2-model: the same"));
}

TEST_F(Settings, NameEverythingThatIsWrongAtOnce) {
  EXPECT_THAT(
      Refusal({"--llm-base-url", "http://api.example.org", "--llm-2-base-url", "nonsense",
               "--llm-daily-dollars", "1"}),
      AllOf(HasSubstr("--llm-base-url"), HasSubstr("--llm-model"), HasSubstr("--llm-2-base-url"),
            HasSubstr("--llm-2-model"), HasSubstr("--llm-daily-dollars")));
}

TEST_F(Settings, DoNotMindWhatIsSetForNoModel) {
  EXPECT_TRUE(Endpoints({"--llm-daily-dollars", "2", "--llm-ca-file", "/nowhere"}).ok());
}

TEST_F(Settings, HaveAPriceWithoutABudget) {
  EXPECT_TRUE(Endpoints({"--llm-base-url", "http://127.0.0.1:1", "--llm-model", "m",
                         "--llm-input-price", "1"})
                  .ok());
}

TEST_F(Settings, PutTheHardLimitATenthAboveTheSoftOne) {
  ASSERT_TRUE(Parse({"--llm-daily-tokens", "1000", "--llm-daily-dollars", "0.5"}).run);
  DailyLimits limits = llm_.Limits();
  EXPECT_EQ(limits.soft_tokens, 1000);
  EXPECT_EQ(limits.hard_tokens, 1100);
  EXPECT_EQ(limits.soft_microdollars, 500000);
  EXPECT_EQ(limits.hard_microdollars, 550000);

  ASSERT_TRUE(Parse({"--llm-daily-tokens", "0", "--llm-daily-dollars-hard", "2",
                     "--llm-daily-dollars", "0"})
                  .run);
  limits = llm_.Limits();
  EXPECT_EQ(limits.soft_tokens, 0);
  EXPECT_EQ(limits.hard_tokens, 0);
  EXPECT_EQ(limits.soft_microdollars, 0);
  EXPECT_EQ(limits.hard_microdollars, 2000000);
}

TEST_F(Settings, SayHowCallsAreMade) {
  ASSERT_TRUE(Parse({"--llm-allow-http", "--llm-allow-private", "--llm-proxy", "http://proxy:3128",
                     "--llm-ca-file", "ca.pem", "--llm-first-byte-timeout", "40s"})
                  .run);
  const http::MultiClient::Options options = llm_.ClientOptions();
  EXPECT_TRUE(options.allow_http);
  EXPECT_TRUE(options.allow_private);
  EXPECT_EQ(options.proxy, "http://proxy:3128");
  EXPECT_EQ(options.ca_file, "ca.pem");
  EXPECT_EQ(llm_.TimeoutsOfCalls().first_byte, seconds(40));
  EXPECT_EQ(llm_.TimeoutsOfCalls().connect, seconds(5));
  EXPECT_EQ(llm_.TimeoutsOfCalls().max_body_bytes, 262144);
}

TEST_F(Settings, ReadTheKeyFromAFileOfItsOwnersAlone) {
  const std::string path = folder_.path("key");
  std::ofstream(path) << "secret-key\n";
  setenv("PAPERWIRE_LLM_API_KEY_FILE", path.c_str(), 1);

  for (const mode_t mode : {0644U, 0640U, 0604U}) {
    chmod(path.c_str(), mode);
    const config::Settings::Outcome outcome = Parse({});
    EXPECT_EQ(outcome.exit_code, 78);
    EXPECT_THAT(outcome.output,
                AllOf(HasSubstr("PAPERWIRE_LLM_API_KEY_FILE"), HasSubstr("others can read"),
                      HasSubstr("chmod 600"), Not(HasSubstr("secret-key"))));
  }
  chmod(path.c_str(), 0600);
  EXPECT_TRUE(Parse({}).run);
  EXPECT_EQ(llm_.models.front().api_key, "secret-key");
}

TEST_F(Settings, AreShownWithoutTheirKeys) {
  const config::Settings::Outcome outcome =
      Parse({"--llm-api-key", "secret-key", "--llm-2-api-key", "other-key", "--print-config"});

  EXPECT_THAT(outcome.output, AllOf(HasSubstr("llm-api-key = ***"), Not(HasSubstr("secret-key")),
                                    Not(HasSubstr("other-key"))));
}

}  // namespace
}  // namespace paperwire::llm
