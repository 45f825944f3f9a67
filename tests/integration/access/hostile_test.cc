// Peers that do not play by the rules: they are closed, and the others are answered meanwhile.
#include <fstream>
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/access/faces.h"
#include "tests/support/gzip.h"
#include "tests/support/hostile_peer.h"

namespace paperwire::serve {
namespace {

using support::HostilePeer;

constexpr char kList[] = "/paperwire.v1.FeedService/ListPapers";
constexpr std::chrono::seconds kPatience{20};

class HostileTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  }
  uint16_t port() const { return faces_.readers->port(); }
  bool Answers() { return Call(faces_.Channel(false), kList, "").status.ok(); }

  Faces faces_{{.rpc = {.handshake_timeout = std::chrono::milliseconds(500)}}};
};

TEST_F(HostileTest, PeersThatSayNothingAreClosed) {
  std::vector<HostilePeer> peers;
  for (int i = 0; i < 50; ++i) peers.emplace_back(port());
  for (HostilePeer& peer : peers) ASSERT_TRUE(peer.open());
  EXPECT_TRUE(Answers());
  for (HostilePeer& peer : peers) EXPECT_TRUE(peer.IsClosedWithin(kPatience));
  EXPECT_TRUE(Answers());
}

TEST_F(HostileTest, GarbageIsHungUpOn) {
  std::mt19937 random(20261122);
  for (int i = 0; i < 50; ++i) {
    std::string garbage(1 + random() % 5000, '\0');
    for (char& byte : garbage) byte = static_cast<char>(random());
    // Some after a beginning that makes sense.
    HostilePeer peer(port());
    ASSERT_TRUE(peer.open());
    peer.Send(i % 2 == 0 ? garbage : support::Http2Preface() + garbage);
    EXPECT_TRUE(peer.IsClosedWithin(kPatience)) << i;
  }
  EXPECT_TRUE(Answers());
}

TEST_F(HostileTest, ThousandsOfStreamsThatAreResetAtOnceCostTheOthersNothing) {
  HostilePeer peer(port());
  ASSERT_TRUE(peer.Send(support::Http2Preface()));
  for (uint32_t stream = 1; stream < 20000; stream += 2) {
    if (!peer.Send(support::Http2CallAndReset(stream, kList))) break;
  }
  EXPECT_TRUE(Answers());
}

TEST_F(HostileTest, ThousandsOfConnectionsComeAndGo) {
  for (int i = 0; i < 2000; ++i) HostilePeer peer(port());
  EXPECT_TRUE(Answers());
}

TEST_F(HostileTest, AnswersThatNobodyReadsHoldNoCallUp) {
  std::vector<HostilePeer> peers;
  for (int i = 0; i < 5; ++i) {
    HostilePeer& peer = peers.emplace_back(port());
    ASSERT_TRUE(peer.Send(support::Http2Preface(/*window=*/0)));
    for (uint32_t stream = 1; stream < 200; stream += 2) {
      ASSERT_TRUE(peer.Send(support::Http2Call(stream, kList, "")));
    }
  }
  EXPECT_TRUE(Answers());
  // Nor does a stop wait for them.
  faces_.readers->Drain(std::chrono::milliseconds(100));
}

// The most memory that this process has held since the last ForgetPeak, in KiB.
long PeakKib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return 0;
}
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

TEST_F(HostileTest, ASmallRequestIsNotUnpackedIntoALargeOne) {
  constexpr size_t kUnpacked = 60u << 20;
  const std::string bomb = support::Gzip(std::string(kUnpacked, '\0'));
  ASSERT_LT(bomb.size(), 64u << 10);
  ASSERT_TRUE(Answers());
  ForgetPeak();
  const long before = PeakKib();
  HostilePeer peer(port());
  ASSERT_TRUE(peer.Send(support::Http2Preface() + support::Http2PackedCall(1, kList, bomb)));
  // Of this connection: it is through when the server has ended the stream.
  EXPECT_TRUE(peer.Receives("grpc-status", kPatience));
  EXPECT_LT(PeakKib() - before, 16 << 10);
  EXPECT_TRUE(Answers());
}

TEST_F(HostileTest, PackedRequestsAreReadUpToTheSameSize) {
  const auto ask = [&](size_t bytes, grpc_compression_algorithm algorithm) {
    v1::GetPaperRequest request;
    request.set_arxiv_id(std::string(bytes, 'x'));
    grpc::ClientContext context;
    context.set_compression_algorithm(algorithm);
    v1::GetPaperResponse response;
    return v1::FeedService::NewStub(faces_.Channel(false))->GetPaper(&context, request, &response);
  };
  for (const auto algorithm : {GRPC_COMPRESS_NONE, GRPC_COMPRESS_GZIP}) {
    // What is told is told of the id: the request was read.
    EXPECT_THAT(ask(5000, algorithm).error_message(), testing::HasSubstr("arxiv_id")) << algorithm;
    EXPECT_EQ(ask(70000, algorithm).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
        << algorithm;
  }
}

}  // namespace
}  // namespace paperwire::serve
