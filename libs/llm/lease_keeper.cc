#include <fmt/format.h>

#include <utility>

#include "libs/llm/leases.h"
#include "libs/llm/random_name.h"

namespace paperwire::llm {

LeaseKeeper::LeaseKeeper(Leases& leases, Options options)
    : leases_(leases),
      options_(options),
      name_(RandomName()),
      thread_([this](const std::stop_token& stop) { Renew(stop); }) {}

LeaseKeeper::~LeaseKeeper() = default;

absl::StatusOr<std::optional<LeaseKeeper::Held>> LeaseKeeper::Take(const std::string& key) {
  std::string owner;
  {
    const std::lock_guard lock(mutex_);
    owner = fmt::format("{}:{}", name_, ++taken_);
  }
  const absl::StatusOr<bool> taken = leases_.TryTake(key, owner, options_.life);
  if (!taken.ok()) return taken.status();
  if (!*taken) return std::optional<Held>();
  const std::lock_guard lock(mutex_);
  held_[key] = owner;
  return std::optional<Held>(Held(*this, key, owner));
}

void LeaseKeeper::Drop(const std::string& key, const std::string& owner) {
  {
    const std::lock_guard lock(mutex_);
    const auto held = held_.find(key);
    if (held != held_.end() && held->second == owner) held_.erase(held);
  }
  // Where the store is away it ends by itself.
  (void)leases_.Drop(key, owner);
}

void LeaseKeeper::Renew(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    ended_.wait_for(lock, stop, options_.renewal, [] { return false; });
    const auto held = held_;
    lock.unlock();
    for (const auto& [key, owner] : held) {
      if (stop.stop_requested()) break;
      // Lost or away: that costs money at worst.
      (void)leases_.Renew(key, owner, options_.life);
    }
    lock.lock();
  }
}

LeaseKeeper::Held::Held(LeaseKeeper& keeper, std::string key, std::string owner)
    : keeper_(&keeper), key_(std::move(key)), owner_(std::move(owner)) {}

LeaseKeeper::Held::Held(Held&& other) noexcept
    : keeper_(std::exchange(other.keeper_, nullptr)),
      key_(std::move(other.key_)),
      owner_(std::move(other.owner_)) {}

LeaseKeeper::Held::~Held() {
  if (keeper_ != nullptr) keeper_->Drop(key_, owner_);
}

}  // namespace paperwire::llm
