// Each state of a real Redis that is there but not itself, and what a client is told.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "libs/redis/client.h"
#include "tests/contract/window/stores.h"

namespace paperwire::window {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class RedisStates : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
  }

  void StartWith(tests::RedisProcess::Settings settings) {
    redis_ = tests::RedisProcess::Start(std::move(settings)).value();
    client_ = redis::Client::Create({.url = redis_->Url()}).value();
    window_ = MakeRedisWindow(*client_, {.prefix = "test", .cluster_id = "one"});
  }

  void Begin() {
    const auto begun = window_->Begin({{kTagged, 0}});
    ASSERT_TRUE(begun.ok()) << begun.status().ToString();
    epoch_ = begun->epoch;
  }

  absl::StatusOr<Applied> ApplyOne(size_t bytes = 100) {
    v1::Entry entry = EntryOf("2606.00001", 5);
    entry.mutable_paper()->set_abstract(std::string(bytes, 'x'));
    const Write write = WriteOf(std::max<int64_t>(at_, 0), entry);
    auto applied = window_->Apply(epoch_, kTagged, at_, kOldest, std::span(&write, 1));
    if (applied.ok()) at_ = applied->stored_offset;
    return applied;
  }

  void ExpectUnavailable(const absl::Status& status, const std::string& state) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status.ToString();
    EXPECT_THAT(std::string(status.message()), StartsWith(state));
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<Window> window_;
  std::string epoch_;
  int64_t at_ = -1;
};

TEST_F(RedisStates, AReplicaIsReadOnlyButCanBeRead) {
  StartWith({});
  Begin();
  ASSERT_TRUE(ApplyOne().ok());
  // Nobody listens on that port; the replica answers from what it has.
  ASSERT_TRUE(client_->Call({"REPLICAOF", "127.0.0.1", "1"}).ok());
  ExpectUnavailable(ApplyOne().status(), "READONLY");
  EXPECT_EQ(window_->Load()->papers.size(), 1u);
  ASSERT_TRUE(client_->Call({"REPLICAOF", "NO", "ONE"}).ok());
  EXPECT_TRUE(ApplyOne().ok());
}

TEST_F(RedisStates, OutOfMemoryWritesNothingAtAll) {
  StartWith({});
  Begin();
  ASSERT_TRUE(ApplyOne().ok());
  ASSERT_TRUE(client_->Call({"CONFIG", "SET", "maxmemory", "1"}).ok());
  const int64_t before = at_;
  ExpectUnavailable(ApplyOne().status(), "OOM");
  EXPECT_EQ(window_->Load()->papers.size(), 1u);
  // Making room still works.
  EXPECT_EQ(window_->Expire("2027-01-01").value(), 1);
  ASSERT_TRUE(client_->Call({"CONFIG", "SET", "maxmemory", "0"}).ok());
  EXPECT_EQ(window_->Apply(epoch_, kTagged, before, kOldest, {})->stored_offset, before);
  EXPECT_TRUE(ApplyOne().ok());
}

TEST_F(RedisStates, AServerThatCannotWriteItsDiskIsMisconfigured) {
  StartWith({{"appendonly", "no"}, {"enable-protected-configs", "yes"}});
  Begin();
  ASSERT_TRUE(ApplyOne().ok());
  ASSERT_TRUE(client_->Call({"CONFIG", "SET", "save", "900 100000"}).ok());
  std::filesystem::remove_all(redis_->folder() / "data");
  ASSERT_TRUE(client_->Call({"BGSAVE"}).ok());
  const auto failed = [&] {
    return client_->Call({"INFO", "persistence"})->text.find("rdb_last_bgsave_status:err") !=
           std::string::npos;
  };
  while (!failed()) std::this_thread::yield();
  ExpectUnavailable(ApplyOne().status(), "MISCONF");
  EXPECT_EQ(window_->Load()->papers.size(), 1u) << "reads go on";
  EXPECT_TRUE(window_->GetState().ok());
  std::filesystem::create_directory(redis_->folder() / "data");
  // Redis stands in the folder that is gone; it is told to stand in the new one.
  ASSERT_TRUE(client_->Call({"CONFIG", "SET", "dir", (redis_->folder() / "data").string()}).ok());
  ASSERT_TRUE(client_->Call({"SAVE"}).ok());
  EXPECT_TRUE(ApplyOne().ok());
}

TEST_F(RedisStates, ScriptsThatTheServerForgotAreLoadedAgain) {
  StartWith({});
  Begin();
  ASSERT_TRUE(ApplyOne().ok());
  ASSERT_TRUE(client_->Call({"SCRIPT", "FLUSH"}).ok());
  std::vector<Write> writes;
  for (int64_t i = 0; i < 100; ++i) {
    writes.push_back(WriteOf(1 + i, EntryOf("2606." + std::to_string(10000 + i), 5)));
  }
  const auto applied = window_->Apply(epoch_, kTagged, 1, kOldest, writes);
  ASSERT_TRUE(applied.ok()) << applied.status().ToString();
  EXPECT_THAT(applied->verdicts, testing::Each(Verdict::kApplied));
  EXPECT_EQ(applied->stored_offset, 101);
}

TEST_F(RedisStates, AnEvictingServerIsRefusedWithTheSettingsName) {
  StartWith({{"maxmemory-policy", "allkeys-lru"}});
  const auto begun = window_->Begin({{kTagged, 0}});
  EXPECT_EQ(begun.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(begun.status().ToString(), HasSubstr("maxmemory-policy allkeys-lru"));
}

TEST_F(RedisStates, APasswordIsUsedAndAWrongOneIsNamed) {
  StartWith({{"requirepass", "hunter2"}});
  EXPECT_THAT(client_->Call({"GET", "x"}).status().ToString(), HasSubstr("NOAUTH"));
  const std::string address = redis_->Url().substr(std::string("redis://").size());
  const auto right = redis::Client::Create({.url = "redis://:hunter2@" + address + "/3"}).value();
  EXPECT_TRUE(right->Call({"GET", "x"}).ok());
  const auto wrong = redis::Client::Create({.url = "redis://:other@" + address}).value();
  EXPECT_THAT(wrong->Call({"GET", "x"}).status().ToString(), HasSubstr("WRONGPASS"));
}

TEST_F(RedisStates, WhereConfigIsForbiddenInfoTellsThePolicy) {
  StartWith({{"maxmemory-policy", "volatile-ttl"}});
  ASSERT_TRUE(
      client_->Call({"ACL", "SETUSER", "limited", "on", ">pw", "~*", "+@all", "-config"}).ok());
  const std::string address = redis_->Url().substr(std::string("redis://").size());
  const auto limited = redis::Client::Create({.url = "redis://limited:pw@" + address}).value();
  ASSERT_THAT(limited->Call({"CONFIG", "GET", "port"}).status().ToString(), HasSubstr("NOPERM"));
  EXPECT_THAT(redis::RequireNoEviction(*limited).ToString(), HasSubstr("volatile-ttl"));
  ASSERT_TRUE(client_->Call({"CONFIG", "SET", "maxmemory-policy", "noeviction"}).ok());
  EXPECT_TRUE(redis::RequireNoEviction(*limited).ok());
}

// The rights that docs/operations.md names.
TEST_F(RedisStates, AUserWithTheRightsThatAreNeededAndNoMoreIsEnough) {
  StartWith({});
  ASSERT_TRUE(client_
                  ->Call({"ACL", "SETUSER", "paperwire", "on", ">pw", "~{test}:*", "+@read",
                          "+@write", "+@scripting", "+@connection", "-@dangerous", "+info", "+time",
                          "+role", "+config|get"})
                  .ok());
  const std::string address = redis_->Url().substr(std::string("redis://").size());
  const auto user = redis::Client::Create({.url = "redis://paperwire:pw@" + address}).value();
  ASSERT_TRUE(absl::IsFailedPrecondition(user->Call({"FLUSHALL"}).status()));
  ASSERT_TRUE(absl::IsFailedPrecondition(user->Call({"GET", "other"}).status()));
  EXPECT_TRUE(redis::RequireNoEviction(*user).ok());
  window_ = MakeRedisWindow(*user, {.prefix = "test", .cluster_id = "one"});
  Begin();
  ASSERT_TRUE(ApplyOne().ok());
  EXPECT_EQ(window_->Load()->papers.size(), 1u);
  const State state = window_->GetState().value();
  EXPECT_TRUE(window_->ChangesAfter(epoch_, state.cursor, 10).ok());
  EXPECT_EQ(window_->Expire("2026-06-04").value(), 1);
  EXPECT_TRUE(window_->NextGeneration("2606.00001", 1).ok());
  EXPECT_TRUE(window_->SetGenerationsRestored().ok());
  EXPECT_TRUE(absl::IsAborted(window_->Apply(epoch_, kTagged, at_ + 1, kOldest, {}).status()));
  const auto ledger = MakeRedisLedgerStore(*user, {.prefix = "test", .cluster_id = "one"});
  ASSERT_TRUE(ledger->Begin({{kTagged, 0}}).ok());
  EXPECT_TRUE(ledger->Load().ok());
  EXPECT_TRUE(ledger->Expire("2026-06-04").ok());
}

TEST_F(RedisStates, AServerThatStandsStillIsUnavailableAndThenItselfAgain) {
  StartWith({});
  const auto hasty = redis::Client::Create({.url = redis_->Url(),
                                            .connect_timeout = std::chrono::milliseconds(200),
                                            .command_timeout = std::chrono::milliseconds(200)})
                         .value();
  ASSERT_TRUE(hasty->Call({"SET", "a", "1"}).ok());
  redis_->Pause();
  ExpectUnavailable(hasty->Call({"GET", "a"}).status(), "connection");
  redis_->Resume();
  // The answer to the question above is still on its way somewhere; it must not be taken for this.
  absl::StatusOr<redis::Reply> reply;
  do reply = hasty->Call({"ECHO", "mine"});
  while (!reply.ok());
  EXPECT_EQ(reply->text, "mine");
}

}  // namespace
}  // namespace paperwire::window
