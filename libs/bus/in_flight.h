#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>

namespace paperwire::bus {

// The offsets of one partition that were delivered and are not yet complete. Not thread-safe: one
// assignment of one partition, used by the thread that polls; a new assignment starts a new one.
//
// Offsets are delivered in ascending order, gaps (compaction, control records) included, and
// complete in any order.
class InFlight {
 public:
  // False, and nothing changes, when `offset` is not above all delivered before (seen already).
  bool Deliver(int64_t offset);
  // False when `offset` is not in flight.
  bool Complete(int64_t offset);

  // The offset that may be committed: the lowest in flight, or one past the highest delivered when
  // none is. Nothing when nothing was delivered. It never goes back.
  std::optional<int64_t> committable() const;
  // How far the highest delivered record is ahead of the lowest in flight: what a restart would
  // read again.
  int64_t spread() const;
  std::optional<int64_t> lowest() const;
  // Nothing below the committable offset has been delivered.
  bool untouched() const {
    return highest_ < 0 || (!offsets_.empty() && *offsets_.begin() == first_);
  }

  size_t size() const { return offsets_.size(); }
  bool empty() const { return offsets_.empty(); }

 private:
  std::set<int64_t> offsets_;
  int64_t highest_ = -1;
  int64_t first_ = -1;
};

}  // namespace paperwire::bus
