#include "libs/access/stream_slots.h"

#include "fmt/format.h"

namespace paperwire::access {

StreamSlots::StreamSlots(Options options) : state_(std::make_shared<State>(options)) {}

absl::StatusOr<StreamSlots::Slot> StreamSlots::Take(const std::string& key, bool limited) {
  const std::lock_guard lock(state_->mutex);
  const Options& options = state_->options;
  if (state_->taken >= options.total) {
    return absl::ResourceExhaustedError(
        fmt::format("all {} places for streams are taken", options.total));
  }
  const auto found = state_->by_key.find(key);
  if (limited && options.per_key > 0 && found != state_->by_key.end() &&
      found->second >= options.per_key) {
    return absl::ResourceExhaustedError(
        fmt::format("{} streams of one caller are open; no more are given", options.per_key));
  }
  Slot slot;
  slot.key_ = key;
  ++state_->by_key[key];
  ++state_->taken;
  slot.state_ = state_;
  return slot;
}

size_t StreamSlots::taken() const {
  const std::lock_guard lock(state_->mutex);
  return state_->taken;
}

StreamSlots::Slot& StreamSlots::Slot::operator=(Slot&& other) noexcept {
  if (this != &other) {
    GiveBack();
    state_ = std::move(other.state_);
    key_ = std::move(other.key_);
  }
  return *this;
}

void StreamSlots::Slot::GiveBack() {
  if (state_ == nullptr) return;
  const std::lock_guard lock(state_->mutex);
  --state_->taken;
  const auto found = state_->by_key.find(key_);
  if (--found->second == 0) state_->by_key.erase(found);
}

}  // namespace paperwire::access
