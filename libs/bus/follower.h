#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <stop_token>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/message.h"

namespace paperwire::bus {

// A store that applies records and keeps their offsets beside the data, so that both are written or
// neither is. Called from the follower's one thread.
class FollowerSink {
 public:
  virtual ~FollowerSink() = default;

  // The partitions now followed, with their end offsets (the next offset a writer will get) as they
  // were before anything is read. Returns for each the offset to read next; a partition that is not
  // in the answer is read from its earliest record. Errors: Unavailable (asked again).
  virtual absl::StatusOr<std::map<TopicPartition, int64_t>> Start(
      const std::map<TopicPartition, int64_t>& end_offsets) = 0;

  // Whether `message` can be applied at all. InvalidArgument or DataLoss: it is dead-lettered
  // first and then handed to Apply as `rejected`, so that the offset passes it.
  virtual absl::Status Check(const Message& message) = 0;

  struct Record {
    const Message* message = nullptr;
    bool rejected = false;
  };

  // Applies `records` (one partition, ascending offsets). `expected` is the offset the follower
  // believes is stored (-1: none). Returns the offset stored afterwards, which is one past the last
  // record when all were applied. If it is any other (another owner, a flush, a failover that
  // rolled back), the follower seeks there; -1 means earliest. Errors: Unavailable (tried again);
  // Aborted: the store began again, the follower calls Start with fresh end offsets and reads from
  // what it answers.
  //
  // With no records, about once a second for a partition on which nothing arrives, it only tells
  // the offset stored: so a flush or a roll-back of the store is noticed without traffic.
  virtual absl::StatusOr<int64_t> Apply(const TopicPartition& partition, int64_t expected,
                                        std::span<const Record> records) = 0;
};

// Reads topics as a member of a consumer group into a sink that owns the offsets. Strictly in order
// within a partition. Not thread-safe; Run is called once.
class Follower {
 public:
  virtual ~Follower() = default;

  // Follows until `stop` is requested. Unavailable from the sink pauses and tries again for as long
  // as it takes; any other error ends Run with it.
  virtual absl::Status Run(std::stop_token stop, FollowerSink& sink) = 0;
};

}  // namespace paperwire::bus
