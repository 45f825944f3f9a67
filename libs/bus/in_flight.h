#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <variant>

namespace paperwire::bus {

// The offsets of one partition that were delivered and are not yet complete, each with a `Value`
// that is kept until then. Not thread-safe: one assignment of one partition, used by the thread
// that polls; a new assignment starts a new one.
//
// Offsets are delivered in ascending order, gaps (compaction, control records) included, and
// complete in any order. What is kept reaches from the lowest in flight to the highest delivered.
template <typename Value = std::monostate>
class InFlight {
 public:
  // False, and nothing changes, when `offset` is not above all delivered before (seen already).
  bool Deliver(int64_t offset, Value value = {}) {
    if (offset <= highest_) return false;
    if (highest_ < 0) first_ = offset;
    highest_ = offset;
    slots_.push_back({offset, false, std::move(value)});
    ++open_;
    return true;
  }

  // False when `offset` is not in flight.
  bool Complete(int64_t offset) {
    Slot* slot = Find(offset);
    if (slot == nullptr) return false;
    slot->complete = true;
    slot->value = Value();
    --open_;
    while (!slots_.empty() && slots_.front().complete) slots_.pop_front();
    return true;
  }

  // The offset that may be committed: the lowest in flight, or one past the highest delivered when
  // none is. Nothing when nothing was delivered. It never goes back.
  std::optional<int64_t> committable() const {
    if (!slots_.empty()) return slots_.front().offset;
    if (highest_ < 0) return std::nullopt;
    return highest_ + 1;
  }
  // How far the highest delivered record is ahead of the lowest in flight: what a restart would
  // read again.
  int64_t spread() const { return slots_.empty() ? 0 : highest_ - slots_.front().offset; }
  // What is kept of the lowest in flight; null when none is. Valid until the next change.
  Value* lowest() { return slots_.empty() ? nullptr : &slots_.front().value; }
  const Value* lowest() const { return slots_.empty() ? nullptr : &slots_.front().value; }
  // Nothing below the committable offset has been delivered.
  bool untouched() const {
    return highest_ < 0 || (!slots_.empty() && slots_.front().offset == first_);
  }

  // Calls `visit` with what is kept of each in flight, in order.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (const Slot& slot : slots_) {
      if (!slot.complete) visit(slot.value);
    }
  }

  size_t size() const { return open_; }
  bool empty() const { return open_ == 0; }

 private:
  struct Slot {
    int64_t offset = 0;
    bool complete = false;
    Value value;
  };

  Slot* Find(int64_t offset) {
    if (slots_.empty() || offset < slots_.front().offset) return nullptr;
    // Where no offset is missing it stands at its distance from the first, otherwise before that.
    const auto distance =
        std::min(offset - slots_.front().offset, static_cast<int64_t>(slots_.size()) - 1);
    auto at = slots_.begin() + distance;
    if (at->offset != offset) {
      at = std::lower_bound(slots_.begin(), at, offset,
                            [](const Slot& slot, int64_t wanted) { return slot.offset < wanted; });
    }
    return at->offset == offset && !at->complete ? &*at : nullptr;
  }

  // By offset; the first is in flight.
  std::deque<Slot> slots_;
  size_t open_ = 0;
  int64_t highest_ = -1;
  int64_t first_ = -1;
};

}  // namespace paperwire::bus
