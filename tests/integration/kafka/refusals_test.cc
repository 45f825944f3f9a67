// The programs on a broker that asks for TLS or a password, set up by environment variables only.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <vector>

#include "tests/integration/kafka/kafka_fixture.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/paths.h"
#include "tests/support/stack.h"
#include "tests/support/wait.h"

namespace paperwire::support {
namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Security = KafkaProcess::Security;
using Variables = std::map<std::string, std::string>;

// As docs/operations.md has them.
Variables VariablesOf(const bus::KafkaSettings& settings) {
  Variables variables = {
      {"PAPERWIRE_KAFKA_BROKERS", settings.brokers},
      {"PAPERWIRE_KAFKA_SECURITY_PROTOCOL", settings.security_protocol},
      {"PAPERWIRE_KAFKA_SSL_CA", settings.ssl_ca},
      {"PAPERWIRE_KAFKA_SSL_CERTIFICATE", settings.ssl_certificate},
      {"PAPERWIRE_KAFKA_SSL_KEY", settings.ssl_key},
      {"PAPERWIRE_KAFKA_SASL_MECHANISM", settings.sasl_mechanism},
      {"PAPERWIRE_KAFKA_SASL_USERNAME", settings.sasl_username},
      {"PAPERWIRE_KAFKA_SASL_PASSWORD", settings.sasl_password},
  };
  std::erase_if(variables, [](const auto& variable) { return variable.second.empty(); });
  return variables;
}

class KafkaRefusals : public KafkaFixture {
 protected:
  // The same variables with some changed; an empty value is one that is not set.
  static Variables With(Security security, const Variables& changes) {
    Variables variables = VariablesOf(kafka().settings(security));
    for (const auto& [name, value] : changes) variables["PAPERWIRE_KAFKA_" + name] = value;
    return variables;
  }

  // What another authority signed, and a key that is encrypted with "right-key-password".
  void SetUp() override {
    KafkaFixture::SetUp();
    if (IsSkipped()) return;
    const auto made = RunProgram(
        {.command = {"bash", SourceDir() + "/deploy/local/certificates", strange()}}, seconds(60));
    ASSERT_TRUE(made.ok()) << made.status();
    ASSERT_EQ(made->exit_code, 0) << made->output;
    const auto encrypted = RunProgram(
        {.command = {"openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout",
                     "pass:right-key-password", "-in",
                     kafka().settings(Security::kMutualTls).ssl_key, "-out", encrypted_key()}},
        seconds(60));
    ASSERT_TRUE(encrypted.ok()) << encrypted.status();
    ASSERT_EQ(encrypted->exit_code, 0) << encrypted->output;
  }

  std::string strange() const { return folder_.path() + "/strange"; }
  std::string encrypted_key() const { return folder_.path() + "/encrypted.key"; }
  const std::string& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

TEST_F(KafkaRefusals, EachIsOneLineThatNamesTheSettingToLookAt) {
  struct Case {
    std::string name;
    Variables variables;
    int exit_code;
    std::string says;
    std::string says_too;
  };
  const std::vector<Case> cases = {
      {"the broker's authority is another",
       With(Security::kTls, {{"SSL_CA", strange() + "/ca.pem"}}), 69, "--kafka-ssl-ca",
       "certificate verify failed"},
      {"no file of the authority", With(Security::kTls, {{"SSL_CA", folder() + "/absent.pem"}}), 69,
       "--kafka-ssl-ca: cannot read", "No such file"},
      {"no certificate of the client",
       With(Security::kMutualTls, {{"SSL_CERTIFICATE", ""}, {"SSL_KEY", ""}}), 69,
       "--kafka-ssl-certificate", "the broker does not take the client's certificate"},
      {"a certificate of a stranger",
       With(Security::kMutualTls, {{"SSL_CERTIFICATE", strange() + "/client.pem"},
                                   {"SSL_KEY", strange() + "/client.key"}}),
       69, "--kafka-ssl-certificate", "the broker does not take the client's certificate"},
      {"a certificate without its key", With(Security::kMutualTls, {{"SSL_KEY", ""}}), 64,
       "--kafka-ssl-certificate and --kafka-ssl-key", "need each other"},
      {"the key of another certificate",
       With(Security::kMutualTls, {{"SSL_KEY", strange() + "/client.key"}}), 69, "--kafka-ssl-key",
       "key values mismatch"},
      {"a wrong password of the key",
       With(Security::kMutualTls,
            {{"SSL_KEY", encrypted_key()}, {"SSL_KEY_PASSWORD", "wrong-secret"}}),
       69, "--kafka-ssl-key-password", "--kafka-ssl-key failed"},
      {"a wrong password", With(Security::kSasl, {{"SASL_PASSWORD", "wrong-secret"}}), 69,
       "--kafka-sasl-password", "Authentication failed"},
      {"no password", With(Security::kSasl, {{"SASL_PASSWORD", ""}}), 64, "--kafka-sasl-password",
       "--kafka-security-protocol sasl_ssl needs"},
      {"a mechanism that the broker has not",
       With(Security::kSasl, {{"SASL_MECHANISM", "SCRAM-SHA-256"}}), 69, "--kafka-sasl-mechanism",
       "SCRAM-SHA-512"},
      {"no TLS where the broker wants it",
       With(Security::kTls, {{"SECURITY_PROTOCOL", "plaintext"}}), 69, "--kafka-security-protocol",
       "hangs up at the first request"},
  };
  // All at once: each waits ten seconds for a broker that takes it.
  std::vector<std::unique_ptr<Process>> running;
  for (size_t i = 0; i < cases.size(); ++i) {
    auto started =
        Process::Start({.command = {ProgramPath("paperwire"), "topics", "check", "--wait", "0s"},
                        .environment = cases[i].variables,
                        .log = fmt::format("{}/case-{}.log", folder(), i)});
    ASSERT_TRUE(started.ok()) << started.status();
    running.push_back(*std::move(started));
  }
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(cases[i].name);
    EXPECT_EQ(running[i]->Wait(seconds(60)), cases[i].exit_code);
    const std::string output = running[i]->Output();
    EXPECT_THAT(output, AllOf(HasSubstr(cases[i].says), HasSubstr(cases[i].says_too)));
    EXPECT_THAT(output, Not(HasSubstr("wrong-secret")));
    EXPECT_EQ(output.find('\n'), output.size() - 1) << "one line: " << output;
  }
}

TEST_F(KafkaRefusals, AKeyWithAPasswordIsReadWithIt) {
  const auto checked = RunProgram(
      {.command = {ProgramPath("paperwire"), "topics", "check"},
       .environment = With(Security::kMutualTls, {{"SSL_KEY", encrypted_key()},
                                                  {"SSL_KEY_PASSWORD", "right-key-password"}})},
      seconds(60));

  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_THAT(checked->output, HasSubstr("new-paper"));
}

TEST_F(KafkaRefusals, AServiceWaitsAndGoesOnOnceItsFilesAreRight) {
  ASSERT_EQ(kafka().CreateTopics(2), absl::OkStatus());
  const std::string ca = folder() + "/ca.pem";
  std::filesystem::copy(strange() + "/ca.pem", ca);
  const std::string password = kafka().settings(Security::kSasl).sasl_password;
  WriteFile(folder() + "/password", password + "\n");
  const uint16_t port = FreePort();
  Variables variables =
      With(Security::kSasl,
           {{"SSL_CA", ca}, {"SASL_PASSWORD", ""}, {"SASL_PASSWORD_FILE", folder() + "/password"}});
  variables["PAPERWIRE_METRICS_LISTEN"] = "127.0.0.1:" + std::to_string(port);
  variables["PAPERWIRE_REDIS_URL"] = "redis://127.0.0.1:1";
  auto classify = Process::Start({.command = {ProgramPath("classify"), "--log-level", "debug"},
                                  .environment = variables,
                                  .log = folder() + "/classify.log"});
  ASSERT_TRUE(classify.ok()) << classify.status();

  HttpAnswer answer;
  EXPECT_TRUE(WaitUntil(seconds(60), [&] {
    answer = HttpGet(port, "/readyz");
    return answer.status == 503 && answer.body.find("--kafka-ssl-ca") != std::string::npos;
  })) << answer.body;
  EXPECT_TRUE((*classify)->running());
  EXPECT_EQ(HttpGet(port, "/livez").status, 200);

  std::filesystem::copy(kafka().settings(Security::kSasl).ssl_ca, ca,
                        std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(WaitUntil(seconds(90), [&] {
    answer = HttpGet(port, "/readyz");
    return answer.status == 200;
  })) << answer.body;

  EXPECT_EQ((*classify)->Terminate(seconds(40)), 0);
  EXPECT_THAT((*classify)->Output(), AllOf(HasSubstr("--kafka-ssl-ca"), Not(HasSubstr(password))));
}

TEST_F(KafkaRefusals, SettingsThatCannotBeMeantEndAServiceAtOnce) {
  const auto ended = RunProgram({.command = {ProgramPath("classify"), "--metrics-listen", "off"},
                                 .environment = With(Security::kSasl, {{"SASL_MECHANISM", ""}})},
                                seconds(60));

  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->exit_code, 78);
  EXPECT_THAT(ended->output, HasSubstr("sasl_ssl needs --kafka-sasl-mechanism"));
}

TEST_F(KafkaRefusals, TheConfigurationIsPrintedWithoutPasswords) {
  const auto printed =
      RunProgram({.command = {ProgramPath("classify"), "--print-config"},
                  .environment = With(Security::kSasl, {{"SSL_KEY_PASSWORD", "wrong-secret"}})},
                 seconds(60));

  ASSERT_TRUE(printed.ok()) << printed.status();
  EXPECT_EQ(printed->exit_code, 0);
  EXPECT_THAT(printed->output,
              AllOf(HasSubstr("kafka-sasl-username"), HasSubstr("***"), HasSubstr("kafka-ssl-ca")));
  EXPECT_THAT(printed->output, Not(HasSubstr(kafka().settings(Security::kSasl).sasl_password)));
  EXPECT_THAT(printed->output, Not(HasSubstr("wrong-secret")));
}

}  // namespace
}  // namespace paperwire::support
