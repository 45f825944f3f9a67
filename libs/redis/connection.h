#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/redis/client.h"
#include "libs/redis/url.h"

namespace paperwire::redis {

// The command at a position; the reference is as good as nothing else is asked for.
using CommandAt = std::function<const Command&(size_t)>;

// One hiredis context, from connecting to the first error; after one it must be destroyed. Not
// thread-safe. Internal to libs/redis.
class Connection {
 public:
  // Connects to the first address (or path), logs in and selects the database. Unavailable:
  // "connection …" or the server's state.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Url& url, const Options& options);
  virtual ~Connection() = default;

  // Sends `count` commands, each on its way while the next ones are made, then reads as many
  // replies. An error ends the connection.
  virtual absl::StatusOr<std::vector<Reply>> Exchange(size_t count, const CommandAt& command) = 0;
  absl::StatusOr<std::vector<Reply>> Exchange(std::span<const Command> commands) {
    return Exchange(commands.size(), [&](size_t i) -> const Command& { return commands[i]; });
  }

  // Whether nothing has arrived unasked: neither an end nor a reply that somebody gave up on.
  virtual bool Quiet() const = 0;
};

// Whether this build can do TLS.
bool HasTls();

}  // namespace paperwire::redis
