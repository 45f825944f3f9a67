// Peers that do not play by the rules: they are closed, and the others are answered meanwhile.
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/access/faces.h"
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

  Faces faces_{{.handshake_timeout = std::chrono::milliseconds(500)}};
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

}  // namespace
}  // namespace paperwire::serve
