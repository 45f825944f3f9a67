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
#include "libs/window/cursor.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::window {

// One record to apply, and what to write if it wins.
struct Write {
  // The offset of the record it comes from.
  int64_t offset = 0;
  // Nothing to write, only pass the offset: a rejected record.
  bool skip = false;
  // Takes the paper out, and keeps everything else of its paper version out, also what outranks it.
  bool removed = false;
  v1::Entry entry;
};

// What became of one write.
enum class Verdict {
  kApplied,
  // The stored revision is equal or higher (first write wins), or a removal of the same version.
  kOutranked,
  // Announced before the window began.
  kTooOld,
  kSkipped,
  // Nothing was written: epoch or offset are not what the caller believed.
  kFenced,
};

struct Applied {
  // One per write, in order. After the first kFenced all are.
  std::vector<Verdict> verdicts;
  // The offset stored now; -1: none.
  int64_t stored_offset = -1;
};

struct State {
  // Made anew whenever the store was found empty or gone back to an earlier state. An older epoch
  // is less than a newer one, as text: it begins with the time when it was made, 12 hexadecimal
  // digits of milliseconds. Empty: the store is empty and nobody has begun.
  std::string epoch;
  // Whether every partition has reached the end it had when the epoch began.
  bool complete = false;
  // The position of the newest change.
  Cursor cursor;
  // The first announcement date of the window by the store's own clock.
  std::string oldest;
};

struct Change {
  Cursor cursor;
  std::string arxiv_id;
  uint64_t revision = 0;
  bool removed = false;
};

// A paper that is in the window, and where in the change stream it first came and last changed. So
// what a reader at some position has not seen is told by the stored state alone, however long the
// stream is kept. What an older version wrote without a cursor has one of its
// own that is before all that the stream gives.
struct Stored {
  v1::Entry entry;
  Cursor first;
  Cursor changed;
};

// A paper that was taken out: what is left of it until its date leaves the window.
struct Gone {
  std::string arxiv_id;
  uint64_t revision = 0;
  // Its announcement date.
  std::string announced;
  // When it was taken out.
  Cursor changed;
};

// What a rebuild must read beyond the end offsets.
struct RebuildScope {
  // The earliest offsets there are: a partition that begins at its end needs nothing.
  std::map<bus::TopicPartition, int64_t> begin_offsets;
  // How many partitions there are over all replicas; the rebuild is complete only once so many
  // have been begun. 0: those given.
  size_t total_partitions = 0;
};

// The rolling window of cards, shared by every replica of serve. Thread-safe.
//
// Every call may fail with Unavailable: the store cannot be reached or cannot do its work now
// (loading, read-only, disk full, out of memory); the message says which. FailedPrecondition: the
// store is set up so that it would lose data (an evicting maxmemory-policy).
class Window {
 public:
  virtual ~Window() = default;

  // Begins following these partitions: makes a new epoch if the store is empty, recording the end
  // offsets that the rebuild must reach. Returns the epoch and the offsets stored. After a new
  // epoch over kept data (Apply, ChangesAfter) too, each follower begins again and so says what
  // must be reached before the window is complete again. Such a one is also made here, where the
  // store was restarted or replaced and nobody has found it whole since: what the caller once knew
  // of these partitions proves nothing, for others may have followed them meanwhile.
  struct Begun {
    std::string epoch;
    std::map<bus::TopicPartition, int64_t> offsets;
  };
  virtual absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                                      const RebuildScope& scope = {}) = 0;

  // Applies `writes` in order, each atomically: if `epoch` and `expected` are what is stored, then
  // compare revisions, write the entry, index it, append to the change stream only if applied, and
  // store offset + 1. `oldest` is the first announcement date that still belongs ("YYYY-MM-DD").
  // An entry keeps the earliest announcement date it was ever told; an outranked record may still
  // move that date earlier, which is a change too (of the revision stored).
  // Another epoch than the caller's: Aborted, begin again. A higher offset is stored (another owner
  // wrote it): kFenced. A lower one: the store has gone back to an earlier state. It gets a new
  // epoch, data and offsets stay as they are, and the answer is Aborted.
  // Without writes: nothing but the check; stored_offset tells.
  virtual absl::StatusOr<Applied> Apply(const std::string& epoch,
                                        const bus::TopicPartition& partition, int64_t expected,
                                        const std::string& oldest,
                                        std::span<const Write> writes) = 0;

  virtual absl::StatusOr<State> GetState() = 0;

  // All papers, in no order, with the cursor from which changes follow (it may be a little older
  // than the papers: changes may repeat what is in them).
  struct Contents {
    std::string epoch;
    Cursor cursor;
    std::vector<Stored> papers;
    // Without those that were never shown: removed before they came.
    std::vector<Gone> gone;
  };
  virtual absl::StatusOr<Contents> Load() = 0;

  // Changes after `cursor`, oldest first, at most `limit`. `cursor` must be one that this window
  // gave in `epoch` (no client's word): where there is no such change and the stream was not
  // trimmed, the store has gone back to an earlier state, and gets a new epoch as in Apply.
  // OutOfRange: that, or the stream no longer reaches back to `cursor`, or the epoch is another:
  // Load again.
  virtual absl::StatusOr<std::vector<Change>> ChangesAfter(const std::string& epoch,
                                                           const Cursor& cursor, size_t limit) = 0;

  // The papers of these ids; those not there are left out.
  virtual absl::StatusOr<std::vector<Stored>> Get(std::span<const std::string> arxiv_ids) = 0;

  // What has become of papers that changed up to `cursor`, as ChangesAfter told in `epoch`: as they
  // are now, which may be of a later change. In neither list: expired, or removed without ever
  // having been shown. OutOfRange as from ChangesAfter, also where epoch or state are lost while
  // this reads.
  struct Papers {
    std::vector<Stored> papers;
    std::vector<Gone> gone;
  };
  virtual absl::StatusOr<Papers> GetChanged(const std::string& epoch, const Cursor& cursor,
                                            std::span<const std::string> arxiv_ids) = 0;

  // Takes out what was announced before `oldest`, a bounded number at a time. Returns how many
  // papers. Not in the change stream: readers cut by date themselves. Nothing goes that is in the
  // window by the store's own clock, nor does Apply refuse it.
  virtual absl::StatusOr<int64_t> Expire(const std::string& oldest) = 0;

  // The next generation of a paper version, atomically: no two callers get the same.
  virtual absl::StatusOr<uint32_t> NextGeneration(const std::string& arxiv_id,
                                                  uint32_t paper_version) = 0;

  // After a loss: no generation up to `at_least` is handed out again.
  virtual absl::Status RaiseGeneration(const std::string& arxiv_id, uint32_t paper_version,
                                       uint32_t at_least) = 0;

  // Whether somebody has said since the store was last empty that no generation handed out before
  // is unknown to it; and saying so. generations.h has who does.
  virtual absl::StatusOr<bool> GenerationsRestored() = 0;
  virtual absl::Status SetGenerationsRestored() = 0;
};

}  // namespace paperwire::window
