#include "libs/redis/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "libs/redis/client.h"
#include "libs/redis/connection.h"

namespace paperwire::redis {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RedisUrl, ReadsHostPortAndDatabase) {
  const auto url = ParseUrl("redis://cache.example:7000/3");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->addresses, (std::vector<Address>{{"cache.example", 7000}}));
  EXPECT_EQ(url->db, 3);
  EXPECT_FALSE(url->tls);
}

TEST(RedisUrl, HasTheUsualDefaults) {
  const auto url = ParseUrl("redis://localhost");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->addresses[0].port, 6379);
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
  EXPECT_EQ(url->addresses, (std::vector<Address>{{"::1", 7001}}));
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->Where(), "[::1]:7001");
}

TEST(RedisUrl, ReadsUnixSockets) {
  const auto url = ParseUrl("unix://:secret@/run/redis.sock?db=4");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->path, "/run/redis.sock");
  EXPECT_EQ(url->password, "secret");
  EXPECT_EQ(url->db, 4);
  EXPECT_EQ(url->Where(), "/run/redis.sock");
}

TEST(RedisUrl, ReadsSeveralHostsThatAreTriedInTurn) {
  const auto url = ParseUrl("redis://u:p@one:7001,two,[::3]:7003/0");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->addresses, (std::vector<Address>{{"one", 7001}, {"two", 6379}, {"::3", 7003}}));
  EXPECT_EQ(url->Where(), "one:7001,two:6379,[::3]:7003");
  EXPECT_EQ(url->At(url->addresses[1]).Where(), "two:6379");
  EXPECT_EQ(url->At(url->addresses[1]).password, "p");
}

TEST(RedisUrl, ReadsSentinelsTheMastersNameAndTheirOwnPassword) {
  const auto url = ParseUrl(
      "redis+sentinel://paper:pw@one,two:7002/my%2Dmaster/2?sentinel_user=s&sentinel_password=t");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->addresses, (std::vector<Address>{{"one", 26379}, {"two", 7002}}));
  EXPECT_EQ(url->service, "my-master");
  EXPECT_EQ(url->db, 2);
  const Url sentinel = url->AtSentinel(url->addresses[0]);
  EXPECT_EQ(sentinel.user, "s");
  EXPECT_EQ(sentinel.password, "t");
  EXPECT_EQ(sentinel.db, 0);
  EXPECT_EQ(url->At({"master", 1}).user, "paper");
  EXPECT_EQ(url->At({"master", 1}).db, 2);
  EXPECT_TRUE(ParseUrl("rediss+sentinel://one/name")->tls);
}

TEST(RedisUrl, ReadsTheFilesOfTls) {
  const auto url = ParseUrl("rediss://h?ca=/c%20a.pem&cert=/c.pem&key=/k.pem");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->ca, "/c a.pem");
  EXPECT_EQ(url->cert, "/c.pem");
  EXPECT_EQ(url->key, "/k.pem");
}

TEST(RedisUrl, ReadsWhereAClusterSaysThatItsKeysAre) {
  const Address here{"here", 7000};
  EXPECT_EQ(*ParseMoved("MOVED 3999 127.0.0.1:6381", here), (Address{"127.0.0.1", 6381}));
  EXPECT_EQ(*ParseMoved("MOVED 3999 ::1:6381", here), (Address{"::1", 6381}));
  EXPECT_EQ(*ParseMoved("MOVED 3999 :6381", here), (Address{"here", 6381}));
  EXPECT_EQ(*ParseMoved("MOVED 3999 ?:6381", here), (Address{"here", 6381}));
  for (const char* text : {"MOVED", "MOVED 3999", "MOVED 3999 host", "MOVED 3999 host:x"}) {
    EXPECT_FALSE(ParseMoved(text, here).ok()) << text;
  }
}

TEST(RedisUrl, RefusesWhatIsNoUrlAndNeverRepeatsThePassword) {
  for (const char* text : {"",
                           "localhost:6379",
                           "http://host",
                           "redis://",
                           "redis://:hunter2@",
                           "redis://h:0",
                           "redis://h:65536",
                           "redis://h:x",
                           "redis://h/x",
                           "redis://h/-1",
                           "redis://[::1",
                           "unix://",
                           "unix://relative",
                           "unix:///p?x=1",
                           "redis://hunter2@h",
                           "redis://u:hunter2%zz@h",
                           "redis://u:hunter2%2@h",
                           "redis://h,",
                           "redis://,h",
                           "redis://h,h:x",
                           "redis+sentinel://h",
                           "redis+sentinel://h/",
                           "redis+sentinel://h/name/x",
                           "redis://h?ca=/a",
                           "redis://h?x=1",
                           "rediss://h?cert=/a",
                           "redis://h?sentinel_password=hunter2",
                           "rediss://h?ca=%zz"}) {
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
