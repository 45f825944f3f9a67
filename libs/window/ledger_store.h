#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
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
  // How often the record was put back from the dead letters, and since then how often a stage has
  // failed on it: x-replays, x-attempt.
  uint32_t replays = 0;
  uint32_t attempts = 0;
  // When it was written; milliseconds since the epoch.
  int64_t since_ms = 0;
  // When the first record about the paper that ingest wrote was written; 0: none has been seen. It
  // stays when the sighting is replaced.
  int64_t ingested_ms = 0;
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
  // The store's: by date, and for the cycles, at what change it was read.
  std::map<std::string, std::string> stamps;
};

// That a paper has no live record.
struct IdleNote {
  std::string arxiv_id;
  // Its newest record: topic, partition and offset in one text.
  std::string record;
  // Since when at the latest, in milliseconds since the epoch. None: that is over, the note on this
  // record is to be forgotten.
  std::optional<int64_t> since_ms;
};

// The ledger's facts, kept beside the offsets of the records they were read from; fenced like the
// window (window.h). Thread-safe. Errors as the window's.
//
// A sighting replaces what is stored when it comes later in the life of the paper: by revision,
// then stage, replays, attempts, being a dead letter, and time, in whatever order they are seen.
// But a removal (a reason, and no dead letter) replaces everything of its paper version, and
// nothing of that version replaces it. A batch is a sighting of every paper that it declares, in
// stage DECLARED and of revision 0; the first that declares a paper stays.
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

  // Brings `contents`, empty or filled by this call before, up to date, at a cost that goes with
  // the dates on which something has changed. Returns these dates; a date that was expired is one
  // of them. Errors leave `contents` as it was. Aborted: the store has another epoch; begin with
  // empty contents.
  virtual absl::StatusOr<std::set<std::string>> Refresh(LedgerContents& contents) = 0;

  // All there is.
  absl::StatusOr<LedgerContents> Load() {
    LedgerContents contents;
    const auto read = Refresh(contents);
    if (!read.ok()) return read.status();
    return contents;
  }

  // Notes that papers of a date are idle, for whoever asks after. Returns since when each is: the
  // earliest that was noted of the same record (0 for one to be forgotten).
  virtual absl::StatusOr<std::vector<int64_t>> NoteIdle(const std::string& announced,
                                                        std::span<const IdleNote> notes) = 0;

  // Forgets dates before `oldest`, but none that is in the window by the store's own clock.
  virtual absl::Status Expire(const std::string& oldest) = 0;
};

}  // namespace paperwire::window
