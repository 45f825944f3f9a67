#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/redis/client.h"
#include "libs/redis/url.h"

namespace paperwire::redis {

// One hiredis context, from connecting to the first error; after one it must be destroyed. Not
// thread-safe. Internal to libs/redis.
class Connection {
 public:
  // Connects to the first address (or path), logs in and selects the database. Unavailable:
  // "connection …" or the server's state.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Url& url, const Options& options);
  virtual ~Connection() = default;

  // Sends all, then reads as many replies. An error ends the connection.
  virtual absl::StatusOr<std::vector<Reply>> Exchange(std::span<const Command> commands) = 0;

  // Whether nothing has arrived unasked: neither an end nor a reply that somebody gave up on.
  virtual bool Quiet() const = 0;
};

// Whether this build can do TLS.
bool HasTls();

}  // namespace paperwire::redis
