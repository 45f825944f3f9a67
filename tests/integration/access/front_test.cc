// What the settings make of the faces, as serve itself puts them together.
#include "services/serve/front.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/hostile_peer.h"

namespace paperwire::serve {
namespace {

TEST(FrontTest, AConnectionHasRoomForTheStreamsOfACallerAndAHundredCalls) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  clock::SystemClock clock;
  prometheus::Registry metrics;
  telemetry::Health health;
  const service::Context context{.stop = {}, .clock = clock, .metrics = metrics, .health = health};
  Config config;
  config.grpc_listen = config.http_listen = "127.0.0.1:0";
  config.watch_streams_per_caller = 500;
  const auto access = Access::Open(config, clock, metrics);
  ASSERT_TRUE(access.ok()) << access.status();
  Front front(context, config, **access);
  const absl::Status started = front.Start(config);
  ASSERT_TRUE(started.ok()) << started;

  // SETTINGS_MAX_CONCURRENT_STREAMS, 600: a client's library lets more wait without a word.
  const std::string settings("\x00\x03\x00\x00\x02\x58", 6);
  {
    support::HostilePeer peer(front.rpc->port());
    ASSERT_TRUE(peer.Send(support::Http2Preface()));
    EXPECT_TRUE(peer.Receives(settings, std::chrono::seconds(20)));
  }
  front.Drain(std::chrono::seconds(5));
}

}  // namespace
}  // namespace paperwire::serve
