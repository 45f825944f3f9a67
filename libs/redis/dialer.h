#pragma once

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "libs/redis/client.h"
#include "libs/redis/connection.h"
#include "libs/redis/url.h"

namespace paperwire::redis {

// Finds the server that a URL means, and connects to it: asks Sentinels for the master, tries hosts
// in turn, goes where a cluster said that its keys are. Not thread-safe. Internal to libs/redis.
class Dialer {
 public:
  Dialer(Url url, const Options& options);

  // Unavailable: no server could be reached; the message is the last one's.
  absl::StatusOr<std::unique_ptr<Connection>> Dial();

  // A server answered MOVED (the whole answer): the next Dial goes there first. False: it names no
  // address.
  bool Follow(const std::string& moved);

  // The server of the last Dial is not the one to work with: the next begins with another host.
  void TryElsewhere();

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Open(const Url& url);
  absl::StatusOr<std::unique_ptr<Connection>> OpenMaster(const Address& sentinel);

  const Url url_;
  const Options options_;
  // The address in `url_` to begin with.
  size_t next_ = 0;
  std::optional<Address> moved_;
  // Of the last connection.
  Address here_;
};

}  // namespace paperwire::redis
