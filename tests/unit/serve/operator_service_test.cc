#include "services/serve/operator_service.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "libs/bus/memory_bus.h"
#include "services/serve/feed_service.h"
#include "services/serve/rpc_server.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/operated_window.h"
#include "tests/unit/serve/served_test.h"

namespace paperwire::serve {
namespace {

using ::testing::HasSubstr;

// Holds each record back until it is told to let them go.
class SlowPublisher final : public bus::Publisher {
 public:
  explicit SlowPublisher(bus::MemoryBroker& broker) : inner_(broker) {}

  void Publish(bus::Message message, Delivered delivered) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    inner_.Publish(std::move(message), std::move(delivered));
  }
  absl::Status Flush(std::chrono::milliseconds timeout) override { return inner_.Flush(timeout); }

  void AwaitOne() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  bus::MemoryPublisher inner_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

class OperatorServiceTest : public ServedTest<v1::OperatorService> {
 protected:
  OperatorServiceTest() { desk_.Load({MakeEntry("2606.00001", "2026-06-23")}); }

  grpc::Service& service() override { return service_; }

  void TearDown() override {
    publisher_.Open();
    service_.Detach();
    ServedTest::TearDown();
  }

  grpc::Status Ask(const std::string& id) {
    v1::ResummarizeRequest request;
    request.add_arxiv_ids(id);
    grpc::ClientContext context;
    response_.Clear();
    return stub_->Resummarize(&context, request, &response_);
  }

  bus::MemoryBroker broker_;
  SlowPublisher publisher_{broker_};
  OperatedWindow desk_{&publisher_};
  RequestCounter requests_{desk_.metrics};
  Gate gate_{{.unknown_is_local = true}, desk_.clock, desk_.metrics};
  OperatorService service_{gate_, requests_};
  v1::ResummarizeResponse response_;
};

TEST_F(OperatorServiceTest, IsUnavailableUntilKafkaAndRedisAreThere) {
  publisher_.Open();
  const grpc::Status before = Ask("2606.00001");
  EXPECT_EQ(before.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(before.error_message(), HasSubstr("Kafka and Redis"));

  service_.Attach(desk_.operations);
  EXPECT_TRUE(Ask("2606.00001").ok());
  EXPECT_EQ(response_.requested(), 1u);

  service_.Detach();
  EXPECT_EQ(Ask("2606.00001").error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(broker_.Records("new-paper").size(), 1u);
}

TEST_F(OperatorServiceTest, WhoAskedForWhatIsInTheLog) {
  publisher_.Open();
  service_.Attach(desk_.operations);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(Ask("2606.00001").ok());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("an operator asked"));
  EXPECT_THAT(log, HasSubstr("caller=unknown"));
  EXPECT_THAT(log, HasSubstr("ResummarizeRequest arxiv_ids: "));
}

TEST_F(OperatorServiceTest, NamesTheFieldOfABadRequest) {
  service_.Attach(desk_.operations);
  const grpc::Status status = Ask("the first one");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_details(), HasSubstr("arxiv_ids"));
}

TEST_F(OperatorServiceTest, TakesOneRequestAtATime) {
  service_.Attach(desk_.operations);
  std::jthread first([this] {
    v1::ResummarizeRequest request;
    request.add_arxiv_ids("2606.00001");
    v1::ResummarizeResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(stub_->Resummarize(&context, request, &response).ok());
    EXPECT_EQ(response.requested(), 1u);
  });
  publisher_.AwaitOne();

  EXPECT_EQ(Ask("2606.00001").error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);

  publisher_.Open();
  first.join();
  EXPECT_TRUE(Ask("2606.00001").ok());
  EXPECT_EQ(broker_.Records("new-paper").size(), 2u);
}

TEST_F(OperatorServiceTest, TagsAgainAndRemovesWhatIsAsked) {
  publisher_.Open();
  service_.Attach(desk_.operations);
  v1::ReclassifyRequest request;
  request.add_arxiv_ids("2606.00001");
  v1::ReclassifyResponse response;
  grpc::ClientContext context;
  EXPECT_TRUE(stub_->Reclassify(&context, request, &response).ok());
  EXPECT_EQ(response.requested(), 1u);
  EXPECT_EQ(broker_.Records("summarized").size(), 1u);

  v1::RemovePaperRequest removal;
  removal.set_arxiv_id("2606.00001");
  removal.set_reason("at its author's wish");
  v1::RemovePaperResponse removed;
  grpc::ClientContext removal_context;
  EXPECT_TRUE(stub_->RemovePaper(&removal_context, removal, &removed).ok());
  EXPECT_EQ(broker_.Records("tagged").size(), 1u);
}

TEST_F(OperatorServiceTest, PutsDeadLettersBack) {
  publisher_.Open();
  service_.Attach(desk_.operations);
  bus::Message dead;
  dead.topic = "new-paper.dlq";
  dead.key = "2606.00007";
  dead.value = "kept as it is";
  desk_.broker.Append(dead);
  grpc::ClientContext context;
  v1::ReplayDeadLettersResponse replayed;
  const grpc::Status status = stub_->ReplayDeadLetters(&context, {}, &replayed);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(replayed.replayed(), 1u);
  ASSERT_EQ(broker_.Records("new-paper").size(), 1u);
  EXPECT_EQ(broker_.Records("new-paper").at(0).value, "kept as it is");

  v1::ReplayDeadLettersRequest odd;
  odd.set_topic("payments");
  grpc::ClientContext odd_context;
  EXPECT_EQ(stub_->ReplayDeadLetters(&odd_context, odd, &replayed).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(OperatorServiceTest, IsNotReachableWhereReadersAre) {
  StatusHolder statuses;
  const Feed feed(desk_.snapshots, statuses, desk_.feed_clock);
  const FeedMethods methods(feed);
  FeedService readers(methods, gate_, requests_);
  auto server = RpcServer::Start({.listen = "127.0.0.1:0"}, readers);
  ASSERT_TRUE(server.ok()) << server.status();
  publisher_.Open();
  service_.Attach(desk_.operations);
  const auto stub = v1::OperatorService::NewStub((*server)->server().InProcessChannel({}));

  v1::ResummarizeRequest request;
  request.set_all_embedded(true);
  grpc::ClientContext context;
  EXPECT_EQ(stub->Resummarize(&context, request, &response_).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(broker_.Records("new-paper").empty());
}

}  // namespace
}  // namespace paperwire::serve
