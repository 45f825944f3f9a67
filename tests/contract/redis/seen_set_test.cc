// What ingest has published, on a real Redis.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "libs/redis/client.h"
#include "services/ingest/redis_seen_set.h"
#include "tests/support/redis_process.h"

namespace paperwire::ingest {
namespace {

using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

Seen SeenOn(int day, uint64_t revision, v1::AnnounceType type = v1::ANNOUNCE_TYPE_NEW) {
  return {.revision = revision, .announced = absl::CivilDay(2026, 6, day), .type = type};
}

class RedisSeenSetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "redis-server is not installed";
    auto redis = tests::RedisProcess::Start();
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    client_ = redis::Client::Create({.url = redis_->Url()}).value();
    seen_ = On("cluster-one");
  }

  std::unique_ptr<RedisSeenSet> On(const std::string& cluster, const std::string& prefix = "test") {
    return std::make_unique<RedisSeenSet>(*client_, prefix, cluster);
  }

  void MarkThree() {
    ASSERT_EQ(seen_->Mark({{"2606.00001", SeenOn(1, 12345678901)},
                           {"2606.00002v2", SeenOn(30, UINT64_MAX, v1::ANNOUNCE_TYPE_CROSS)},
                           {"math/0301001", SeenOn(9, 0, v1::ANNOUNCE_TYPE_REPLACE)}}),
              absl::OkStatus());
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<RedisSeenSet> seen_;
};

TEST_F(RedisSeenSetTest, FindsWhatWasMarkedAsItWasAndNothingElse) {
  MarkThree();
  const auto found =
      seen_->Find({"2606.00001", "2606.00002v2", "math/0301001", "2606.00002", "2606.0000", ""});

  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(*found,
              UnorderedElementsAre(Key("2606.00001"), Key("2606.00002v2"), Key("math/0301001")));
  EXPECT_EQ(found->at("2606.00001"), SeenOn(1, 12345678901));
  EXPECT_EQ(found->at("2606.00002v2"), SeenOn(30, UINT64_MAX, v1::ANNOUNCE_TYPE_CROSS));
  EXPECT_EQ(found->at("math/0301001"), SeenOn(9, 0, v1::ANNOUNCE_TYPE_REPLACE));
}

TEST_F(RedisSeenSetTest, ReplacesWhatWasMarkedBefore) {
  ASSERT_EQ(seen_->Mark({{"2606.00001", SeenOn(1, 1)}}), absl::OkStatus());
  ASSERT_EQ(seen_->Mark({{"2606.00001", SeenOn(2, 2)}}), absl::OkStatus());

  const auto found = seen_->Find({"2606.00001"});
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->at("2606.00001"), SeenOn(2, 2));
}

TEST_F(RedisSeenSetTest, TakesAWholeDayAtOnce) {
  SeenPapers papers;
  std::set<std::string> ids;
  for (int i = 0; i < 1201; ++i) {
    const std::string id = fmt::format("2606.{:05}", i);
    ids.insert(id);
    papers[id] = SeenOn(1, i);
  }
  ASSERT_EQ(seen_->Mark(papers), absl::OkStatus());
  ids.insert("2607.00001");

  const auto found = seen_->Find(ids);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(*found, SizeIs(1201));
  for (const auto& [id, seen] : *found) EXPECT_EQ(seen, papers[id]) << id;
}

TEST_F(RedisSeenSetTest, AsksNothingOfRedisForNoIdsAndNoPapers) {
  redis_->Stop();

  EXPECT_EQ(seen_->Mark({}), absl::OkStatus());
  const auto found = seen_->Find({});
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(*found, IsEmpty());
}

TEST_F(RedisSeenSetTest, IsCompleteOnceThatIsSaid) {
  EXPECT_EQ(seen_->IsComplete().value(), false);
  MarkThree();
  EXPECT_EQ(seen_->IsComplete().value(), false);
  ASSERT_EQ(seen_->SetComplete(), absl::OkStatus());
  EXPECT_EQ(seen_->IsComplete().value(), true);
}

TEST_F(RedisSeenSetTest, IsEmptyAndIncompleteWhenRedisWasEmptied) {
  MarkThree();
  ASSERT_EQ(seen_->SetComplete(), absl::OkStatus());
  ASSERT_TRUE(client_->Call({"FLUSHALL"}).ok());

  EXPECT_EQ(seen_->IsComplete().value(), false);
  EXPECT_THAT(seen_->Find({"2606.00001"}).value(), IsEmpty());
}

TEST_F(RedisSeenSetTest, StartsAnewForAnotherClusterAndKeepsTheFirst) {
  MarkThree();
  ASSERT_EQ(seen_->SetComplete(), absl::OkStatus());
  const auto other = On("cluster-two");
  const auto stranger = On("cluster-one", "other-prefix");

  EXPECT_EQ(other->IsComplete().value(), false);
  EXPECT_THAT(other->Find({"2606.00001"}).value(), IsEmpty());
  EXPECT_THAT(stranger->Find({"2606.00001"}).value(), IsEmpty());
  ASSERT_EQ(other->Mark({{"2606.00001", SeenOn(5, 99)}}), absl::OkStatus());
  EXPECT_EQ(seen_->IsComplete().value(), true);
  EXPECT_EQ(seen_->Find({"2606.00001"}).value().at("2606.00001").revision, 12345678901);
}

TEST_F(RedisSeenSetTest, IsUnavailableWhileRedisIsAwayAndThereAfterwards) {
  MarkThree();
  ASSERT_EQ(seen_->SetComplete(), absl::OkStatus());
  redis_->Stop();

  EXPECT_TRUE(absl::IsUnavailable(seen_->IsComplete().status()));
  EXPECT_TRUE(absl::IsUnavailable(seen_->SetComplete()));
  EXPECT_TRUE(absl::IsUnavailable(seen_->Find({"2606.00001"}).status()));
  EXPECT_TRUE(absl::IsUnavailable(seen_->Mark({{"2606.00009", SeenOn(1, 1)}})));

  ASSERT_EQ(redis_->Restart(), absl::OkStatus());
  client_ = redis::Client::Create({.url = redis_->Url()}).value();
  seen_ = On("cluster-one");
  EXPECT_EQ(seen_->IsComplete().value(), true);
  EXPECT_THAT(seen_->Find({"2606.00001", "2606.00009"}).value(),
              UnorderedElementsAre(Key("2606.00001")));
}

TEST_F(RedisSeenSetTest, TakesWhatItCannotReadAsNotSeen) {
  for (const char* text : {"", "junk", "1", "1 2026-06-01", "1 2026-13-01 1", "1 2026-06-01 99"}) {
    ASSERT_TRUE(client_->Call({"SET", "test:ingest:cluster-one:seen:2606.00001", text}).ok());
    EXPECT_THAT(seen_->Find({"2606.00001"}).value(), IsEmpty()) << '"' << text << '"';
  }
}

TEST_F(RedisSeenSetTest, ForgetsPapersWhenNoFeedNamesThemAnyMore) {
  MarkThree();
  const auto life = client_->Call({"TTL", "test:ingest:cluster-one:seen:2606.00001"});
  ASSERT_TRUE(life.ok()) << life.status();
  EXPECT_GT(life->integer, 14 * 24 * 3600);
  EXPECT_LE(life->integer, 30 * 24 * 3600);
}

}  // namespace
}  // namespace paperwire::ingest
