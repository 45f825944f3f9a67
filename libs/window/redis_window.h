#pragma once

#include <memory>
#include <string>

#include "libs/redis/client.h"
#include "libs/window/ledger_store.h"
#include "libs/window/window.h"

namespace paperwire::window {

struct RedisWindowOptions {
  // All keys begin with "{<prefix>}:", so that they share a slot; tests use their own.
  std::string prefix = "pw";
  // Offsets are kept per Kafka cluster: a new broker is a new start.
  std::string cluster_id;
};

// The window in Redis. `client` must outlive it.
std::unique_ptr<Window> MakeRedisWindow(redis::Client& client, const RedisWindowOptions& options);
std::unique_ptr<LedgerStore> MakeRedisLedgerStore(redis::Client& client,
                                                  const RedisWindowOptions& options);

}  // namespace paperwire::window
