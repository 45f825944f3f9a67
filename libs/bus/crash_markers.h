#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/message.h"

namespace paperwire::bus {

// Remembers, outside the process, which records a worker has in hand, so that a record that kills
// its worker is found (design §4.3). Keyed by consumer group and Kafka cluster. Thread-safe.
//
// The markers of a partition belong to the worker that took its suspects last: what a worker does
// that has lost the partition, and does not know it yet, is refused with PermissionDenied.
//
// After an unclean death the records left in hand are suspects. A suspect is handled alone; one
// that was alone in hand at two deaths is dead-lettered as "crash-loop".
class CrashMarkers {
 public:
  struct Suspect {
    int64_t offset = 0;
    // Deaths at which this record was alone in hand.
    int alone_deaths = 0;
  };

  virtual ~CrashMarkers() = default;

  // States that these offsets, and no others, are in hand on the partition. One write per batch.
  virtual absl::Status Hold(const TopicPartition& partition, const std::set<int64_t>& offsets,
                            bool alone) = 0;
  // Nothing is in hand any more: revoked, drained, or only waiting on an endpoint.
  virtual absl::Status Clear(const TopicPartition& partition) = 0;
  // Makes the markers ours. What an earlier owner left in hand, counted as a death now. Called once
  // per assignment; when it fails, the first Hold does it.
  virtual absl::StatusOr<std::map<int64_t, Suspect>> TakeSuspects(
      const TopicPartition& partition) = 0;
  // The suspect was handled (or dead-lettered): forget it.
  virtual absl::Status Forget(const TopicPartition& partition, int64_t offset) = 0;
};

}  // namespace paperwire::bus
