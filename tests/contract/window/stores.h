#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "libs/redis/client.h"
#include "libs/window/memory_window.h"
#include "libs/window/redis_window.h"
#include "libs/window/window.h"
#include "tests/support/redis_process.h"
#include "tests/support/shared_redis.h"

namespace paperwire::window {

using tests::SharedRedis;

// A store of each kind, and a way to empty it as a lost Redis would be.
struct Stores {
  virtual ~Stores() = default;
  virtual Window& window() = 0;
  virtual LedgerStore& ledger() = 0;
  virtual void Lose() = 0;
  // The names of the keys that it keeps; none for a store in memory.
  virtual std::set<std::string> Keys() { return {}; }
};

struct MemoryStores final : Stores {
  MemoryStores() { MemoryStores::Lose(); }
  Window& window() override { return *window_; }
  LedgerStore& ledger() override { return *ledger_; }
  void Lose() override {
    window_ = MakeMemoryWindow();
    ledger_ = MakeMemoryLedgerStore();
  }
  std::unique_ptr<Window> window_;
  std::unique_ptr<LedgerStore> ledger_;
};

struct RedisStores final : Stores {
  RedisStores() {
    client_ = redis::Client::Create({.url = SharedRedis().Url()}).value();
    RedisStores::Lose();
    window_ = MakeRedisWindow(*client_, {.prefix = "test", .cluster_id = "one"});
    ledger_ = MakeRedisLedgerStore(*client_, {.prefix = "test", .cluster_id = "one"});
  }
  Window& window() override { return *window_; }
  LedgerStore& ledger() override { return *ledger_; }
  void Lose() override { EXPECT_TRUE(client_->Call({"FLUSHALL"}).ok()); }
  std::set<std::string> Keys() override {
    std::set<std::string> keys;
    const auto reply = client_->Call({"KEYS", "*"});
    EXPECT_TRUE(reply.ok()) << reply.status();
    if (!reply.ok()) return keys;
    for (const redis::Reply& key : reply->elements) keys.insert(key.text);
    return keys;
  }
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<Window> window_;
  std::unique_ptr<LedgerStore> ledger_;
};

inline std::unique_ptr<Stores> MakeStores(const std::string& kind) {
  if (kind == "Memory") return std::make_unique<MemoryStores>();
  return std::make_unique<RedisStores>();
}

inline const bus::TopicPartition kTagged{.topic = "tagged", .partition = 0};
inline constexpr char kOldest[] = "2026-06-01";

inline v1::Entry EntryOf(const std::string& id, uint64_t revision,
                         const std::string& announced = "2026-06-03") {
  v1::Entry entry;
  entry.mutable_paper()->set_arxiv_id(id);
  entry.mutable_paper()->set_announced(announced);
  entry.mutable_paper()->set_title("Paper " + id + " at " + std::to_string(revision));
  entry.mutable_revision()->set_value(revision);
  return entry;
}

inline Write WriteOf(int64_t offset, v1::Entry entry) {
  return {.offset = offset, .skip = false, .removed = false, .entry = std::move(entry)};
}
inline Write RemovalOf(int64_t offset, v1::Entry entry) {
  return {.offset = offset, .skip = false, .removed = true, .entry = std::move(entry)};
}
inline Write SkipOf(int64_t offset) {
  return {.offset = offset, .skip = true, .removed = false, .entry = {}};
}

}  // namespace paperwire::window
