#include "tools/paperwire/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

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

TEST(Connection, TakesNoTokenFromTheCommandLine) {
  EXPECT_EQ(RunPaperwire({"status", "--access-token", "secret"}).code, 78);
  const std::string help = RunPaperwire({"status", "--help"}).out;
  EXPECT_THAT(help, HasSubstr("PAPERWIRE_ACCESS_TOKEN"));
  EXPECT_EQ(help.find("--access-token "), std::string::npos);
}

}  // namespace
}  // namespace paperwire::cli
