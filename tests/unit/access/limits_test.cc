#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/access/peer.h"
#include "libs/access/rate_limiter.h"
#include "libs/access/stream_slots.h"

namespace paperwire::access {
namespace {

RateLimiter::Time At(int milliseconds) {
  return RateLimiter::Time(std::chrono::milliseconds(milliseconds));
}

TEST(Peer, IsAnAddressOrAWholeNetworkOfIpv6) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"192.0.2.7", "192.0.2.7"},
      {"ipv4:192.0.2.7:4711", "192.0.2.7"},
      {"::ffff:192.0.2.7", "192.0.2.7"},
      {"ipv6:%5B2001:db8:1:2:3:4:5:6%5D:4711", "2001:db8:1:2::/64"},
      {"ipv6:[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"},
      {"fe80::1%eth0", "fe80::/64"},
      {"unix:/run/x", "local"},
      {"nonsense", "unknown"},
      {"", "unknown"}};
  for (const auto& [text, key] : expected) EXPECT_EQ(PeerOf(text).key, key) << text;
}

TEST(Peer, IsOnThisMachineOrNot) {
  for (const char* text : {"127.0.0.1", "127.9.9.9", "ipv4:127.0.0.1:1", "ipv6:[::1]:1", "::1",
                           "::ffff:127.0.0.1", "unix:/run/x"}) {
    EXPECT_TRUE(PeerOf(text).loopback) << text;
  }
  for (const char* text : {"128.0.0.1", "ipv4:10.0.0.1:1", "::2", "0.0.0.0", "::", "x", ""}) {
    EXPECT_FALSE(PeerOf(text).loopback) << text;
  }
}

TEST(RateLimiter, GivesABurstAndThenItsRate) {
  RateLimiter limiter({.per_second = 10, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.Take("a", At(0)), absl::ZeroDuration());

  EXPECT_EQ(limiter.Take("a", At(0)), absl::Milliseconds(100));
  EXPECT_EQ(limiter.Take("b", At(0)), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("a", At(99)), absl::ZeroDuration());
  EXPECT_EQ(limiter.Take("a", At(100)), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("a", At(101)), absl::ZeroDuration());
  // A pause fills the bucket, no more.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.Take("a", At(99000)), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("a", At(99000)), absl::ZeroDuration());
}

TEST(RateLimiter, ForgetsTheKeyLongestUnusedAndNoOther) {
  RateLimiter limiter({.per_second = 1, .burst = 1, .max_keys = 3});
  for (const char* key : {"a", "b", "c", "a"}) limiter.Take(key, At(0));
  for (int i = 0; i < 1000; ++i) {
    limiter.Take("new " + std::to_string(i), At(0));
    limiter.Take("a", At(0));
  }

  EXPECT_EQ(limiter.keys(), 3u);
  EXPECT_GT(limiter.Take("a", At(0)), absl::ZeroDuration());
  EXPECT_EQ(limiter.Take("b", At(0)), absl::ZeroDuration());
}

TEST(RateLimiter, WithoutARateLetsEverythingPassAndKeepsNothing) {
  RateLimiter limiter({});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.Take("a", At(0)), absl::ZeroDuration());
  EXPECT_EQ(limiter.keys(), 0u);
}

TEST(StreamSlots, AreBoundedForACallerAndInTotal) {
  StreamSlots slots({.total = 3, .per_key = 2});
  std::vector<StreamSlots::Slot> held;
  for (const char* key : {"a", "a"}) held.push_back(slots.Take(key).value());

  EXPECT_TRUE(absl::IsResourceExhausted(slots.Take("a").status()));
  held.push_back(slots.Take("a", /*limited=*/false).value());
  EXPECT_TRUE(absl::IsResourceExhausted(slots.Take("b").status()));
  held.clear();
  EXPECT_EQ(slots.taken(), 0u);
  EXPECT_TRUE(slots.Take("b").ok());
}

TEST(StreamSlots, ComeBackWhereverTheirHolderWent) {
  StreamSlots::Slot outlives;
  {
    StreamSlots slots({.total = 1});
    StreamSlots::Slot first = slots.Take("a").value();
    outlives = std::move(first);
    EXPECT_EQ(slots.taken(), 1u);
    outlives = StreamSlots::Slot();
    EXPECT_EQ(slots.taken(), 0u);
    outlives = slots.Take("b").value();
  }
}

}  // namespace
}  // namespace paperwire::access
