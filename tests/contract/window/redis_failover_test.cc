// A master, a replica and a Sentinel: the window when another server takes over.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "libs/redis/client.h"
#include "tests/contract/window/stores.h"
#include "tests/support/wait.h"

namespace paperwire::window {
namespace {

class RedisFailover : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    const tests::RedisProcess::Settings settings = {{"appendfsync", "always"},
                                                    {"repl-diskless-sync-delay", "0"}};
    master_ = tests::RedisProcess::Start(settings).value();
    auto as_replica = settings;
    as_replica.emplace_back("replicaof", "127.0.0.1 " + std::to_string(master_->port()));
    replica_ = tests::RedisProcess::Start(as_replica).value();
    to_master_ = redis::Client::Create({.url = master_->Url()}).value();
    AwaitReplica();
    sentinel_ = tests::RedisProcess::StartSentinel(master_->port()).value();
    to_sentinel_ = redis::Client::Create({.url = sentinel_->Url()}).value();
    // It looks more often than it would; where it cannot (before 7.0), the tests take longer.
    (void)to_sentinel_->Call({"SENTINEL", "DEBUG", "info-period", "100", "ping-period", "100",
                              "min-link-reconnect-period", "100"});
    while (SentinelSays("num-slaves") != "1") continue;
    // Nobody listens at the first address.
    client_ = redis::Client::Create({.url = "redis+sentinel://127.0.0.1:1,127.0.0.1:" +
                                            std::to_string(sentinel_->port()) + "/mymaster"})
                  .value();
    window_ = MakeRedisWindow(*client_, {.prefix = "test", .cluster_id = "one"});
    Begin(0);
  }

  void Begin(int64_t end) {
    absl::StatusOr<Window::Begun> begun;
    do begun = window_->Begin({{kTagged, end}});
    while (absl::IsUnavailable(begun.status()));
    ASSERT_TRUE(begun.ok()) << begun.status();
    epoch_ = begun->epoch;
    at_ = begun->offsets.contains(kTagged) ? begun->offsets.at(kTagged) : -1;
  }

  // Follows to `end` as serve does; true if the store began a new epoch meanwhile.
  bool FollowTo(int64_t end) {
    bool renewed = false;
    while (at_ < end) {
      const int64_t offset = std::max<int64_t>(at_, 0);
      const Write write = WriteOf(offset, EntryOf("2606." + std::to_string(10000 + offset), 5));
      const auto applied = window_->Apply(epoch_, kTagged, at_, kOldest, std::span(&write, 1));
      if (absl::IsUnavailable(applied.status())) continue;
      if (absl::IsAborted(applied.status())) {
        renewed = true;
        Begin(end);
        continue;
      }
      EXPECT_TRUE(applied.ok()) << applied.status();
      if (!applied.ok()) return renewed;
      at_ = applied->stored_offset;
    }
    return renewed;
  }

  // WAIT waits for what its own connection has written: for the last of what all wrote, then.
  void AwaitReplica() {
    const std::vector<redis::Command> last = {{"SET", "last", "1"}, {"WAIT", "1", "1000"}};
    absl::StatusOr<std::vector<redis::Reply>> reached;
    do reached = to_master_->Pipeline(last);
    while (!reached.ok() || reached->back().integer != 1);
  }

  std::string SentinelSays(const std::string& field) {
    const auto reply = to_sentinel_->Call({"SENTINEL", "MASTER", "mymaster"});
    if (!reply.ok()) return "";
    for (size_t i = 0; i + 1 < reply->elements.size(); i += 2) {
      if (reply->elements[i].text == field) return reply->elements[i + 1].text;
    }
    return "";
  }

  // The sentinel names the new master to who asks for one before it has it as its own.
  void AwaitReplicaAsMaster() {
    const std::string port = std::to_string(replica_->port());
    EXPECT_TRUE(support::WaitUntil(
        std::chrono::minutes(1), [&] { return SentinelSays("port") == port; },
        std::chrono::milliseconds(1)));
  }

  void ExpectPapers(size_t count) {
    const auto contents = window_->Load();
    ASSERT_TRUE(contents.ok()) << contents.status();
    std::set<std::string> ids;
    for (const Stored& paper : contents->papers) ids.insert(paper.entry.paper().arxiv_id());
    EXPECT_EQ(ids.size(), count);
    EXPECT_EQ(contents->papers.size(), count);
  }

  std::unique_ptr<tests::RedisProcess> master_;
  std::unique_ptr<tests::RedisProcess> replica_;
  std::unique_ptr<tests::RedisProcess> sentinel_;
  std::unique_ptr<redis::Client> to_master_;
  std::unique_ptr<redis::Client> to_sentinel_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<Window> window_;
  std::string epoch_;
  int64_t at_ = -1;
};

TEST_F(RedisFailover, AReplicaThatHadEverythingTakesOverInTheSameEpoch) {
  FollowTo(100);
  const Cursor cursor = window_->GetState()->cursor;
  AwaitReplica();
  master_->Kill();
  const std::string before = epoch_;

  EXPECT_FALSE(FollowTo(120));
  AwaitReplicaAsMaster();
  EXPECT_EQ(window_->GetState()->epoch, before);
  ExpectPapers(120);
  EXPECT_EQ(window_->ChangesAfter(epoch_, cursor, 100)->size(), 20u);
}

TEST_F(RedisFailover, AReplicaThatWasBehindTakesOverAndTheGapIsReadAgain) {
  FollowTo(100);
  AwaitReplica();
  replica_->Kill();
  FollowTo(150);
  const Cursor cursor = window_->GetState()->cursor;
  master_->Kill();
  ASSERT_TRUE(replica_->Restart().ok());
  const std::string before = epoch_;

  EXPECT_TRUE(FollowTo(151));
  AwaitReplicaAsMaster();
  EXPECT_GT(epoch_, before);
  ExpectPapers(151);
  EXPECT_TRUE(window_->GetState()->complete);
  EXPECT_TRUE(absl::IsOutOfRange(window_->ChangesAfter(before, cursor, 10).status()));

  // The old master comes back as a replica of the new one, and forgets what it alone had.
  ASSERT_TRUE(master_->Restart().ok());
  FollowTo(160);
  const auto old = MakeRedisWindow(*to_master_, {.prefix = "test", .cluster_id = "one"});
  absl::StatusOr<State> state;
  do state = old->GetState();
  while (!state.ok() || state->epoch != epoch_);
  ExpectPapers(160);
}

TEST_F(RedisFailover, AMasterThatIsReplacedOnPurposeLosesNothing) {
  FollowTo(50);
  int64_t end = 50;
  absl::Status asked;
  // A sentinel that has not heard from the replica lately refuses, or gives up after it began.
  const auto replaced = [&] {
    const bool under_way = SentinelSays("flags").find("failover_in_progress") != std::string::npos;
    if (SentinelSays("port") == std::to_string(replica_->port())) return true;
    if (!under_way) asked = to_sentinel_->Call({"SENTINEL", "FAILOVER", "mymaster"}).status();
    // Until it has happened, writes go to whoever is the master.
    FollowTo(++end);
    return false;
  };
  ASSERT_TRUE(support::WaitUntil(std::chrono::minutes(1), replaced, std::chrono::milliseconds(1)))
      << asked;
  FollowTo(end + 50);
  ExpectPapers(static_cast<size_t>(end + 50));
  EXPECT_EQ(window_->GetState()->epoch, epoch_);
}

TEST_F(RedisFailover, WithoutAMasterItSaysWhatIsMissing) {
  const auto unknown =
      redis::Client::Create(
          {.url = "redis+sentinel://127.0.0.1:" + std::to_string(sentinel_->port()) + "/other"})
          .value();
  const auto status = unknown->Call({"GET", "x"}).status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("no master named 'other'"));
  sentinel_->Kill();
  // Whoever is connected stays so.
  EXPECT_TRUE(window_->GetState().ok());
  const auto late =
      redis::Client::Create(
          {.url = "redis+sentinel://127.0.0.1:" + std::to_string(sentinel_->port()) + "/mymaster"})
          .value();
  EXPECT_TRUE(absl::IsUnavailable(late->Call({"GET", "x"}).status()));
}

}  // namespace
}  // namespace paperwire::window
