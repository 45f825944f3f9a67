#include "services/serve/gate.h"

#include <fstream>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/serve/config.h"
#include "services/serve/error_details.h"

namespace paperwire::serve {
namespace {

using access::Scope;
using ::testing::HasSubstr;

constexpr char kFar[] = "192.0.2.7";
constexpr char kHere[] = "127.0.0.1";

class GateTest : public testing::Test {
 protected:
  GateTest() {
    std::ofstream file(path_, std::ios::trunc);
    const auto add = [&file](const char* name, std::vector<Scope> scopes, absl::Time expires) {
      file << access::LineOf({.name = name,
                              .scopes = std::move(scopes),
                              .hash = access::HashOf("pw_" + std::string(name)),
                              .expires = expires})
           << "\n";
    };
    add("reader", {Scope::kRead}, absl::InfiniteFuture());
    add("operator", {Scope::kOperate}, absl::InfiniteFuture());
    add("old", {Scope::kRead, Scope::kOperate}, absl::FromChrono(clock_.Now()));
    file.close();
    tokens_ = *access::TokenFile::Open(path_);
  }

  Gate Make(bool require_read = false, double rate = 0) {
    return Gate(
        {.tokens = tokens_.get(), .require_read_token = require_read, .requests_per_second = rate},
        clock_, *(metrics_ = std::make_unique<prometheus::Registry>()));
  }

  // Of the counter of refusals.
  double Refused(const std::string& reason) const {
    for (const auto& family : metrics_->Collect()) {
      if (family.name != "paperwire_serve_refused_total") continue;
      for (const auto& metric : family.metric) {
        if (metric.label[0].value == reason) return metric.counter.value;
      }
    }
    return 0;
  }

  clock::FakeClock clock_{clock::WallTime(std::chrono::hours(495000))};
  const std::string path_ =
      testing::TempDir() + "/gate." + testing::UnitTest::GetInstance()->current_test_info()->name();
  std::unique_ptr<prometheus::Registry> metrics_;
  std::unique_ptr<access::TokenFile> tokens_;
};

absl::StatusCode CodeOf(const absl::StatusOr<Caller>& caller) { return caller.status().code(); }

TEST_F(GateTest, ReadingIsOpenUnlessItIsToNeedAToken) {
  Gate open = Make();
  EXPECT_TRUE(open.Admit({.peer = kFar}, Scope::kRead).ok());
  EXPECT_EQ(open.Admit({.peer = kFar}, Scope::kRead)->key, kFar);

  Gate closed = Make(/*require_read=*/true);
  EXPECT_EQ(CodeOf(closed.Admit({.peer = kHere}, Scope::kRead)),
            absl::StatusCode::kUnauthenticated);
  const auto reader = closed.Admit(
      {.peer = kFar, .encrypted = true, .authorization = "Bearer pw_reader"}, Scope::kRead);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(reader->key, "token reader");
  EXPECT_EQ(
      CodeOf(closed.Admit({.peer = kFar, .encrypted = true, .authorization = "Bearer pw_operator"},
                          Scope::kRead)),
      absl::StatusCode::kPermissionDenied);
}

TEST_F(GateTest, OperatorsNeedTheScopeOperateOnThisMachineToo) {
  Gate gate = Make();
  for (const char* token : {"", "Bearer pw_nobody", "Bearer pw_old", "pw_operator", "Bearer",
                            "Bearer ", "Basic pw_operator", "Bearer  pw_operator"}) {
    EXPECT_EQ(CodeOf(gate.Admit({.peer = kHere, .authorization = token}, Scope::kOperate)),
              absl::StatusCode::kUnauthenticated)
        << token;
  }
  EXPECT_EQ(
      CodeOf(gate.Admit({.peer = kHere, .authorization = "Bearer pw_reader"}, Scope::kOperate)),
      absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(gate.Admit({.peer = kFar, .encrypted = true, .authorization = "bearer pw_operator"},
                         Scope::kOperate)
                  .ok());
}

TEST_F(GateTest, WithoutTokensOperatorsMustBeOnThisMachine) {
  prometheus::Registry metrics;
  Gate gate({}, clock_, metrics);
  EXPECT_TRUE(gate.Admit({.peer = kHere}, Scope::kOperate).ok());
  EXPECT_EQ(CodeOf(gate.Admit({.peer = kFar}, Scope::kOperate)),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(CodeOf(gate.Admit({.peer = "unknown"}, Scope::kOperate)),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(GateTest, ATokenThatIsGivenMustBeGoodEvenWhereNoneIsNeeded) {
  Gate gate = Make();
  EXPECT_EQ(
      CodeOf(gate.Admit({.peer = kFar, .encrypted = true, .authorization = "Bearer pw_nobody"},
                        Scope::kRead)),
      absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(gate.Admit({.peer = kFar, .encrypted = true, .authorization = "Bearer pw_operator"},
                         Scope::kRead)
                  .ok());
}

TEST_F(GateTest, ATokenInTheClearIsRefusedButOnThisMachine) {
  Gate gate = Make(/*require_read=*/true);
  const auto refused =
      gate.Admit({.peer = kFar, .authorization = "Bearer pw_reader"}, Scope::kRead);
  EXPECT_EQ(CodeOf(refused), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("unencrypted"));
  EXPECT_TRUE(gate.Admit({.peer = kHere, .authorization = "Bearer pw_reader"}, Scope::kRead).ok());

  prometheus::Registry metrics;
  Gate none({}, clock_, metrics);
  EXPECT_EQ(CodeOf(none.Admit({.peer = kFar, .authorization = "Bearer pw_x"}, Scope::kRead)),
            absl::StatusCode::kUnauthenticated);
  // Another system's, handed on by a proxy.
  EXPECT_TRUE(none.Admit({.peer = kFar, .authorization = "Bearer eyJ.x"}, Scope::kRead).ok());
}

TEST_F(GateTest, BadTokensAreSlowedDownAndGoodOnesFromThereAreNot) {
  Gate gate = Make();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(CodeOf(gate.Admit({.peer = kFar, .encrypted = true, .authorization = "Bearer x"},
                                Scope::kRead)),
              absl::StatusCode::kUnauthenticated);
  }
  const auto slowed =
      gate.Admit({.peer = kFar, .encrypted = true, .authorization = "Bearer x"}, Scope::kRead);
  EXPECT_EQ(CodeOf(slowed), absl::StatusCode::kResourceExhausted);
  EXPECT_GT(RetryDelay(slowed.status()), absl::ZeroDuration());
  EXPECT_LT(RetryDelay(slowed.status()), absl::Seconds(6));
  EXPECT_TRUE(gate.Admit({.peer = kFar, .encrypted = true, .authorization = "Bearer pw_reader"},
                         Scope::kRead)
                  .ok());
  EXPECT_EQ(CodeOf(gate.Admit({.peer = "192.0.2.8", .encrypted = true, .authorization = "Bearer x"},
                              Scope::kRead)),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(GateTest, CallersOnOtherMachinesAreHeldToTheirRate) {
  Gate gate = Make(false, /*rate=*/5);
  int admitted = 0;
  for (int i = 0; i < 100; ++i) {
    admitted += gate.Admit({.peer = kFar}, Scope::kRead).ok() ? 1 : 0;
    EXPECT_TRUE(gate.Admit({.peer = kHere}, Scope::kRead).ok());
  }
  EXPECT_EQ(admitted, 10);
  const auto refused = gate.Admit({.peer = kFar}, Scope::kRead);
  EXPECT_EQ(CodeOf(refused), absl::StatusCode::kResourceExhausted);
  clock_.Advance(std::chrono::milliseconds(200));
  EXPECT_TRUE(gate.Admit({.peer = kFar}, Scope::kRead).ok());
}

TEST_F(GateTest, NothingIsWorkedWhoseDeadlineHasPassed) {
  Gate gate = Make();
  const absl::Time now = absl::FromChrono(clock_.Now());
  EXPECT_EQ(CodeOf(gate.Admit({.peer = kHere, .deadline = now}, Scope::kRead)),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(gate.Admit({.peer = kHere, .deadline = now + absl::Seconds(1)}, Scope::kRead)->deadline,
            now + absl::Seconds(1));
  EXPECT_EQ(Refused("deadline"), 1);
  EXPECT_EQ(gate.Admit({.peer = kHere}, Scope::kRead)->deadline, absl::InfiniteFuture());
  const auto caller = gate.Admit({.peer = kHere, .timeout = absl::Seconds(10)}, Scope::kRead);
  EXPECT_FALSE(caller->TimeIsUp());
  clock_.Advance(std::chrono::seconds(10));
  EXPECT_TRUE(caller->TimeIsUp());
}

TEST_F(GateTest, RequestIdsAreTakenWhereTheyAreFitAndMadeWhereNot) {
  Gate gate = Make();
  EXPECT_EQ(gate.Admit({.peer = kHere, .request_id = "a-1"}, Scope::kRead)->request_id, "a-1");
  const std::string made = gate.Admit({.peer = kHere}, Scope::kRead)->request_id;
  EXPECT_NE(made, "");
  for (const std::string& bad :
       {std::string("two words"), std::string("a\nb"), std::string(129, 'x')}) {
    const std::string id = gate.Admit({.peer = kHere, .request_id = bad}, Scope::kRead)->request_id;
    EXPECT_NE(id, bad);
    EXPECT_NE(id, made);
  }
}

TEST_F(GateTest, RefusalsCountAgainstTheRateOfTheirAddress) {
  Gate gate = Make(/*require_read=*/true, /*rate=*/5);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(CodeOf(gate.Admit({.peer = kFar}, Scope::kRead)), absl::StatusCode::kUnauthenticated);
  }
  const auto slowed = gate.Admit({.peer = kFar}, Scope::kRead);
  EXPECT_EQ(CodeOf(slowed), absl::StatusCode::kResourceExhausted);
  EXPECT_GT(RetryDelay(slowed.status()), absl::ZeroDuration());
  // Not against that of a token from there, nor of whoever may be a proxy.
  EXPECT_TRUE(gate.Admit({.peer = kFar, .encrypted = true, .authorization = "Bearer pw_reader"},
                         Scope::kRead)
                  .ok());
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(CodeOf(gate.Admit({.peer = kHere}, Scope::kRead)),
              absl::StatusCode::kUnauthenticated);
  }
}

TEST_F(GateTest, RefusalsAreAllCountedAndTenAMinuteOfEachReasonAreTold) {
  Gate gate = Make(/*require_read=*/true);
  const auto told = [&gate] {
    testing::internal::CaptureStderr();
    for (int i = 0; i < 50; ++i) (void)gate.Admit({.peer = kFar}, Scope::kRead);
    const std::string log = testing::internal::GetCapturedStderr();
    int lines = 0;
    for (size_t at = log.find("no-token"); at != std::string::npos;
         at = log.find("no-token", at + 1)) {
      ++lines;
    }
    return lines;
  };
  EXPECT_EQ(told(), 10);
  clock_.Advance(std::chrono::seconds(30));
  EXPECT_EQ(told(), 5);
  EXPECT_EQ(Refused("no-token"), 100);
  (void)gate.Admit({.peer = kHere, .authorization = "x", .several_authorizations = true},
                   Scope::kRead);
  EXPECT_EQ(Refused("two-tokens"), 1);
}

TEST_F(GateTest, BehindAProxyBadTokensStaySoAndTokensAreHeldToTheirRate) {
  Gate gate = Make(/*require_read=*/true, /*rate=*/5);
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(CodeOf(gate.Admit({.peer = kHere, .authorization = "Bearer pw_old"}, Scope::kRead)),
              absl::StatusCode::kUnauthenticated);
  }
  int admitted = 0;
  for (int i = 0; i < 30; ++i) {
    admitted +=
        gate.Admit({.peer = kHere, .authorization = "Bearer pw_reader"}, Scope::kRead).ok() ? 1 : 0;
  }
  EXPECT_EQ(admitted, 10);
}

TEST_F(GateTest, WhoWasLetInMayStayUntilItsTokenIsTakenBackOrExpires) {
  Gate gate = Make(/*require_read=*/true);
  const auto open = Make().Admit({.peer = kFar}, Scope::kRead);
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->may_stay, nullptr);

  const auto reader =
      gate.Admit({.peer = kHere, .authorization = "Bearer pw_reader"}, Scope::kRead);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_TRUE(reader->may_stay().ok());
  const auto write = [&](absl::Time expires, Scope scope) {
    std::ofstream(path_, std::ios::trunc) << access::LineOf({.name = "reader",
                                                             .scopes = {scope},
                                                             .hash = access::HashOf("pw_reader"),
                                                             .expires = expires})
                                          << "\n";
    ASSERT_TRUE(tokens_->Reload().ok());
  };
  const absl::Time now = absl::FromChrono(clock_.Now());
  write(now + absl::Minutes(1), Scope::kRead);
  EXPECT_TRUE(reader->may_stay().ok());
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_TRUE(absl::IsUnauthenticated(reader->may_stay()));
  write(absl::InfiniteFuture(), Scope::kRead);
  EXPECT_TRUE(reader->may_stay().ok());
  write(absl::InfiniteFuture(), Scope::kOperate);
  EXPECT_TRUE(absl::IsUnauthenticated(reader->may_stay()));
  std::ofstream(path_, std::ios::trunc) << "";
  ASSERT_TRUE(tokens_->Reload().ok());
  EXPECT_TRUE(absl::IsUnauthenticated(reader->may_stay()));
}

TEST(ServeConfig, NothingIsReachableUnencryptedWithoutSayingSo) {
  for (const char* address : {"0.0.0.0:1", "[::]:1", "192.0.2.1:1", "example.org:1"}) {
    Config config;
    config.grpc_listen = address;
    // A word for the one port is none for the other.
    config.http_allow_plaintext = true;
    EXPECT_THAT(std::string(Check(config).message()), HasSubstr("--grpc-listen")) << address;
    config.grpc_allow_plaintext = true;
    EXPECT_TRUE(Check(config).ok()) << Check(config);
    config.grpc_allow_plaintext = false;
    config.tls_cert = config.tls_key = "x";
    EXPECT_TRUE(Check(config).ok());
  }
  for (const char* address : {"0.0.0.0:1", "[::]:1", "192.0.2.1:1"}) {
    Config config;
    config.tls_cert = config.tls_key = "x";
    config.http_listen = address;
    config.grpc_allow_plaintext = true;
    EXPECT_THAT(std::string(Check(config).message()), HasSubstr("--http-allow-plaintext"));
    config.http_allow_plaintext = true;
    EXPECT_TRUE(Check(config).ok()) << Check(config);
  }
}

TEST(ServeConfig, WhatIsNoAddressIsCalledSo) {
  for (const char* address :
       {"", "x", ":1", "0.0.0.0", "127.0.0.1:x", "unix:/x", "example.org:1"}) {
    Config config;
    config.http_listen = address;
    EXPECT_THAT(std::string(Check(config).message()),
                HasSubstr("--http-listen: not an address to listen on"))
        << address;
  }
  for (const char* address : {"", "x", ":1", "0.0.0.0", "127.0.0.1:x"}) {
    Config config;
    config.grpc_listen = address;
    EXPECT_THAT(std::string(Check(config).message()),
                HasSubstr("--grpc-listen: not an address to listen on"))
        << address;
  }
  Config config;
  config.grpc_listen = "unix:/x";
  EXPECT_TRUE(Check(config).ok()) << Check(config);
}

TEST(ServeConfig, CertificatesOfClientsAreNotAskedAtOneDoorOfTwo) {
  Config config;
  config.tls_cert = config.tls_key = config.tls_client_ca = "x";
  EXPECT_TRUE(Check(config).ok()) << Check(config);
  config.http_listen = "0.0.0.0:1";
  config.http_allow_plaintext = true;
  EXPECT_THAT(std::string(Check(config).message()), HasSubstr("--tls-client-ca"));
  config.token_file = "t";
  config.require_read_token = true;
  EXPECT_TRUE(Check(config).ok()) << Check(config);
}

TEST(ServeConfig, OperatorsBeyondLoopbackNeedTlsAndTokens) {
  Config config;
  config.operator_listen = "0.0.0.0:1";
  config.grpc_allow_plaintext = config.http_allow_plaintext = true;
  EXPECT_FALSE(Check(config).ok());
  config.token_file = "t";
  EXPECT_FALSE(Check(config).ok());
  config.tls_cert = config.tls_key = "x";
  EXPECT_TRUE(Check(config).ok());
  config.token_file = "";
  EXPECT_FALSE(Check(config).ok());
}

TEST(ServeConfig, SettingsOfAccessMustGoTogether) {
  const auto refusal = [](void (*set)(Config&)) {
    Config config;
    set(config);
    return std::string(Check(config).message());
  };
  EXPECT_THAT(refusal([](Config& c) { c.tls_cert = "x"; }), HasSubstr("--tls-key"));
  EXPECT_THAT(refusal([](Config& c) { c.tls_client_ca = "x"; }), HasSubstr("--tls-client-ca"));
  EXPECT_THAT(refusal([](Config& c) { c.require_read_token = true; }),
              HasSubstr("--require-read-token"));
}

}  // namespace
}  // namespace paperwire::serve
