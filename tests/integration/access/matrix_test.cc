// Every method and every route with every credential that must not do: none is let in. The right
// ones are let in, or the rest would prove nothing.
#include <iostream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/access/faces.h"

namespace paperwire::serve {
namespace {

using Metadata = std::map<std::string, std::string>;
constexpr std::chrono::milliseconds kBrief{1500};

// The figures of all tests.
struct Tally {
  int attempts = 0;
  int let_in = 0;
};
Tally tally;

class TallyLine final : public testing::Environment {
 public:
  void TearDown() override {
    std::cout << tally.attempts << " attempts, " << tally.let_in << " let in\n";
  }
};
[[maybe_unused]] const auto* const kTallyLine =
    testing::AddGlobalTestEnvironment(new TallyLine);  // NOLINT: googletest's

void ExpectRefused(bool admitted, const std::string& what, const grpc::Status& status) {
  ++tally.attempts;
  tally.let_in += admitted ? 1 : 0;
  EXPECT_FALSE(admitted) << what;
  EXPECT_FALSE(status.ok()) << what;
}

struct Credential {
  std::string name;
  Metadata metadata;
};

// What opens nothing at all.
std::vector<Credential> Worthless() {
  std::string cut = Faces::TokenFor("both");
  cut.pop_back();
  return {{"none", {}},
          {"garbage", {{"authorization", "Bearer pw_garbage"}}},
          {"empty bearer", {{"authorization", "Bearer "}}},
          {"no scheme", {{"authorization", Faces::TokenFor("both").substr(7)}}},
          {"basic", {{"authorization", "Basic " + Faces::TokenFor("both").substr(7)}}},
          {"cut", {{"authorization", cut}}},
          {"longer", {{"authorization", Faces::TokenFor("both") + "x"}}},
          {"expired", {{"authorization", Faces::TokenFor("expired")}}},
          {"hash", {{"authorization", "Bearer sha256:" + std::string(64, '0')}}},
          {"another header", {{"x-authorization", Faces::TokenFor("both")}}},
          {"huge", {{"authorization", "Bearer " + std::string(4000, 'x')}}}};
}

std::vector<MethodName> FeedMethodNames() { return MethodsOf("paperwire.v1.FeedService"); }
std::vector<MethodName> OperatorMethodNames() { return MethodsOf("paperwire.v1.OperatorService"); }

// One byte that is no request of any: what is let in answers at once, streams too.
const char kNoRequest[] = "\xff";

class MatrixTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  }
};

TEST_P(MatrixTest, NoMethodLetsTheWrongTokenIn) {
  Faces faces({.tokens = true, .require_read = true, .tls = GetParam()});
  for (const bool operators : {false, true}) {
    const auto channel = faces.Channel(operators);
    std::vector<Credential> wrong = Worthless();
    wrong.push_back(
        {"wrong scope", {{"authorization", Faces::TokenFor(operators ? "read" : "operate")}}});
    const auto methods = operators ? OperatorMethodNames() : FeedMethodNames();
    ASSERT_FALSE(methods.empty());
    for (const MethodName& method : methods) {
      for (const Credential& credential : wrong) {
        const Called called = Call(channel, method.path, kNoRequest, credential.metadata);
        ExpectRefused(called.admitted, method.path + " with " + credential.name, called.status);
        EXPECT_NE(called.request_id, "") << method.path << " with " << credential.name;
      }
      for (const char* right : {operators ? "operate" : "read", "both"}) {
        const Called called =
            Call(channel, method.path, kNoRequest, {{"authorization", Faces::TokenFor(right)}});
        EXPECT_TRUE(called.admitted)
            << method.path << " with " << right << ": " << called.status.error_message();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Plain, MatrixTest, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Tls, MatrixTest, testing::Values(true));

TEST_F(MatrixTest, OperatorsNeedATokenWhereReadersNeedNone) {
  Faces faces({.tokens = true});
  for (const MethodName& method : OperatorMethodNames()) {
    for (const Credential& credential : Worthless()) {
      const Called called = Call(faces.Channel(true), method.path, kNoRequest, credential.metadata);
      ExpectRefused(called.admitted, method.path + " with " + credential.name, called.status);
    }
  }
  for (const MethodName& method : FeedMethodNames()) {
    EXPECT_TRUE(Call(faces.Channel(false), method.path, kNoRequest).admitted) << method.path;
    for (const Credential& credential : Worthless()) {
      if (credential.metadata.count("authorization") == 0) continue;
      const Called called =
          Call(faces.Channel(false), method.path, kNoRequest, credential.metadata);
      ExpectRefused(called.admitted, method.path + " with " + credential.name, called.status);
    }
  }
}

TEST_F(MatrixTest, NeitherPortServesTheOthersMethods) {
  Faces faces({.tokens = true});
  for (const bool operators : {false, true}) {
    for (const MethodName& method : operators ? FeedMethodNames() : OperatorMethodNames()) {
      const Called called = Call(faces.Channel(operators), method.path, kNoRequest,
                                 {{"authorization", Faces::TokenFor("both")}});
      ExpectRefused(called.admitted, method.path + " on the other port", called.status);
      EXPECT_EQ(called.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    }
  }
}

TEST_F(MatrixTest, NoClientWithoutItsCertificateGetsThroughWhereOneIsAsked) {
  Faces faces({.tokens = true, .require_read = true, .tls = true, .mutual = true});
  const std::vector<std::pair<std::string, support::Certificate>> wrong = {
      {"no certificate", {}},
      {"a foreign one", faces.foreign.Sign("client")},
      {"an expired one", faces.authority.Sign("client", /*expired=*/true)}};
  const Metadata right{{"authorization", Faces::TokenFor("both")}};
  for (const bool operators : {false, true}) {
    std::vector<MethodName> methods = operators ? OperatorMethodNames() : FeedMethodNames();
    methods.push_back({.path = "/grpc.health.v1.Health/Check", .name = "Check"});
    methods.push_back({.path = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                       .name = "ServerReflectionInfo"});
    const auto good = faces.Channel(operators, faces.authority.Sign("client"));
    for (const MethodName& method : methods) {
      for (const auto& [name, certificate] : wrong) {
        const Called called =
            Call(faces.Channel(operators, certificate), method.path, kNoRequest, right, kBrief);
        ExpectRefused(called.admitted, method.path + " with " + name, called.status);
      }
      const Called plain =
          Call(faces.PlainChannel(operators), method.path, kNoRequest, right, kBrief);
      ExpectRefused(plain.admitted, method.path + " without TLS", plain.status);
      if (method.request == nullptr) continue;
      const Called bare = Call(good, method.path, kNoRequest);
      ExpectRefused(bare.admitted, method.path + " with a certificate and no token", bare.status);
      EXPECT_TRUE(Call(good, method.path, kNoRequest, right).admitted) << method.path;
    }
    EXPECT_TRUE(Call(good, "/grpc.health.v1.Health/Check", "").status.ok());
  }
}

TEST_F(MatrixTest, HealthIsOpenAndReflectionIsNotThereWhereATokenIsNeeded) {
  const std::string list_services = "\x3a\x01*";
  const char* const kReflect = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  Faces open({});
  Faces closed({.tokens = true, .require_read = true});
  for (const bool operators : {false, true}) {
    EXPECT_TRUE(Call(closed.Channel(operators), "/grpc.health.v1.Health/Check", "").status.ok());
    EXPECT_TRUE(Call(open.Channel(operators), kReflect, list_services).status.ok());
    const Called called = Call(closed.Channel(operators), kReflect, list_services);
    ExpectRefused(called.status.ok(), "reflection", called.status);
  }
}

TEST_F(MatrixTest, NoRouteLetsTheWrongTokenIn) {
  Faces faces({.tokens = true, .require_read = true});
  std::vector<http::Request> routes;
  for (const char* path : {"/", "/d/2026-06-23", "/t/nlp", "/p/2606.00001", "/status", "/about",
                           "/api/v1/status", "/style.css", "/favicon.svg", "/nothing", "/api/x",
                           "//", "/paperwire.v1.FeedService", "/paperwire.v1.OperatorService/x"}) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    routes.push_back(request);
  }
  for (const MethodName& method : FeedMethodNames()) {
    http::Request request;
    request.method = "POST";
    request.path = method.path;
    request.headers["content-type"] = "application/json";
    request.body = "{}";
    routes.push_back(request);
  }
  std::vector<Credential> wrong = Worthless();
  wrong.push_back({"wrong scope", {{"authorization", Faces::TokenFor("operate")}}});
  const auto admitted = [](const http::Response& response) {
    return response.status != 401 && response.status != 403 && response.status != 429;
  };
  for (http::Request& request : routes) {
    const Metadata plain(request.headers.begin(), request.headers.end());
    for (const char* peer : {"127.0.0.1", "192.0.2.7", "2001:db8::1"}) {
      request.peer = peer;
      for (const Credential& credential : wrong) {
        request.headers = plain;
        request.headers.insert(credential.metadata.begin(), credential.metadata.end());
        const http::Response response = faces.Http(request);
        ++tally.attempts;
        tally.let_in += admitted(response) ? 1 : 0;
        EXPECT_FALSE(admitted(response)) << request.path << " with " << credential.name;
        EXPECT_TRUE(std::any_of(response.headers.begin(), response.headers.end(),
                                [](const auto& header) { return header.first == "X-Request-Id"; }))
            << request.path;
      }
      request.headers = plain;
      request.headers["authorization"] = Faces::TokenFor("read");
      const bool here = request.peer == "127.0.0.1";
      const http::Response response = faces.Http(request);
      // From another machine it came unencrypted.
      EXPECT_EQ(admitted(response), here) << request.path;
      if (here) continue;
      ++tally.attempts;
      tally.let_in += admitted(response) ? 1 : 0;
    }
  }
}

}  // namespace
}  // namespace paperwire::serve
