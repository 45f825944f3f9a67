// What a connection may do, and for how long: ages, pings, packing, reflection.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/access/faces.h"
#include "tests/support/hostile_peer.h"

namespace paperwire::serve {
namespace {

using support::HostilePeer;

constexpr char kStatus[] = "/paperwire.v1.FeedService/ListTags";
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr std::chrono::seconds kPatience{20};

class ConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  }
};

TEST_F(ConnectionTest, AnOldOneIsEndedAndItsStreamGoesOnOnAnother) {
  Faces faces({.rpc = {.connection_age = std::chrono::milliseconds(300),
                       .connection_grace = std::chrono::milliseconds(300)}});
  const auto stub = v1::FeedService::NewStub(faces.Channel(false));
  v1::WatchPapersRequest request;
  for (int life = 0; life < 2; ++life) {
    grpc::ClientContext context;
    context.set_deadline(clock::SystemClock().Now() + kPatience);
    const auto reader = stub->WatchPapers(&context, request);
    v1::WatchPapersResponse message;
    ASSERT_TRUE(reader->Read(&message)) << life;
    do {
      ASSERT_NE(message.resume_token(), "");
      request.set_resume_token(message.resume_token());
    } while (reader->Read(&message));
    const grpc::Status ended = reader->Finish();
    EXPECT_EQ(ended.error_code(), grpc::StatusCode::UNAVAILABLE) << ended.error_message();
    // Calls find a new connection by themselves.
    grpc::ClientContext calling;
    v1::ListPapersResponse listed;
    EXPECT_TRUE(stub->ListPapers(&calling, {}, &listed).ok());
  }
}

TEST_F(ConnectionTest, WhoPingsTooOftenIsHungUpOn) {
  Faces faces({});
  HostilePeer modest(faces.readers->port());
  ASSERT_TRUE(modest.Send(support::Http2Preface() + support::Http2Ping() +
                          support::Http2Call(1, kStatus, "")));
  EXPECT_TRUE(modest.Receives("grpc-status", kPatience));

  HostilePeer peer(faces.readers->port());
  std::string pings = support::Http2Preface();
  for (int i = 0; i < 10; ++i) pings += support::Http2Ping();
  ASSERT_TRUE(peer.Send(pings));
  EXPECT_TRUE(peer.Receives("too_many_pings", kPatience));
  EXPECT_TRUE(peer.IsClosedWithin(kPatience));
}

TEST_F(ConnectionTest, AnswersArePackedWhereThatIsSetAndTheCallerTakesIt) {
  const std::string magic = "\x1f\x8b";
  for (const auto& [gzip, accepts, packed] : {std::tuple{Gzip::kOn, "identity,gzip", true},
                                              {Gzip::kOn, "identity", false},
                                              {Gzip::kOff, "identity,gzip", false},
                                              // The caller is on this machine.
                                              {Gzip::kRemote, "identity,gzip", false}}) {
    Faces faces({.gzip = gzip});
    HostilePeer peer(faces.readers->port());
    ASSERT_TRUE(
        peer.Send(support::Http2Preface(1 << 20) + support::Http2Call(1, kStatus, "", accepts)));
    std::string answer;
    EXPECT_TRUE(peer.Receives("grpc-status", kPatience, &answer));
    EXPECT_EQ(answer.find(magic) != std::string::npos, packed)
        << static_cast<int>(gzip) << " " << accepts;
  }
}

TEST_F(ConnectionTest, ReflectionShowsTheFeedAndHealth) {
  // ServerReflectionRequest by its fields: list_services, file_containing_symbol.
  const std::string list = "\x3a\x01*";
  const std::string symbol = "grpc.health.v1.Health";
  const std::string describe = "\x22" + std::string(1, static_cast<char>(symbol.size())) + symbol;
  Faces faces({});
  for (const auto& [asked, shown] : {std::pair{list, "paperwire.v1.FeedService"},
                                     {list, "grpc.health.v1.Health"},
                                     {describe, "HealthCheckRequest"}}) {
    HostilePeer peer(faces.readers->port());
    ASSERT_TRUE(peer.Send(support::Http2Preface() + support::Http2Call(1, kReflection, asked)));
    EXPECT_TRUE(peer.Receives(shown, kPatience)) << shown;
  }
  // It asks for no token, so it is not there where the feed does.
  Faces closed({.tokens = true, .require_read = true});
  HostilePeer peer(closed.readers->port());
  ASSERT_TRUE(peer.Send(support::Http2Preface() + support::Http2Call(1, kReflection, list)));
  std::string answer;
  EXPECT_TRUE(peer.Receives("grpc-status", kPatience, &answer));
  EXPECT_EQ(answer.find("FeedService"), std::string::npos);
}

TEST_F(ConnectionTest, HasRoomForCallsBesideTheStreamsOfACaller) {
  Faces faces({});
  const auto stub = v1::FeedService::NewStub(faces.Channel(false));
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::WatchPapersResponse>>> readers;
  v1::WatchPapersResponse message;
  for (int i = 0; i < 100; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    readers.push_back(stub->WatchPapers(contexts.back().get(), {}));
    ASSERT_TRUE(readers.back()->Read(&message)) << i;
  }
  grpc::ClientContext context;
  context.set_deadline(clock::SystemClock().Now() + kPatience);
  v1::ListPapersResponse listed;
  const grpc::Status status = stub->ListPapers(&context, {}, &listed);
  EXPECT_TRUE(status.ok()) << status.error_message();
  for (const auto& open : contexts) open->TryCancel();
  for (const auto& reader : readers) {
    while (reader->Read(&message)) continue;
    (void)reader->Finish();
  }
}

}  // namespace
}  // namespace paperwire::serve
