#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/message.h"
#include "libs/window/window.h"
#include "paperwire/v1/events.pb.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::window {

// Where the newest record about a paper stands.
struct Whereabouts {
  v1::Stage stage = v1::STAGE_UNSPECIFIED;
  bool dead_lettered = false;
  // The error class and message of a dead letter.
  std::string reason;
  // The newest record: its topic (a retry tier, too), partition and offset.
  std::string topic;
  int32_t partition = -1;
  int64_t offset = -1;
  uint64_t revision = 0;
  // When it was written; milliseconds since the epoch.
  int64_t since_ms = 0;
};

// One record to take into the ledger: a sighting of a paper, a batch, a cycle, or nothing (skip).
struct LedgerWrite {
  int64_t offset = 0;
  // For a sighting: the paper and its announcement date.
  std::string arxiv_id;
  std::string announced;
  Whereabouts sighting;
  // For a batch or cycle: set one of them.
  std::optional<v1::Batch> batch;
  std::optional<v1::Cycle> cycle;
};

struct LedgerContents {
  std::string epoch;
  // Every partition has reached the end it had when the epoch began.
  bool complete = false;
  // By announcement date: the newest batch record.
  std::map<std::string, v1::Batch> batches;
  // The newest cycles, oldest first.
  std::vector<v1::Cycle> cycles;
  // By announcement date and arXiv id.
  std::map<std::string, std::map<std::string, Whereabouts>> papers;
};

// The ledger's facts, kept beside the offsets of the records they were read from; fenced like the
// window (window.h). Thread-safe. Errors as the window's.
//
// A sighting replaces what is stored when its revision is higher, or equal and its stage is later,
// or equal and it is a dead letter or was written later. But a removal (a reason, and no dead
// letter) replaces everything of its paper version, and nothing of that version replaces it.
class LedgerStore {
 public:
  virtual ~LedgerStore() = default;

  struct Begun {
    std::string epoch;
    std::map<bus::TopicPartition, int64_t> offsets;
  };
  virtual absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                                      const RebuildScope& scope = {}) = 0;

  // Returns the offset stored afterwards; another than one past the last write: fenced. Without
  // writes: the offset stored. Another epoch than the caller's: Aborted, begin again.
  virtual absl::StatusOr<int64_t> Apply(const std::string& epoch,
                                        const bus::TopicPartition& partition, int64_t expected,
                                        std::span<const LedgerWrite> writes) = 0;

  virtual absl::StatusOr<LedgerContents> Load() = 0;

  // Forgets dates before `oldest`.
  virtual absl::Status Expire(const std::string& oldest) = 0;
};

}  // namespace paperwire::window
