// `paperwire dlq replay`, on a server that only counts.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "paperwire/v1/operator_service.grpc.pb.h"
#include "tests/unit/tools/run_paperwire.h"

namespace paperwire::cli {
namespace {

using ::testing::HasSubstr;

class Counting final : public v1::OperatorService::Service {
 public:
  grpc::Status ReplayDeadLetters(grpc::ServerContext* /*context*/,
                                 const v1::ReplayDeadLettersRequest* request,
                                 v1::ReplayDeadLettersResponse* response) override {
    asked = *request;
    *response = answer;
    return status;
  }

  v1::ReplayDeadLettersRequest asked;
  v1::ReplayDeadLettersResponse answer;
  grpc::Status status;
};

class DeadLetterReplayTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    service_.answer.set_matched(7);
    service_.answer.set_replayed(4);
    service_.answer.set_superseded(3);
  }

  Ran Run(std::vector<std::string> words) {
    words.insert(words.begin(), {"dlq", "replay"});
    words.insert(words.end(), {"--operator-server", "127.0.0.1:" + std::to_string(port_)});
    return RunPaperwire(words);
  }

  Counting service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(DeadLetterReplayTest, HasServePutThemBackAndSaysWhatBecameOfThem) {
  const Ran ran = Run({"--topic", "new-paper", "--class", "exhausted"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "matched 7 replayed 4 superseded 3 left 0\n");
  EXPECT_EQ(service_.asked.topic(), "new-paper");
  EXPECT_EQ(service_.asked.error_class(), "exhausted");
  EXPECT_FALSE(service_.asked.dry_run());

  EXPECT_EQ(Run({"--dry-run"}).out, "matched 7 replayed 4 superseded 3 left 0 (dry run)\n");
  EXPECT_EQ(service_.asked.topic(), "");
  EXPECT_TRUE(service_.asked.dry_run());
}

TEST_F(DeadLetterReplayTest, IsNoSuccessWhereSomeAreLeft) {
  service_.answer.set_left(1);
  const Ran ran = Run({});
  EXPECT_EQ(ran.code, kExitNegative);
  EXPECT_THAT(ran.out, HasSubstr("left 1\n"));
}

TEST_F(DeadLetterReplayTest, KeepsTheServersWordsAndNamesTheOtherWayWhereThereIsNoServer) {
  service_.status = {grpc::StatusCode::INVALID_ARGUMENT, "topic: there is no nonsense"};
  Ran ran = Run({"--topic", "nonsense"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_EQ(ran.err, "paperwire: topic: there is no nonsense\n");

  service_.status = {grpc::StatusCode::UNAVAILABLE, "the ledger is being rebuilt"};
  ran = Run({});
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_EQ(ran.err, "paperwire: the ledger is being rebuilt\n");

  server_->Shutdown();
  ran = Run({});
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.err, HasSubstr("no answer from 127.0.0.1:"));
  EXPECT_THAT(ran.err, HasSubstr("; --direct does without serve\n"));
}

}  // namespace
}  // namespace paperwire::cli
