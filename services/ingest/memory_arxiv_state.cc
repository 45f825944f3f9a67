#include "services/ingest/memory_arxiv_state.h"

#include <algorithm>
#include <utility>

namespace paperwire::ingest {

using std::chrono::milliseconds;

bool MemoryArxivState::Take(const std::string& owner, milliseconds ttl) {
  const clock::SteadyTime now = clock_.SteadyNow();
  if (!owner_.empty() && owner_ != owner && now < lease_ends_) return false;
  owner_ = owner;
  lease_ends_ = now + ttl;
  return true;
}

absl::StatusOr<bool> MemoryArxivState::TakeLease(const std::string& owner, milliseconds ttl) {
  const std::lock_guard lock(mutex_);
  if (!status_.ok()) return status_;
  return Take(owner, ttl);
}

absl::Status MemoryArxivState::DropLease(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  if (status_.ok() && owner_ == owner) owner_.clear();
  return status_;
}

absl::StatusOr<milliseconds> MemoryArxivState::TakeTurn(const std::string& owner, milliseconds ttl,
                                                        milliseconds interval) {
  const std::lock_guard lock(mutex_);
  if (!status_.ok()) return status_;
  if (!Take(owner, ttl)) return absl::AbortedError("another owner holds the lease");
  const clock::SteadyTime now = clock_.SteadyNow();
  if (next_ && *next_ > now) {
    next_ = std::min(*next_, now + interval);
    if (*next_ > now) return std::chrono::ceil<milliseconds>(*next_ - now);
  }
  next_ = now + interval;
  return milliseconds(0);
}

absl::StatusOr<HostState> MemoryArxivState::Host(const std::string& host) {
  const std::lock_guard lock(mutex_);
  if (!status_.ok()) return status_;
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return HostState();
  HostState state = found->second.value;
  const auto age = std::chrono::floor<milliseconds>(clock_.SteadyNow() - found->second.since);
  if (age > state.rests + kStateKept) return HostState();
  state.rests = std::max(milliseconds(0), state.rests - age);
  return state;
}

absl::Status MemoryArxivState::SetHost(const std::string& host, const HostState& state) {
  const std::lock_guard lock(mutex_);
  if (status_.ok()) hosts_[host] = {.value = state, .since = clock_.SteadyNow()};
  return status_;
}

absl::StatusOr<Validators> MemoryArxivState::Known(const std::string& url) {
  const std::lock_guard lock(mutex_);
  if (!status_.ok()) return status_;
  const auto found = validators_.find(url);
  if (found == validators_.end()) return Validators();
  if (clock_.SteadyNow() - found->second.since > kStateKept) return Validators();
  return found->second.value;
}

absl::Status MemoryArxivState::Keep(const std::map<std::string, Validators>& validators) {
  const std::lock_guard lock(mutex_);
  if (!status_.ok()) return status_;
  for (const auto& [url, value] : validators) {
    validators_[url] = {.value = value, .since = clock_.SteadyNow()};
  }
  return status_;
}

void MemoryArxivState::FailWith(absl::Status status) {
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
}

void MemoryArxivState::Lose() {
  const std::lock_guard lock(mutex_);
  owner_.clear();
  next_.reset();
  hosts_.clear();
  validators_.clear();
}

}  // namespace paperwire::ingest
