// A real Redis that speaks TLS. Runs where the build has it (hiredis 1.0 or later).

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "libs/redis/client.h"
#include "libs/redis/connection.h"
#include "tests/contract/window/stores.h"

namespace paperwire::window {
namespace {

using testing::HasSubstr;

class RedisTls : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    if (!redis::HasTls()) GTEST_SKIP() << "SKIPPED: this build has no TLS to Redis";
    std::string pattern =
        (std::filesystem::temp_directory_path() / "paperwire-tls-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    // The host's names: an address and "localhost".
    Make("server", "subjectAltName=IP:127.0.0.1,DNS:localhost");
    Make("other", "subjectAltName=DNS:cache.example");
    Make("stranger", "subjectAltName=IP:127.0.0.1");
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  // A certificate that is its own authority.
  void Make(const std::string& name, const std::string& extension) {
    const std::string command = fmt::format(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={0} -addext {1} "
        "-keyout {2} -out {3} 2> {4}",
        name, extension, File(name + ".key"), File(name + ".crt"), File("log"));
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::string File(const std::string& name) const { return (folder_ / name).string(); }

  void StartWith(const std::string& name, const std::string& clients) {
    tls_port_ = tests::RedisProcess::FreePort();
    redis_ = tests::RedisProcess::Start({{"tls-port", std::to_string(tls_port_)},
                                         {"tls-cert-file", File(name + ".crt")},
                                         {"tls-key-file", File(name + ".key")},
                                         {"tls-ca-cert-file", File("server.crt")},
                                         {"tls-auth-clients", clients}})
                 .value();
  }

  absl::Status Ask(const std::string& host, const std::string& parameters) {
    const auto client = redis::Client::Create(
        {.url = fmt::format("rediss://{}:{}/0{}", host, tls_port_, parameters)});
    if (!client.ok()) return client.status();
    return (*client)->Call({"GET", "x"}).status();
  }

  std::filesystem::path folder_;
  int tls_port_ = 0;
  std::unique_ptr<tests::RedisProcess> redis_;
};

TEST_F(RedisTls, TheWindowIsKeptThroughIt) {
  StartWith("server", "no");
  for (const char* host : {"127.0.0.1", "localhost"}) {
    EXPECT_TRUE(Ask(host, "?ca=" + File("server.crt")).ok()) << Ask(host, "");
  }
  const auto client = redis::Client::Create({.url = fmt::format("rediss://127.0.0.1:{}?ca={}",
                                                                tls_port_, File("server.crt"))})
                          .value();
  const auto window = MakeRedisWindow(*client, {.prefix = "test", .cluster_id = "one"});
  const std::string epoch = window->Begin({{kTagged, 0}})->epoch;
  std::vector<Write> writes;
  for (int64_t i = 0; i < 300; ++i) {
    v1::Entry entry = EntryOf("2606." + std::to_string(10000 + i), 5);
    entry.mutable_paper()->set_abstract(std::string(20'000, 'x'));
    writes.push_back(WriteOf(i, std::move(entry)));
  }
  ASSERT_TRUE(window->Apply(epoch, kTagged, -1, kOldest, writes).ok());
  EXPECT_EQ(window->Load()->papers.size(), 300u);

  // A server that has gone is an error, no signal.
  redis_->Kill();
  EXPECT_TRUE(absl::IsUnavailable(window->GetState().status()));
  ASSERT_TRUE(redis_->Restart().ok());
  absl::StatusOr<State> state;
  do state = window->GetState();
  while (absl::IsUnavailable(state.status()));
  EXPECT_EQ(state->epoch, epoch);
}

TEST_F(RedisTls, ACertificateThatIsNotTheHostsOrNotTrustedIsRefused) {
  StartWith("server", "no");
  for (const std::string& parameters : {std::string(), "?ca=" + File("stranger.crt")}) {
    const absl::Status status = Ask("127.0.0.1", parameters);
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("certificate"));
  }
  StartWith("other", "no");
  const absl::Status status = Ask("127.0.0.1", "?ca=" + File("other.crt"));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("certificate"));
}

TEST_F(RedisTls, WhereTheServerAsksForOursItIsShown) {
  StartWith("server", "yes");
  const std::string ca = "?ca=" + File("server.crt");
  EXPECT_FALSE(Ask("127.0.0.1", ca).ok());
  EXPECT_TRUE(
      Ask("127.0.0.1", ca + "&cert=" + File("server.crt") + "&key=" + File("server.key")).ok());
}

TEST_F(RedisTls, AFileThatIsNotThereIsNamedByTheError) {
  StartWith("server", "no");
  const absl::Status status = Ask("127.0.0.1", "?ca=/nowhere/ca.pem");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("No such file"));
}

}  // namespace
}  // namespace paperwire::window
