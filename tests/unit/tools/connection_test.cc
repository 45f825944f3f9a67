#include "tools/paperwire/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/support/certificates.h"
#include "tests/unit/tools/fake_feed.h"
#include "tests/unit/tools/run_paperwire.h"

namespace paperwire::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Refused(const std::string& servers, const ConnectionSettings& settings) {
  const auto connection = Connection::Open(servers, settings);
  EXPECT_TRUE(absl::IsInvalidArgument(connection.status())) << connection.status();
  return std::string(connection.status().message());
}

TEST(Addresses, AreSeparatedByCommas) {
  EXPECT_THAT(Addresses("a:1, b:2 ,,c:3"), ElementsAre("a:1", "b:2", "c:3"));
  EXPECT_THAT(Addresses(" , "), IsEmpty());
}

TEST(Connection, RefusesSettingsThatDoNotGoTogether) {
  EXPECT_THAT(Refused(",", {}), HasSubstr("no address"));
  EXPECT_THAT(Refused("a:1", {.ca_file = "ca.pem"}), HasSubstr("--tls only"));
  EXPECT_THAT(Refused("a:1", {.tls = true, .client_cert = "c.pem"}), HasSubstr("together"));
  EXPECT_THAT(Refused("a:1", {.tls = true, .token = "t", .token_file = "f"}),
              HasSubstr("give one of them"));
}

TEST(Connection, NamesAFileThatItCannotUse) {
  EXPECT_THAT(Refused("a:1", {.tls = true, .ca_file = "/nowhere/ca.pem"}),
              HasSubstr("--ca-file: /nowhere/ca.pem"));
  const std::string path = testing::TempDir() + "/no.pem";
  std::ofstream(path) << "something else\n";
  EXPECT_THAT(Refused("a:1", {.tls = true, .ca_file = path}), HasSubstr("is not a PEM file"));
}

TEST(Connection, LetsATokenOutOfThisMachineOverTlsOnly) {
  for (const char* address : {"feed.example.org:443", "10.0.0.1:50051", "127.0.0.1:1,10.0.0.1:1",
                              "dns:///feed.example.org:1", "localhost.example.org:1"}) {
    EXPECT_THAT(Refused(address, {.token = "secret"}), HasSubstr("over TLS only")) << address;
    EXPECT_TRUE(Connection::Open(address, {.tls = true, .token = "secret"}).ok()) << address;
  }
  for (const char* address : {"127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/run/feed"}) {
    EXPECT_TRUE(Connection::Open(address, {.token = "secret"}).ok()) << address;
  }
}

TEST(Connection, ReadsATokenOnlyFromAFileThatOthersCannotRead) {
  const std::string path = testing::TempDir() + "/token";
  std::ofstream(path) << "secret\n";
  const auto connection = Connection::Open("127.0.0.1:1", {.token_file = path});
  ASSERT_TRUE(connection.ok());
  for (const mode_t mode : {0640, 0604, 0644}) {
    chmod(path.c_str(), mode);
    grpc::ClientContext context;
    const absl::Status status = connection->Authorize(context);
    EXPECT_TRUE(absl::IsUnauthenticated(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 600"));
  }
  chmod(path.c_str(), 0600);
  grpc::ClientContext context;
  EXPECT_TRUE(connection->Authorize(context).ok());
  // Read anew at each call.
  std::ofstream(path) << "two words";
  EXPECT_TRUE(absl::IsUnauthenticated(connection->Authorize(context)));
  std::ofstream(path) << "";
  EXPECT_TRUE(absl::IsUnauthenticated(connection->Authorize(context)));
}

TEST(Connection, SendsTheTokenWithEveryCall) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  FakeFeed feed;
  setenv("PAPERWIRE_ACCESS_TOKEN", "secret-1", /*overwrite=*/1);
  EXPECT_EQ(RunPaperwire({"status", "--server", feed.address()}).code, kExitOk);
  feed.Expect({.messages = {LiveMessage("1")}});
  EXPECT_EQ(RunPaperwire({"watch", "--until-live", "--server", feed.address()}).code, kExitOk);
  unsetenv("PAPERWIRE_ACCESS_TOKEN");
  EXPECT_EQ(RunPaperwire({"status", "--server", feed.address()}).code, kExitOk);
  EXPECT_THAT(feed.answers().authorizations, ElementsAre("Bearer secret-1", "Bearer secret-1", ""));
}

// A feed over TLS that lets in only whom its authority has signed.
class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    std::string folder = testing::TempDir() + "/tlsXXXXXX";
    folder_ = mkdtemp(folder.data());
    const support::Certificate server = authority_.Sign("localhost");
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = authority_.certificate();
    options.pem_key_cert_pairs.push_back({server.key, server.certificate});
    feed_.emplace(grpc::SslServerCredentials(options));
    const support::Certificate client = authority_.Sign("reader");
    ca_ = Write("ca.pem", authority_.certificate());
    cert_ = Write("client.pem", client.certificate);
    key_ = Write("client.key", client.key);
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  Ran Ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"status", "--server", feed_->address(), "--deadline", "5s"});
    return RunPaperwire(words);
  }

  support::Authority authority_;
  std::optional<FakeFeed> feed_;
  std::string folder_;
  std::string ca_;
  std::string cert_;
  std::string key_;
};

TEST_F(TlsTest, LetsTheCallerInWithACertificate) {
  const Ran ran = Ask({"--tls", "--ca-file", ca_, "--client-cert", cert_, "--client-key", key_});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  const Ran named = Ask({"--tls", "--ca-file", ca_, "--client-cert", cert_, "--client-key", key_,
                         "--server-name", "localhost"});
  EXPECT_EQ(named.code, kExitOk) << named.err;
}

TEST_F(TlsTest, GivesNoAnswerWithoutWhatItTakes) {
  const std::string other = Write("other.pem", support::Authority().certificate());
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{},
        {"--tls", "--ca-file", ca_},
        {"--tls", "--client-cert", cert_, "--client-key", key_},
        {"--tls", "--ca-file", other, "--client-cert", cert_, "--client-key", key_},
        {"--tls", "--ca-file", ca_, "--client-cert", cert_, "--client-key", key_, "--server-name",
         "feed.example.org"}}) {
    const Ran ran = Ask(words);
    EXPECT_EQ(ran.code, kExitUnavailable) << ran.err;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
  EXPECT_EQ(feed_->answers().statuses_asked, 0);
}

TEST(Connection, TakesNoTokenFromTheCommandLine) {
  EXPECT_EQ(RunPaperwire({"status", "--access-token", "secret"}).code, 78);
  const std::string help = RunPaperwire({"status", "--help"}).out;
  EXPECT_THAT(help, HasSubstr("PAPERWIRE_ACCESS_TOKEN"));
  EXPECT_EQ(help.find("--access-token "), std::string::npos);
}

}  // namespace
}  // namespace paperwire::cli
