#include "tools/paperwire/asker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paperwire/v1/operator_service.grpc.pb.h"
#include "tools/paperwire/operator_client.h"

namespace paperwire::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Answers every request to tag again with this status.
class Refusing final : public v1::OperatorService::Service {
 public:
  explicit Refusing(grpc::Status status) : status_(std::move(status)) {}
  grpc::Status Reclassify(grpc::ServerContext* /*context*/,
                          const v1::ReclassifyRequest* /*request*/,
                          v1::ReclassifyResponse* /*response*/) override {
    return status_;
  }

 private:
  const grpc::Status status_;
};

[[maybe_unused]] absl::Status Ask(const std::string& address) {
  return AskOperator({.server = address}, v1::ReclassifyRequest(),
                     &v1::OperatorService::Stub::Reclassify)
      .status();
}

TEST(Asker, KeepsTheServersWordsAndSaysWhenThereWereNone) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#else
  Refusing service({grpc::StatusCode::UNAVAILABLE, "Kafka is away"});
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);
  const std::string address = "127.0.0.1:" + std::to_string(port);

  EXPECT_EQ(Ask(address), absl::UnavailableError("Kafka is away"));

  server->Shutdown();
  const absl::Status gone = Ask(address);
  EXPECT_TRUE(absl::IsUnavailable(gone));
  EXPECT_THAT(std::string(gone.message()), HasSubstr("no answer from " + address));
  EXPECT_THAT(std::string(gone.message()), Not(HasSubstr("Kafka")));
#endif
}

}  // namespace
}  // namespace paperwire::cli
