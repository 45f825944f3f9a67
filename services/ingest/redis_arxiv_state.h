#pragma once

#include <string>

#include "libs/redis/client.h"
#include "services/ingest/arxiv_state.h"

namespace paperwire::ingest {

// In Redis, by its clock. All installations on one Redis share it, whatever their Kafka cluster:
//   {<prefix>}:arxiv:lease        the owner, expires with the lease
//   {<prefix>}:arxiv:next         when the next request may be made, in ms
//   {<prefix>}:arxiv:host:<host>  hash: limited, failed, until, reason
// but for {<prefix>}:arxiv:<cluster>:validators:<url>, a hash of etag and last-modified: what was
// published to one cluster is still to be asked for by another. Thread-safe.
class RedisArxivState final : public ArxivState {
 public:
  RedisArxivState(redis::Client& client, const std::string& prefix, const std::string& cluster);

  absl::StatusOr<bool> TakeLease(const std::string& owner, std::chrono::milliseconds ttl) override;
  absl::Status DropLease(const std::string& owner) override;
  absl::StatusOr<std::chrono::milliseconds> TakeTurn(const std::string& owner,
                                                     std::chrono::milliseconds ttl,
                                                     std::chrono::milliseconds interval) override;
  absl::StatusOr<HostState> Host(const std::string& host) override;
  absl::Status SetHost(const std::string& host, const HostState& state) override;
  absl::StatusOr<Validators> Known(const std::string& url) override;
  absl::Status Keep(const std::map<std::string, Validators>& validators) override;

 private:
  redis::Client& client_;
  const std::string base_;
  const std::string validators_;
  const redis::Script take_lease_;
  const redis::Script drop_lease_;
  const redis::Script take_turn_;
  const redis::Script set_host_;
};

}  // namespace paperwire::ingest
