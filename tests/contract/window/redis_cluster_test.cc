// Real servers in cluster mode: the window in one slot, found from any node.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/redis/client.h"
#include "tests/contract/window/stores.h"

namespace paperwire::window {
namespace {

constexpr int kSlots = 16384;

class RedisCluster : public testing::Test {
 protected:
  void SetUp() override {
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    for (Node* node : {&one_, &two_}) {
      node->bus_port = tests::RedisProcess::FreePort();
      node->process = tests::RedisProcess::Start({{"cluster-enabled", "yes"},
                                                  {"cluster-port", std::to_string(node->bus_port)},
                                                  {"cluster-node-timeout", "5000"}})
                          .value();
      node->client = redis::Client::Create({.url = node->process->Url()}).value();
    }
  }

  struct Node {
    std::unique_ptr<tests::RedisProcess> process;
    int bus_port = 0;
    std::unique_ptr<redis::Client> client;

    void Call(const redis::Command& command) {
      const auto reply = client->Call(command);
      ASSERT_TRUE(reply.ok()) << reply.status();
    }
    std::string Info() { return client->Call({"CLUSTER", "INFO"})->text; }
  };

  // Each node has half of the slots and knows the other.
  void Join() {
    const std::string half = std::to_string(kSlots / 2);
    one_.Call({"CLUSTER", "ADDSLOTSRANGE", "0", std::to_string(kSlots / 2 - 1)});
    two_.Call({"CLUSTER", "ADDSLOTSRANGE", half, std::to_string(kSlots - 1)});
    one_.Call({"CLUSTER", "MEET", "127.0.0.1", std::to_string(two_.process->port()),
               std::to_string(two_.bus_port)});
    for (Node* node : {&one_, &two_}) {
      while (node->Info().find("cluster_state:ok") == std::string::npos ||
             node->Info().find("cluster_known_nodes:2") == std::string::npos) {
        continue;
      }
    }
  }

  Node& HolderOf(const std::string& prefix) {
    const auto slot = one_.client->Call({"CLUSTER", "KEYSLOT", "{" + prefix + "}:epoch"});
    return slot->integer < kSlots / 2 ? one_ : two_;
  }

  Node one_;
  Node two_;
};

TEST_F(RedisCluster, TheWindowIsFoundFromEitherNode) {
  Join();
  Node& holder = HolderOf("test");
  Node& other = &holder == &one_ ? two_ : one_;
  for (Node* node : {&holder, &other}) {
    const auto client = redis::Client::Create({.url = node->process->Url()}).value();
    const auto window = MakeRedisWindow(*client, {.prefix = "test", .cluster_id = "one"});
    const auto begun = window->Begin({{kTagged, 0}});
    ASSERT_TRUE(begun.ok()) << begun.status();
    const int64_t at = begun->offsets.contains(kTagged) ? begun->offsets.at(kTagged) : -1;
    const Cursor before = window->GetState()->cursor;
    std::vector<Write> writes;
    for (int64_t i = 0; i < 300; ++i) {
      const int64_t offset = std::max<int64_t>(at, 0) + i;
      writes.push_back(WriteOf(offset, EntryOf("2606." + std::to_string(10000 + offset), 5)));
    }
    const auto applied = window->Apply(begun->epoch, kTagged, at, kOldest, writes);
    ASSERT_TRUE(applied.ok()) << applied.status();
    EXPECT_THAT(applied->verdicts, testing::Each(Verdict::kApplied));
    EXPECT_EQ(window->Load()->papers.size(), static_cast<size_t>(applied->stored_offset));
    EXPECT_EQ(window->ChangesAfter(begun->epoch, before, 1000)->size(), 300u);
    EXPECT_EQ(window->NextGeneration("2606.10000", 1).value(), node == &holder ? 1u : 2u);
    EXPECT_TRUE(redis::RequireNoEviction(*client).ok());
  }
  const auto client = redis::Client::Create({.url = other.process->Url()}).value();
  const auto window = MakeRedisWindow(*client, {.prefix = "test", .cluster_id = "one"});
  EXPECT_EQ(window->Expire("2026-06-04").value(), 600);
  // All of it is at one of them.
  EXPECT_EQ(other.client->Call({"DBSIZE"})->integer, 0);
  EXPECT_GT(holder.client->Call({"DBSIZE"})->integer, 0);
}

TEST_F(RedisCluster, AWindowWhoseSlotMovesIsFollowed) {
  Join();
  Node& holder = HolderOf("test");
  Node& other = &holder == &one_ ? two_ : one_;
  const auto client = redis::Client::Create({.url = holder.process->Url()}).value();
  const auto window = MakeRedisWindow(*client, {.prefix = "test", .cluster_id = "one"});
  const std::string epoch = window->Begin({{kTagged, 0}})->epoch;
  const Write write = WriteOf(0, EntryOf("2606.10000", 5));
  ASSERT_TRUE(window->Apply(epoch, kTagged, -1, kOldest, std::span(&write, 1)).ok());

  const std::string slot =
      std::to_string(one_.client->Call({"CLUSTER", "KEYSLOT", "{test}:epoch"})->integer);
  const std::string from = holder.client->Call({"CLUSTER", "MYID"})->text;
  const std::string to = other.client->Call({"CLUSTER", "MYID"})->text;
  other.Call({"CLUSTER", "SETSLOT", slot, "IMPORTING", from});
  holder.Call({"CLUSTER", "SETSLOT", slot, "MIGRATING", to});
  const auto keys = holder.client->Call({"CLUSTER", "GETKEYSINSLOT", slot, "100"});
  ASSERT_GT(keys->elements.size(), 3u);
  for (const redis::Reply& key : keys->elements) {
    holder.Call(
        {"MIGRATE", "127.0.0.1", std::to_string(other.process->port()), key.text, "0", "5000"});
  }
  // Between the two nothing is done, and nothing is lost.
  const auto between = window->GetState();
  EXPECT_TRUE(absl::IsUnavailable(between.status())) << between.status();
  EXPECT_THAT(std::string(between.status().message()), testing::StartsWith("ASK"));
  for (Node* node : {&other, &holder}) node->Call({"CLUSTER", "SETSLOT", slot, "NODE", to});

  EXPECT_EQ(window->GetState()->epoch, epoch);
  const Write next = WriteOf(1, EntryOf("2606.10001", 5));
  EXPECT_EQ(window->Apply(epoch, kTagged, 1, kOldest, std::span(&next, 1))->stored_offset, 2);
  EXPECT_EQ(window->Load()->papers.size(), 2u);
}

TEST_F(RedisCluster, ANodeOfWhichTheClusterIsDownIsUnavailable) {
  const auto client = redis::Client::Create({.url = one_.process->Url()}).value();
  const auto window = MakeRedisWindow(*client, {.prefix = "test", .cluster_id = "one"});
  const auto begun = window->Begin({{kTagged, 0}});
  EXPECT_TRUE(absl::IsUnavailable(begun.status())) << begun.status();
  EXPECT_THAT(std::string(begun.status().message()), testing::StartsWith("CLUSTERDOWN"));
}

TEST_F(RedisCluster, OtherHostsAreTriedWhereTheFirstIsAway) {
  Join();
  const auto client = redis::Client::Create({.url = "redis://127.0.0.1:1,127.0.0.1:" +
                                                    std::to_string(one_.process->port())})
                          .value();
  const auto window = MakeRedisWindow(*client, {.prefix = "test", .cluster_id = "one"});
  const auto begun = window->Begin({{kTagged, 0}});
  EXPECT_TRUE(begun.ok()) << begun.status();
}

}  // namespace
}  // namespace paperwire::window
