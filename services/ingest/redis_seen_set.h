#pragma once

#include <string>

#include "libs/redis/client.h"
#include "services/ingest/seen_set.h"

namespace paperwire::ingest {

// In Redis: <prefix>:ingest:<cluster>:seen:<id> → "revision announced type withdrawn categories",
// for 30 days, and <prefix>:ingest:<cluster>:complete and :harvested. Another Kafka cluster is
// another seen-set. Thread-safe.
class RedisSeenSet final : public SeenSet {
 public:
  RedisSeenSet(redis::Client& client, const std::string& prefix, const std::string& cluster);

  absl::StatusOr<bool> IsComplete() override;
  absl::Status SetComplete() override;
  absl::StatusOr<SeenPapers> Find(const std::set<std::string>& ids) override;
  absl::Status Mark(const SeenPapers& papers) override;
  absl::StatusOr<std::optional<absl::CivilDay>> Harvested() override;
  absl::Status SetHarvested(absl::CivilDay day) override;

 private:
  redis::Client& client_;
  const std::string base_;
};

}  // namespace paperwire::ingest
