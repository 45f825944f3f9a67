#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

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
  // What is in hand on one partition; ascending, and empty when nothing is.
  struct Holding {
    TopicPartition partition;
    std::vector<int64_t> offsets;
    bool alone = false;
  };

  virtual ~CrashMarkers() = default;

  // States for each partition that these offsets, and no others, are in hand. One status each, in
  // their order; all in one round trip.
  virtual std::vector<absl::Status> Hold(std::span<const Holding> holdings) = 0;
  // Makes the markers ours. What an earlier owner left in hand, counted as a death now. Called once
  // per assignment; when it fails, the first Hold of something does it.
  virtual absl::StatusOr<std::map<int64_t, Suspect>> TakeSuspects(
      const TopicPartition& partition) = 0;
  // The suspect was handled (or dead-lettered): forget it.
  virtual absl::Status Forget(const TopicPartition& partition, int64_t offset) = 0;
};

}  // namespace paperwire::bus
