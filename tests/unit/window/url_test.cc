#include "libs/redis/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/redis/client.h"
#include "libs/redis/connection.h"

namespace paperwire::redis {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RedisUrl, ReadsHostPortAndDatabase) {
  const auto url = ParseUrl("redis://cache.example:7000/3");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->host, "cache.example");
  EXPECT_EQ(url->port, 7000);
  EXPECT_EQ(url->db, 3);
  EXPECT_FALSE(url->tls);
}

TEST(RedisUrl, HasTheUsualDefaults) {
  const auto url = ParseUrl("redis://localhost");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->port, 6379);
  EXPECT_EQ(url->db, 0);
  EXPECT_EQ(url->password, "");
  EXPECT_TRUE(ParseUrl("redis://localhost/").ok());
}

TEST(RedisUrl, DecodesUserAndPassword) {
  const auto url = ParseUrl("redis://paper:p%40ss%2Fword:x@host");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->user, "paper");
  EXPECT_EQ(url->password, "p@ss/word:x");
  EXPECT_EQ(ParseUrl("redis://:secret@host")->user, "");
  EXPECT_EQ(ParseUrl("redis://:secret@host")->password, "secret");
}

TEST(RedisUrl, ReadsIpv6Addresses) {
  const auto url = ParseUrl("rediss://[::1]:7001/2");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 7001);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->Address(), "[::1]:7001");
}

TEST(RedisUrl, ReadsUnixSockets) {
  const auto url = ParseUrl("unix://:secret@/run/redis.sock?db=4");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->path, "/run/redis.sock");
  EXPECT_EQ(url->password, "secret");
  EXPECT_EQ(url->db, 4);
  EXPECT_EQ(url->Address(), "/run/redis.sock");
}

TEST(RedisUrl, RefusesWhatIsNoUrlAndNeverRepeatsThePassword) {
  for (const char* text :
       {"", "localhost:6379", "http://host", "redis://", "redis://:hunter2@", "redis://h:0",
        "redis://h:65536", "redis://h:x", "redis://h/x", "redis://h/-1", "redis://[::1", "unix://",
        "unix://relative", "unix:///p?x=1", "redis://hunter2@h", "redis://u:hunter2%zz@h",
        "redis://u:hunter2%2@h"}) {
    const auto url = ParseUrl(text);
    EXPECT_EQ(url.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(url.status().ToString(), Not(HasSubstr("hunter2"))) << text;
  }
}

TEST(RedisClient, SaysSoWhenTlsIsAskedForAndMissing) {
  if (HasTls()) GTEST_SKIP() << "SKIPPED: this build has TLS";
  const auto client = Client::Create({.url = "rediss://:hunter2@host"});
  EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(client.status().ToString(), HasSubstr("TLS"));
  EXPECT_THAT(client.status().ToString(), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace paperwire::redis
