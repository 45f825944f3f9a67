#include "libs/bus/in_flight.h"

namespace paperwire::bus {

bool InFlight::Deliver(int64_t offset) {
  if (offset <= highest_) return false;
  if (highest_ < 0) first_ = offset;
  highest_ = offset;
  offsets_.insert(offsets_.end(), offset);
  return true;
}

bool InFlight::Complete(int64_t offset) { return offsets_.erase(offset) == 1; }

std::optional<int64_t> InFlight::lowest() const {
  if (offsets_.empty()) return std::nullopt;
  return *offsets_.begin();
}

std::optional<int64_t> InFlight::committable() const {
  if (!offsets_.empty()) return *offsets_.begin();
  if (highest_ < 0) return std::nullopt;
  return highest_ + 1;
}

int64_t InFlight::spread() const { return offsets_.empty() ? 0 : highest_ - *offsets_.begin(); }

}  // namespace paperwire::bus
